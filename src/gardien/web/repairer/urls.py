"""Addresses of the repairer's pages; none holds a personal value."""

from django.urls import path

from . import intake, quoting

urlpatterns = [
    path("clients/nouveau/", intake.reading, name="reading"),
    path("clients/nouveau/<uuid:reading_id>/", intake.intake, name="intake"),
    path("clients/recherche/", intake.search, name="search"),
    path("clients/<uuid:customer_id>/", intake.customer, name="customer"),
    path("devis/", quoting.listed, name="quotes"),
    path("devis/nouveau/", quoting.draft, name="draft"),
    path("devis/<uuid:quote_id>/", quoting.quote, name="quote"),
    path("devis/<uuid:quote_id>/pneus/", quoting.add_tyre, name="add_tyre"),
    path("devis/<uuid:quote_id>/prestations/", quoting.add_service, name="add_service"),
    path("devis/<uuid:quote_id>/kilometrage/", quoting.tell_mileage, name="tell_mileage"),
    path("devis/<uuid:quote_id>/lignes/<uuid:line_id>/retirer/", quoting.remove_line, name="remove_line"),
    path("devis/<uuid:quote_id>/emettre/", quoting.issue, name="issue"),
    path("devis/<uuid:quote_id>/pdf/", quoting.pdf, name="pdf"),
    path("pneus/", quoting.tyres, name="tyres"),
]
