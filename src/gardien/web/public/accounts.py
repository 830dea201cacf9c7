"""The pages of who has no account yet: asking for one, confirming the address, choosing the password.

What is answered never tells whether an address is known: the same rows, letter and page for all. Opening a link
changes nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gardien.base import clock, links, scope
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.commitment.policy import Version
from gardien.consent import actions as consent
from gardien.consent import queries as asked
from gardien.consent.rules import How
from gardien.messaging import queries as outbox
from gardien.network import actions as network
from gardien.network import queries
from gardien.network.rules import Kind, Origin, PartyKind, UserState
from gardien.web.shared import letters, reading, sender
from gardien.web.shared.account_forms import PersonForm, read_siret
from gardien.web.shared.forms import ReadField, TextField

BY = Actor.program("link")
FORM = Actor.program("form")
LANGUAGE = "fr"
GONE, UNPROCESSABLE = 410, 422
_LONGEST_COMPANY = 100
_REQUIRED = {"required": gettext_lazy("Fill in this field.")}


class RequestForm(PersonForm):
    """A request by the public form: who, of which company, that the notice was read, and each consent by itself."""

    company = TextField(_LONGEST_COMPANY, label=gettext_lazy("Company"), error_messages=_REQUIRED)
    siret = ReadField(read_siret, empty="", label=gettext_lazy("SIRET of your site"), error_messages=_REQUIRED)
    has_read = forms.BooleanField(error_messages={"required": gettext_lazy("Read the notice, then tick this box.")})

    def __init__(self, version: Version, data: Any = None) -> None:
        super().__init__(version, data)
        self.questions = {f"agrees_{rank}": each for rank, each in enumerate(asked.asked(version, LANGUAGE, "user"))}
        self.fields["has_read"].label = documents.sentence_read(version, LANGUAGE)
        self.fields["siret"].widget.attrs["inputmode"] = "numeric"
        for name, question in self.questions.items():
            paragraphs = question.document.sections[0].paragraphs
            self.fields[name] = forms.BooleanField(required=False, label=" ".join(paragraphs))

    def consents(self) -> list[Any]:
        """Return the fields of the consent boxes."""
        return [self[name] for name in self.questions]

    def facts(self) -> list[Any]:
        """Return the other fields that are typed."""
        return [bound for bound in self if bound.name != "has_read" and bound.name not in self.questions]

    def answers(self) -> list[consent.Answer]:
        """Return the consents that were given; a box left empty is no answer."""
        return [
            consent.Answer(question.purpose, question.channel, "", is_given=True, wording=question.document)
            for name, question in self.questions.items()
            if self.cleaned_data[name]
        ]


class PasswordForm(forms.Form):
    """The password of a new account."""

    password = forms.CharField(
        strip=False,
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages=_REQUIRED,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def request_account(request: HttpRequest) -> HttpResponse:
    """Ask for an account."""
    version = reading.version()
    form = RequestForm(version, request.POST if request.method == "POST" else None)
    can_send = outbox.can_send()
    if request.method != "POST" or not can_send or not form.is_valid() or not _is_counted(request, form):
        shown = {"form": form, "notice": documents.notice(version, "user", LANGUAGE), "can_send": can_send}
        return render(request, "public/account_request.html", shown, status=UNPROCESSABLE if form.errors else 200)
    with _networks_scope():
        _take_down(request, form, version)
    return redirect("account_requested")


request_account.gardien_brings_scope = True  # type: ignore[attr-defined]


@require_safe
def account_requested(request: HttpRequest) -> HttpResponse:
    """Say what happens next, the same to all."""
    return render(request, "public/account_requested.html", {"hours": letters.VERIFY_HOURS})


def by_link(purpose: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Serve `view(request, token, link)` in the network's scope; a link that is not ours is not found."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def served(request: HttpRequest, token: str) -> HttpResponse:
            try:
                link = links.read(token, purpose=purpose, at=clock.now())
            except links.NotOursError:
                raise Http404 from None
            except links.ExpiredError:
                return render(request, "public/account_link_over.html", status=GONE)
            with scope.entered(link.controller):
                return view(request, token, link)

        guarded = require_http_methods(["GET", "HEAD", "POST"])(served)
        guarded.gardien_brings_scope = True  # type: ignore[attr-defined]
        return guarded

    return decorate


@by_link(queries.VERIFY)
def confirm_request(request: HttpRequest, token: str, link: links.Link) -> HttpResponse:
    """Show the request whose address is to be confirmed; by POST, confirm it."""
    try:
        found = queries.request(link.object_id)
    except queries.NoSuchRequestError:
        raise Http404 from None
    if queries.request_digest(found) != link.sha256:
        raise Http404
    if request.method == "POST":
        network.verify(request_id=found.id, by=BY, at=clock.now())
        return redirect("confirm_request", token)
    return render(request, "public/account_confirm.html", {"found": found, "token": token})


@by_link(queries.PASSWORD)
def choose_password(request: HttpRequest, token: str, link: links.Link) -> HttpResponse:
    """Choose the password of an approved account, once."""
    try:
        user = queries.account(link.object_id)
    except queries.NoSuchUserError:
        raise Http404 from None
    if user.state != UserState.APPROVED or queries.password_digest(user) != link.sha256:
        return render(request, "public/account_link_over.html", status=GONE)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            network.activate(user_id=user.id, password=form.cleaned_data["password"], by=BY, at=clock.now())
        except ValidationError as refusal:
            form.add_error("password", refusal)
        else:
            return redirect("account_login")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "public/account_password.html", {"form": form, "token": token}, status=status)


def _is_counted(request: HttpRequest, form: RequestForm) -> bool:
    """Count one more request from a network address; refuse it where there were too many."""
    try:
        network.Attempt(Kind.REQUEST, sender.address(request), at=clock.now())
    except network.TooManyAttemptsError:
        form.add_error(None, _("Too many requests come from your connection: wait an hour, or ask the network."))
    return form.is_valid()


def _take_down(request: HttpRequest, form: RequestForm, version: Version) -> None:
    """Record the request, that its person read the notice, and what they agreed to; send the letter."""
    told, at = form.cleaned_data, clock.now()
    names = ("email", "first_name", "last_name", "phone", "company", "siret")
    values = {name: told.get(name, "") for name in names}
    found = network.request_account(told=network.Told(**values), origin=Origin.FORM, by=FORM, at=at)
    notice = documents.notice(version, "user", LANGUAGE)
    consent.acknowledge(subject=found.reference, notice=notice, by=FORM, at=at)
    consent.decide(subject=found.reference, answers=form.answers(), how=How.FORM, by=FORM, at=at)
    letters.to_verify(found, request, by=FORM, at=at)


def _networks_scope() -> Any:
    return scope.entered(queries.central_party(PartyKind.NETWORK).id)
