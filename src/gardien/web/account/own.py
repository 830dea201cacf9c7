"""One's own account: what was read and agreed to, sessions, channels, and what is held."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.commitment.policy import UnknownLanguageError, UnknownVersionError
from gardien.consent import actions as consent
from gardien.consent import queries as agreed
from gardien.consent.rules import How
from gardien.network import actions as network
from gardien.network import queries
from gardien.web.shared import carried, reading
from gardien.web.shared.access import READING, Request, actor, page, users_data

from . import channels, sessions

UNPROCESSABLE = 422


@page(READING, "GET", "POST")
@users_data
def acknowledge(request: Request) -> HttpResponse:
    """Show the users' notice in force until it is acknowledged; only one's own account opens before."""
    version = reading.version()
    language = _language(version.languages)
    notice = documents.notice(version, "user", language)
    is_missing = request.method == "POST" and not request.POST.get("has_read")
    if request.method == "POST" and not is_missing:
        subject, at = request.user.reference, clock.now()
        consent.acknowledge(subject=subject, notice=notice, by=actor(request), at=at)
        request.session[reading.KEY] = version.id
        return redirect("resume" if carried.waiting(request, request.membership) else "home")
    shown = {"notice": notice, "sentence": documents.sentence_read(version, language), "is_missing": is_missing}
    return render(request, "account/acknowledge.html", shown, status=UNPROCESSABLE if is_missing else 200)


@page("account.view")
@users_data
def account(request: Request) -> HttpResponse:
    """Show one's own account."""
    references = queries.references(request.user)
    shown = {
        "read": agreed.acknowledgements(references),
        "decisions": [(each, _title(each.purpose, each.version)) for each in agreed.current(references)],
        "sessions": sessions.of(request),
        "offers": channels.of(request),
    }
    return render(request, "account/account.html", shown)


@page("account.view", is_sensitive=True)
@users_data
def data(request: Request) -> HttpResponse:
    """Hand over what is held, as JSON by table and column."""
    held = {"reference": request.user.reference, "held": queries.held(request.user)}
    name = f"attachment; filename={request.user.reference}.json"
    return JsonResponse(
        held, json_dumps_params={"ensure_ascii": False, "indent": 2}, headers={"Content-Disposition": name}
    )


@page("account.view", "POST")
@users_data
def withdraw_consent(request: Request) -> HttpResponse:
    """Take back one's consent to a purpose."""
    try:
        consent.withdraw(
            subjects=queries.references(request.user),
            purpose=request.POST.get("purpose", ""),
            how=How.FORM,
            by=actor(request),
            at=clock.now(),
        )
    except consent.NotOnConsentError as refused:
        raise BadRequest from refused
    messages.success(request, _("Your consent is withdrawn."))
    return redirect("account")


@page("account.view", "POST")
@users_data
def end_session(request: Request) -> HttpResponse:
    """End another session of one's own."""
    if not sessions.end(request, request.POST.get("session", "")):
        raise Http404
    messages.success(request, _("That session is ended."))
    return redirect("account")


@page("account.view", "POST")
@users_data
def end_sessions(request: Request) -> HttpResponse:
    """End all sessions but this one."""
    user = network.end_sessions(user_id=request.user.id, by=actor(request), at=clock.now())
    update_session_auth_hash(request, user)
    messages.success(request, _("All your other sessions are ended."))
    return redirect("account")


def _title(purpose: str, version_id: str) -> str:
    """Return what a decision was about, in the words of its version."""
    try:
        version = commitment.versions().get(version_id)
        return agreed.wording(version, purpose, _language(version.languages)).title
    except (UnknownVersionError, UnknownLanguageError, documents.NotOnConsentError):
        return purpose


def _language(spoken: Any) -> str:
    language = (get_language() or "fr")[:2]
    return language if language in spoken else spoken[0]
