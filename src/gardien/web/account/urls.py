"""Addresses of signing in, the home, one's own account, a site's people. allauth looks for its own names."""

from allauth.account import views as allauth
from allauth.mfa.base import views as codes
from django.urls import path
from django.views.decorators.http import require_http_methods

from . import channels, own, passwords, second_factor, team, views, visits

form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("", views.home, name="home"),
    path("compte/connexion/", form(allauth.login), name="account_login"),
    path("compte/connexion/code/", form(codes.authenticate), name="mfa_authenticate"),
    path("compte/deconnexion/", form(allauth.logout), name="account_logout"),
    path("compte/mot-de-passe-oublie/", passwords.forgotten, name="account_reset_password"),
    path("compte/mot-de-passe-oublie/lettre/", passwords.written, name="account_reset_password_done"),
    path("compte/mot-de-passe-oublie/<uidb36>/<key>/", passwords.renew, name="account_reset_password_from_key"),
    path("compte/securite/mot-de-passe/", passwords.change, name="account_change_password"),
    path("compte/role/", views.choose, name="choose"),
    path("compte/reprise/", views.resume, name="resume"),
    path("compte/engagement/", own.acknowledge, name="acknowledge"),
    path("compte/", own.account, name="account"),
    path("compte/donnees/", own.data, name="account_data"),
    path("compte/retrait/", own.withdraw_consent, name="withdraw_consent"),
    path("compte/opposition/", channels.object_, name="object"),
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
    path("compte/preuve/", second_factor.prove_by_password, name="account_reauthenticate"),
    path("compte/preuve/code/", second_factor.prove_by_code, name="mfa_reauthenticate"),
    path("compte/preuve/cle/", second_factor.prove_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("compte/securite/", second_factor.index, name="mfa_index"),
    path("compte/securite/application/", second_factor.activate, name="mfa_activate_totp"),
    path("compte/securite/application/retirer/", second_factor.deactivate, name="mfa_deactivate_totp"),
    path("compte/securite/cles/", second_factor.add_passkey, name="mfa_add_webauthn"),
    path("compte/securite/cles/<int:pk>/retirer/", second_factor.remove_passkey, name="mfa_remove_webauthn"),
    path("compte/securite/secours/", second_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path("compte/securite/secours/nouveaux/", second_factor.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
