"""Pages for everybody: the commitment, its versions, what changed between two, and where each clause stands."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment import status
from gardien.commitment.policy import LANGUAGES, UnknownVersionError, Version
from gardien.network import queries as network
from gardien.quotes.queries import paper

from . import changes, sheets, standing
from .changes import Comparison
from .printing import printed
from .sheets import Sheet

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Serve a page to everybody, in the language of its address; show the way to its twins in the others."""

    @wraps(view)
    def served(request: HttpRequest, *, language: str, **values: Any) -> HttpResponse:
        with translation.override(language):
            return view(request, language, **values)

    return require_safe(served)


@page
def notice(request: HttpRequest, language: str) -> HttpResponse:
    """Show the commitment in force."""
    return _version(request, commitment.in_force(_today()), language)


@page
def version(request: HttpRequest, language: str, version_id: str) -> HttpResponse:
    """Show a version: in force, former, or coming."""
    return _version(request, _get(version_id), language)


@page
def version_pdf(request: HttpRequest, language: str, version_id: str) -> HttpResponse:
    """Hand over a version on paper."""
    del request
    found = _get(version_id)
    return _pdf(_sheet(found, language), found.effective_date, f"engagement-{found.id}-{language}")


@page
def differences(request: HttpRequest, language: str, older: str, newer: str) -> HttpResponse:
    """Show what changed from one version to a later one."""
    old, new = _pair(older, newer)
    context = {"comparison": changes.between(old, new, language), "older": old, "newer": new}
    return _render(request, "public/differences.html", {**context, "versions": standing.of_versions(_today())})


@page
def differences_pdf(request: HttpRequest, language: str, older: str, newer: str) -> HttpResponse:
    """Hand over what changed on paper."""
    del request
    old, new = _pair(older, newer)
    return _pdf(changes.between(old, new, language), new.effective_date, f"engagement-{old.id}-{new.id}-{language}")


@page
def repairer(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """Show what a repairer tells its customers today."""
    return _render(request, "public/repairer.html", {"sheet": _own(code, language), "code": code})


@page
def repairer_pdf(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """Hand over a repairer's notice on paper."""
    del request
    in_force = commitment.in_force(_today())
    return _pdf(_own(code, language), in_force.effective_date, f"engagement-{code}-{in_force.id}-{language}")


@page
def clauses(request: HttpRequest, language: str) -> HttpResponse:
    """Show where each clause stands, with the code that keeps it and the figures that belong to no repairer."""
    figures, found = status.measure((), clock.now()), commitment.in_force(_today())
    context = {
        "version": found,
        "counts": standing.of_statuses(figures),
        "clauses": standing.of_clauses(found, figures, language),
        "versions": [each.id for each in commitment.versions().all],
    }
    return _render(request, "public/clauses.html", context)


def _version(request: HttpRequest, found: Version, language: str) -> HttpResponse:
    versions = standing.of_versions(_today())
    shown = next(each for each in versions if each.id == found.id)
    context = {"sheet": _sheet(found, language), "shown": shown, "versions": versions}
    return _render(request, "public/version.html", context)


def _sheet(found: Version, language: str) -> Sheet:
    return sheets.of_version(found, _last_date(found), language)


def _own(code: str, language: str) -> Sheet:
    try:
        found = network.repairer(code)
    except network.NoSuchRepairerError:
        raise Http404 from None
    in_force = commitment.in_force(_today())
    return sheets.of_repairer(in_force, _last_date(in_force), language, paper.controller(found))


def _last_date(found: Version) -> date | None:
    return sheets.last_date(found, commitment.versions().all)


def _today() -> date:
    return clock.legal_day(clock.now())


def _get(version_id: str) -> Version:
    try:
        return commitment.versions().get(version_id)
    except UnknownVersionError:
        raise Http404 from None


def _pair(older: str, newer: str) -> tuple[Version, Version]:
    """Return two versions, the earlier one first; any other pair is not found."""
    old, new = _get(older), _get(newer)
    if old.effective_date >= new.effective_date:
        raise Http404
    return old, new


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page with the addresses of the same page in the other languages."""
    match, present = request.resolver_match, translation.get_language()
    twins = {
        other: reverse(match.url_name, kwargs={**match.kwargs, "language": other})
        for other in LANGUAGES
        if other != present and match and match.url_name
    }
    return render(request, template, {**context, "twins": twins})


def _pdf(document: Sheet | Comparison, day: date, name: str) -> HttpResponse:
    return HttpResponse(
        printed(document, day),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )
