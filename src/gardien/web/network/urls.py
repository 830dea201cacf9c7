"""Addresses of the network's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("reseau/reparateurs/", views.repairers, name="repairers"),
    path("reseau/tarifs/", views.imports, name="imports"),
]
