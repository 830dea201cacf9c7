"""Addresses of signing in, of the home, of one's own account and of a site's people."""

from allauth.account import views as allauth
from django.urls import path
from django.views.decorators.http import require_http_methods

from . import own, team, views, visits

form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("", views.home, name="home"),
    path("compte/connexion/", form(allauth.login), name="account_login"),
    path("compte/deconnexion/", form(allauth.logout), name="account_logout"),
    path("compte/role/", views.choose, name="choose"),
    path("compte/reprise/", views.resume, name="resume"),
    path("compte/engagement/", own.acknowledge, name="acknowledge"),
    path("compte/", own.account, name="account"),
    path("compte/donnees/", own.data, name="account_data"),
    path("compte/retrait/", own.withdraw_consent, name="withdraw_consent"),
    path("compte/opposition/", own.object_, name="object"),
    path("compte/sessions/fermer/", own.end_session, name="end_session"),
    path("compte/sessions/fermer-les-autres/", own.end_sessions, name="end_sessions"),
    path("site/equipe/", team.team, name="team"),
    path("site/equipe/<uuid:membership_id>/fin/", team.end_role, name="end_role"),
    path("site/equipe/role/", team.give_role, name="give_role"),
    path("site/parametres/", team.parameters, name="parameters"),
    path("site/support/", team.support, name="support"),
    path("site/support/<uuid:access_id>/fin/", team.revoke_support, name="revoke_support"),
    path("support/", visits.visits, name="visits"),
    path("support/<uuid:access_id>/visite/", visits.visit, name="visit"),
    path("support/sortie/", visits.leave, name="leave_visit"),
]
