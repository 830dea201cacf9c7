"""Addresses of the network's pages."""

from django.urls import path

from . import accounts, catalogue, requests, views

urlpatterns = [
    path("reseau/reparateurs/", views.repairers, name="repairers"),
    path("reseau/reparateurs/<uuid:repairer_id>/fin-des-services/", views.end_services, name="end_services"),
    path("reseau/demandes/", requests.requests, name="account_requests"),
    path("reseau/demandes/<uuid:request_id>/", requests.decide, name="account_request"),
    path("reseau/demandes/<uuid:request_id>/approuver/", requests.approve, name="approve_request"),
    path("reseau/demandes/<uuid:request_id>/refuser/", requests.refuse, name="refuse_request"),
    path("reseau/personnes/", accounts.people, name="people"),
    path("reseau/personnes/<uuid:user_id>/", accounts.person, name="person"),
    path("reseau/personnes/<uuid:user_id>/lettre/", accounts.write_again, name="write_again"),
    path("reseau/personnes/<uuid:user_id>/suspendre/", accounts.change_standing, {"act": "suspend"}, name="suspend"),
    path("reseau/personnes/<uuid:user_id>/reprendre/", accounts.change_standing, {"act": "resume"}, name="let_in"),
    path("reseau/personnes/<uuid:user_id>/fermer/", accounts.change_standing, {"act": "close"}, name="close_account"),
    path("reseau/personnes/<uuid:user_id>/debloquer/", accounts.unblock, name="unblock"),
    path("reseau/personnes/<uuid:user_id>/second-facteur/", accounts.reset_second_factor, name="reset_second_factor"),
    path("reseau/personnes/<uuid:user_id>/garder/", accounts.hold, name="hold_user"),
    path(
        "reseau/personnes/<uuid:user_id>/<uuid:user_hold_id>/lever/", accounts.release_hold, name="release_users_hold"
    ),
    path("reseau/roles/<uuid:membership_id>/fin/", accounts.end_persons_role, name="end_persons_role"),
    path("reseau/tarifs/", views.imports, name="imports"),
    path("reseau/tarifs/<uuid:price_list_id>/", catalogue.quarantine, name="quarantine"),
    path("reseau/tarifs/<uuid:price_list_id>/reprendre/", catalogue.replay, name="replay"),
    path("reseau/tarifs/lignes/<uuid:waiting_id>/", catalogue.mend, name="mend"),
    path("reseau/tarifs/lignes/<uuid:waiting_id>/abandonner/", catalogue.drop_line, name="drop_line"),
    path("reseau/marques/", catalogue.brand_tiers, name="brand_tiers"),
]
