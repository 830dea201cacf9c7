"""The page of a link in a letter: a person reads the terms of their quote, then accepts or refuses it.

Opening it changes nothing. A link that is not ours, whose time is over, or that stands for no document answers with one
and the same page, which says what to do next.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gardien.base import clock, links, scope
from gardien.base.actor import Actor
from gardien.quotes import actions, queries
from gardien.quotes.rules.vocabulary import RefusalReason
from gardien.web.shared.templatetags.gardien import euros

if TYPE_CHECKING:
    from gardien.quotes.models import Quote, QuoteDocument

BY = Actor.program("link")
NO_SUCH_LINK = 404
UNPROCESSABLE = 422
REASONS = [
    ("", gettext_lazy("I prefer not to say")),
    (RefusalReason.PRICE.value, gettext_lazy("The price")),
    (RefusalReason.ELSEWHERE.value, gettext_lazy("I go elsewhere")),
    (RefusalReason.DELAY.value, gettext_lazy("It takes too long")),
    (RefusalReason.POSTPONED.value, gettext_lazy("Later")),
    (RefusalReason.OTHER.value, gettext_lazy("Another reason")),
]
UNCHOSEN = {
    "required": gettext_lazy("Choose one of the offers."),
    "invalid_choice": gettext_lazy("Choose one of the offers."),
}


class AcceptForm(forms.Form):
    """That the terms were read, and which offer is chosen where there are several."""

    has_read = forms.BooleanField(
        label=gettext_lazy("I have read the quote and its terms"),
        error_messages={"required": gettext_lazy("Read the quote, then tick this box.")},
    )

    def __init__(self, letters: list[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if letters:
            self.fields["option"] = forms.TypedChoiceField(
                choices=letters, coerce=int, widget=forms.RadioSelect, error_messages=UNCHOSEN, label=_("Offer")
            )


class RefuseForm(forms.Form):
    """Why, if the person says so."""

    reason = forms.ChoiceField(choices=REASONS, required=False, label=gettext_lazy("Why? You need not say."))


View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """Serve `view(request, token, quote, document)` in the scope that the link brings."""

    @wraps(view)
    def served(request: HttpRequest, token: str) -> HttpResponse:
        try:
            link = links.read(token, purpose=queries.ANSWER, at=clock.now())
            with scope.entered(link.controller):
                answer = view(request, token, *queries.linked(link))
        except (links.NotOursError, links.ExpiredError, queries.NoSuchQuoteError):
            answer = render(request, "public/quote_unknown.html", status=NO_SUCH_LINK)
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    served.gardien_brings_scope = True  # type: ignore[attr-defined]
    return served


@require_safe
@by_link
def offered(request: HttpRequest, token: str, quote: "Quote", document: "QuoteDocument") -> HttpResponse:
    """Show the quote's terms, then how to answer; what was answered is said instead."""
    return _page(request, token, quote, document)


@require_safe
@by_link
def offered_pdf(request: HttpRequest, token: str, quote: "Quote", document: "QuoteDocument") -> HttpResponse:
    """Hand over the very PDF of the link."""
    del request, token
    headers = {"Content-Disposition": f'inline; filename="{quote.number}.pdf"'}
    return HttpResponse(queries.pdf(document), content_type="application/pdf", headers=headers)


@require_http_methods(["POST"])
@by_link
def accepted(request: HttpRequest, token: str, quote: "Quote", document: "QuoteDocument") -> HttpResponse:
    """Take the person's yes."""
    form = AcceptForm(_letters(quote), request.POST)
    if not form.is_valid():
        return _page(request, token, quote, document, accept_form=form)
    option = form.cleaned_data.get("option")
    return _answered(
        request, token, lambda: actions.accept(quote_id=quote.id, option=option, by=BY, at=clock.now()), quote, document
    )


@require_http_methods(["POST"])
@by_link
def refused(request: HttpRequest, token: str, quote: "Quote", document: "QuoteDocument") -> HttpResponse:
    """Take the person's no."""
    form = RefuseForm(request.POST)
    told = form.cleaned_data["reason"] if form.is_valid() else ""
    reason = RefusalReason(told) if told else None
    return _answered(
        request, token, lambda: actions.refuse(quote_id=quote.id, reason=reason, by=BY, at=clock.now()), quote, document
    )


def _answered(
    request: HttpRequest, token: str, answer: Callable[[], object], quote: "Quote", document: "QuoteDocument"
) -> HttpResponse:
    try:
        answer()
    except (actions.NotOpenError, actions.ExpiredError):
        return _page(request, token, queries.by_id(quote.id), document, is_too_late=True)
    return redirect("offered", token)


def _letters(quote: "Quote") -> list[tuple[str, str]]:
    told = _("Offer %(letter)s: %(total)s all taxes included")
    return [
        (str(option.option), told % {"letter": option.letter, "total": euros(option.total_ttc)})
        for option in queries.options(quote)
    ]


def _page(request: HttpRequest, token: str, quote: "Quote", document: "QuoteDocument", **found: Any) -> HttpResponse:
    lines = queries.lines(quote)
    context = {
        "token": token,
        "quote": quote,
        "document": document,
        "lines": lines,
        "sums": queries.sums(quote, lines),
        "unaccepted": _("Nothing is accepted yet: please look at these fields."),
        "accept_form": AcceptForm(_letters(quote)),
        "refuse_form": RefuseForm(),
        **found,
    }
    status = UNPROCESSABLE if found else 200
    return render(request, "public/quote.html", context, status=status)
