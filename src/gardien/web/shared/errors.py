"""What people see when a page cannot be shown: a French sentence and what to do next, never a trace."""

import sys
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from . import carried


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    del request, exception
    return _answer(400, _("This request could not be read"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    del request, exception
    return _answer(403, _("This page is not for your role"), _("Ask your site manager if you need it for your work."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Offer to send again a form of ours whose token is old, as after signing in elsewhere; else answer 403."""
    del reason
    if request.method == "POST" and not getattr(request, "htmx", False) and carried.is_ours(request):
        return expired(request)
    return _expired()


def expired(request: HttpRequest) -> HttpResponse:
    """Offer to send a form again that was not carried out; answer 403 if it cannot be kept."""
    if not carried.keep(request):
        return _expired()
    return redirect("resume") if request.user.is_authenticated else redirect_to_login(reverse("resume"))


def _expired() -> HttpResponse:
    return _answer(
        403, _("This form has expired"), _("Go back, reload the page and send it again: nothing was changed.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, with the same bytes for what is another's and for what never was."""
    del request, exception
    return _answer(404, _("There is nothing here"), _("Check the address, or search for the customer or the quote."))


def not_allowed(methods: str) -> HttpResponse:
    """Answer 405, naming the `methods` that the address takes."""
    response = _answer(
        405, _("This address does not open that way"), _("Go back to the page before and use its buttons.")
    )
    response.headers["Allow"] = methods
    return response


def restricted(request: HttpRequest) -> HttpResponse:
    """Answer 409 to a change of what is a restricted person's."""
    del request
    return _answer(
        409,
        _("This person's data is restricted"),
        _("Nothing was changed. A restriction is lifted after the person was told: ask your site manager."),
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 to who tries to sign in again and again."""
    del request
    return _answer(429, _("Too many attempts"), _("Wait five minutes, then try again."))


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away, else 500."""
    del request
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        response = _answer(
            503,
            _("The portal is starting again"),
            _("Wait half a minute and send the page again: what was confirmed is kept, nothing is done twice."),
        )
        response.headers["Retry-After"] = "5"
        return response
    return _answer(
        500, _("Something went wrong on our side"), _("Nothing was changed. Try again, or tell the support desk.")
    )


def _answer(status: int, title: str, advice: str) -> HttpResponse:
    context: dict[str, Any] = {"status": status, "title": title, "advice": advice}
    return HttpResponse(render_to_string("shared/error.html", context), status=status)
