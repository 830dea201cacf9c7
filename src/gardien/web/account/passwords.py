"""Another password: by who knows the present one, or by a letter to who forgot it; allauth's views with our forms.

What is answered never tells whether an address is known: all are counted, and the letter to nobody is written too,
and rolled back. A second factor stays what it was.
"""

from typing import Any

from allauth.account import forms as allauth
from allauth.account import views
from allauth.account.internal.flows.password_reset import request_password_reset
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gardien.base import clock
from gardien.customers import rules
from gardien.messaging import queries as outbox
from gardien.network import actions, queries
from gardien.network.rules import Kind
from gardien.web.account.adapter import Adapter
from gardien.web.shared import sender
from gardien.web.shared.access import page, users_data
from gardien.web.shared.forms import ReadField

GONE = 404
_REQUIRED = {"required": gettext_lazy("Fill in this field.")}


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = ReadField(rules.parse_email, empty="", label=gettext_lazy("E-mail address"), error_messages=_REQUIRED)

    def save(self, request: HttpRequest) -> None:
        """Write to the account of the address; to nobody, if there is none that may sign in."""
        known = queries.by_email(self.cleaned_data["email"])
        user = known if known and known.is_active else queries.nobody(self.cleaned_data["email"])
        with transaction.atomic():
            request_password_reset(request, user.email, [user], allauth.default_token_generator)
            transaction.set_rollback(user is not known)


class Forgotten(views.PasswordResetView):  # type: ignore[misc]
    """Asks for the address; each letter that is asked for counts, by address and by network address."""

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        """Count, then write."""
        at = clock.now()
        try:
            actions.Attempt(Kind.ADDRESS, sender.address(self.request), at=at)
            actions.Attempt(Kind.LETTER, form.cleaned_data["email"], at=at)
        except actions.TooManyAttemptsError:
            form.add_error("email", Adapter().validation_error("too_many_letters"))
            refused: HttpResponse = self.form_invalid(form)
            return refused
        sent: HttpResponse = super().form_valid(form)
        return sent

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        """Add whether this portal sends letters at all."""
        return {**super().get_context_data(**values), "can_send": outbox.can_send()}


class RenewForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, once: a browser shows what was typed, and the letter can be asked for again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _say_once(self)


class Renew(views.PasswordResetFromKeyView):  # type: ignore[misc]
    """Takes the new password of whoever holds a letter's link; then they sign in, with all that this needs."""

    success_url = reverse_lazy("account_login")

    def form_valid(self, form: RenewForm) -> HttpResponse:
        """Change it, and end every session."""
        changed: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("Your password is changed, and all your sessions are ended. Sign in with it."))
        return changed

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """Say of a link that opens nothing that it has served."""
        if context.get("token_fail"):
            return render(self.request, "public/account_link_over.html", status=GONE)
        shown: HttpResponse = super().render_to_response(context, **options)
        return shown


class ChangeForm(allauth.ChangePasswordForm):  # type: ignore[misc]
    """The present password, counted as any other try at it, and the new one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["oldpassword"].label, self.fields["oldpassword"].help_text = _("Present password"), ""
        _say_once(self)

    def clean_oldpassword(self) -> str:
        """Refuse a wrong one."""
        typed: str = self.cleaned_data["oldpassword"]
        if not Adapter().reauthenticate(self.user, typed):
            raise Adapter().validation_error("enter_current_password")
        return typed


class Change(views.PasswordChangeView):  # type: ignore[misc]
    """Takes another password of who is signed in; this session goes on, every other one ends."""

    success_url = reverse_lazy("account")

    def form_valid(self, form: ChangeForm) -> HttpResponse:
        """Change it."""
        changed: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("Your password is changed, and all your other sessions are ended."))
        return changed


def _say_once(form: Any) -> None:
    del form.fields["password2"]
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _(
        "About 14 characters with capitals and digits, or a sentence of seven words."
    )


_form = require_http_methods(["GET", "HEAD", "POST"])
forgotten = _form(users_data(Forgotten.as_view()))
renew = _form(users_data(Renew.as_view()))
change = page("account.secure", "GET", "POST")(users_data(Change.as_view()))


@require_safe
def written(request: HttpRequest) -> HttpResponse:
    """Say what happens next, the same to all."""
    return render(request, "account/password_reset_done.html")
