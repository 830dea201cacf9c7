"""The second factor: an application's codes, passkeys, recovery codes: allauth's views with our forms and guards."""

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn import forms as passkey_forms
from allauth.mfa.webauthn import views as passkeys
from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.network import actions as network
from gardien.network import rules
from gardien.web.account.adapter import Adapter
from gardien.web.shared.access import View, page

BY = Actor.program("sign-in")


class CodeForm(forms.Form):
    """A code, typed to sign in: of the application or a recovery code."""

    is_proof_again = False
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_code(self) -> str:
        """Use the code up, or refuse it."""
        code: str = self.cleaned_data["code"]
        try:
            self.authenticator = network.use_code(user=self.user, code=code, by=BY, at=clock.now())
        except network.TooManyAttemptsError:
            raise Adapter().validation_error("too_many_login_attempts") from None
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        return code

    def save(self) -> None:
        """Put on the session's record that the code was right."""
        from allauth.core import context

        post_authentication(context.request, self.authenticator, reauthenticated=self.is_proof_again)


class ProofForm(CodeForm):
    """A code, typed again before something that must not be done by who finds the desk empty."""

    is_proof_again = True


class ActivateForm(forms.Form):
    """The first code of a new application; its secret waits sealed in the session."""

    code = CodeForm.base_fields["code"]

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        from allauth.core import context

        super().__init__(*args, **options)
        self.user, session, adapter = user, context.request.session, get_adapter()
        if not self.is_bound or SECRET_SESSION_KEY not in session:
            session[SECRET_SESSION_KEY] = adapter.encrypt(generate_totp_secret())
        self.secret = adapter.decrypt(session[SECRET_SESSION_KEY])

    def clean_code(self) -> str:
        """Take the code of the secret that the page showed."""
        code = "".join(self.cleaned_data["code"].split())
        if rules.totp_counter(self.secret, code, clock.now()) is None:
            raise get_adapter().validation_error("incorrect_code")
        return code


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, under a name that its owner will know."""

    name = forms.CharField(label=_("Name of the passkey"), required=False, max_length=60)


class Activate(totp.ActivateTOTPView):  # type: ignore[misc]
    """Shows a secret, and keeps it once its first code is right, which proves this session too."""

    def form_valid(self, form: ActivateForm) -> HttpResponse:
        """Keep the secret."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        network.use_first_code(user=form.user, code=form.cleaned_data["code"], by=BY, at=clock.now())
        return response


class AddPasskey(passkeys.AddWebAuthnView):  # type: ignore[misc]
    """Keeps a passkey that has just signed, which proves this session too."""

    def form_valid(self, form: AddPasskeyForm) -> HttpResponse:
        """Keep the passkey."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn")
        return response


class RemovePasskey(passkeys.RemoveWebAuthnView):  # type: ignore[misc]
    """Takes a passkey away, unless it is the last means of a role that needs one."""

    success_url = "/compte/securite/"

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away, or say why not."""
        if not get_adapter().can_delete_authenticator(self.object):
            form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
            refused: HttpResponse = self.form_invalid(form)
            return refused
        removed: HttpResponse = super().form_valid(form)
        return removed


def _own(view: View, *, sets_up: bool = False, is_sensitive: bool = True) -> View:
    guard = page("account.secure", "GET", "POST", sets_up=sets_up, is_sensitive=is_sensitive)
    return guard(view)


index = page("account.secure", sets_up=True)(base.index)
activate = _own(Activate.as_view(), sets_up=True)
recovery_codes = page("account.secure", sets_up=True, is_sensitive=True)(recovery.view_recovery_codes)
new_recovery_codes = _own(recovery.generate_recovery_codes)
deactivate = _own(totp.deactivate_totp)
add_passkey = _own(AddPasskey.as_view(), sets_up=True)
remove_passkey = _own(RemovePasskey.as_view())
prove_by_password = _own(account.reauthenticate, sets_up=True, is_sensitive=False)
prove_by_code = _own(base.reauthenticate, sets_up=True, is_sensitive=False)
prove_by_passkey = _own(passkeys.reauthenticate_webauthn, sets_up=True, is_sensitive=False)
