"""Addresses of the network's pages."""

from django.urls import path

from . import catalogue, views

urlpatterns = [
    path("reseau/reparateurs/", views.repairers, name="repairers"),
    path("reseau/tarifs/", views.imports, name="imports"),
    path("reseau/tarifs/<uuid:price_list_id>/", catalogue.quarantine, name="quarantine"),
    path("reseau/tarifs/<uuid:price_list_id>/reprendre/", catalogue.replay, name="replay"),
    path("reseau/tarifs/lignes/<uuid:waiting_id>/", catalogue.mend, name="mend"),
    path("reseau/tarifs/lignes/<uuid:waiting_id>/abandonner/", catalogue.drop_line, name="drop_line"),
    path("reseau/marques/", catalogue.brand_tiers, name="brand_tiers"),
]
