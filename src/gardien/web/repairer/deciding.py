"""What a person agreed to: shown, taken back in one click, and offers objected to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment.registry import Kept
from gardien.consent import actions
from gardien.consent import queries as consent
from gardien.consent.rules import About, Channel, How, Sender
from gardien.customers import queries as customers
from gardien.customers.rules import Reached
from gardien.network import queries as network
from gardien.quotes import queries as quotes
from gardien.web.shared.access import Request, actor, page

from .card import person, tell
from .forms.card import AnswerForm, DecisionForm, ObjectionForm
from .words import CHANNELS, ENDED, WAYS, Staff, by_whom

if TYPE_CHECKING:
    from gardien.consent.models import Decision


@dataclass(frozen=True)
class Answer:
    """One answer of a person, in words; `about` is the number that it is about, empty if it is about none."""

    decision: "Decision"
    title: str
    about: str
    state: str
    way: str
    by_whom: str
    holds: bool


@dataclass(frozen=True)
class Open:
    """A question that has no yes: `digest` names the number that it is about, empty if none; and what may be said."""

    question: consent.Question
    about: str
    digest: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True)
class Offers:
    """One channel by which offers could reach a person, and since when they object to them at all its addresses."""

    channel: str
    label: str
    shown: list[str]
    since: datetime | None


@page("customers.view")
def decisions(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Show what a person was told, what they answered, and to which offers they object."""
    group = person(customer_id)
    subjects, places = [record.reference for record in group], customers.reached(group)
    readings, history = consent.readings(subjects), consent.history(subjects)
    staff = network.staff([*(each.read_by_id for each in readings), *(each.recorded_by_id for each in history)])
    answers = [_answer(place, history, places, staff) for place in reversed(range(len(history)))]
    holding = [each for each in answers if each.holds]
    context = {
        "customer": group[0],
        "pane": "decisions",
        "readings": [(reading, by_whom(staff, reading.read_by_id)) for reading in readings],
        "answers": holding,
        "past": [each for each in answers if not each.holds],
        "open": _open([each.decision for each in holding], places),
        "offers": _offers(places),
    }
    return render(request, "repairer/decisions.html", context)


@page("consent.withdraw", "POST")
def withdraw(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Take a consent back at once, and say what ended and what stays, on which ground."""
    group, form = person(customer_id), DecisionForm(request.POST)
    subjects = [record.reference for record in group]
    given = {decision.id: decision for decision in consent.history(subjects)}
    if not form.is_valid() or form.cleaned_data["decision"] not in given:
        raise Http404
    decision = given[form.cleaned_data["decision"]]
    kept = actions.withdraw(
        subjects=subjects,
        purpose=decision.purpose,
        channel=decision.channel,
        address_digest=decision.address_digest,
        how=How.ORAL,
        by=actor(request),
        at=clock.now(),
    )
    tell(request, str(ENDED.get(decision.purpose, ENDED[""])))
    for each in kept:
        messages.info(request, _kept(each))
    return redirect("decisions", group[0].id)


@page("consent.decide", "POST")
def decide(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Write the yes or the no that a person has just said to the words on the page."""
    group, form, at = person(customer_id), AnswerForm(request.POST), clock.now()
    if not form.is_valid():
        raise Http404
    told, places, version = form.cleaned_data, customers.reached(group), commitment.in_force(clock.legal_day(at))
    asked = {each.purpose: each for each in consent.asked(version)}
    numbers = {_digest(each): each for each in places if each.channel == Channel.PHONE}
    question, number = asked.get(told["purpose"]), numbers.get(told["number"])
    if question is None or question.per_address != (number is not None):
        raise Http404
    answer = actions.Answer(
        purpose=question.purpose,
        is_given=told["answer"] == "yes",
        wording=question.document,
        channel=question.channel,
        address=number.address if number else "",
    )
    subject, carrier = group[0].reference, quotes.carrying([record.id for record in group], version.id)
    try:
        actions.decide(subject=subject, answers=[answer], how=How.ORAL, quote_id=carrier, by=actor(request), at=at)
    except actions.WithdrawInsteadError:
        messages.error(request, _("They said yes to this meanwhile: withdraw the consent instead."))
    else:
        tell(request, _("The answer is written down."))
    return redirect("decisions", group[0].id)


@page("consent.object", "POST")
def object_to_offers(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Write that a person wants no offers by one channel, at each address of theirs; one more time renews it."""
    group, form = person(customer_id), ObjectionForm(request.POST)
    if not form.is_valid():
        raise Http404
    channel = Channel(form.cleaned_data["channel"])
    for place in customers.reached(group):
        if place.channel == channel:
            actions.object_(
                channel=channel,
                address=place.address,
                sender=Sender.CONTROLLER,
                how=How.ORAL,
                by=actor(request),
                at=clock.now(),
            )
    tell(request, _("No more offers: %(channel)s.") % {"channel": CHANNELS[channel]})
    return redirect("decisions", group[0].id)


def _answer(place: int, history: "Sequence[Decision]", places: Sequence[Reached], staff: Staff) -> Answer:
    """Return the answer at a place of the history in words; it holds until a later one is about as much or more."""
    decision, point = history[place], _point(history[place])
    holds = not any(_point(later).covers(point) for later in history[place + 1 :])
    was_given = any(before.is_given and point.covers(_point(before)) for before in history[:place])
    about = _about(decision, places)
    clause = commitment.versions().get(decision.version).clauses[decision.purpose]
    return Answer(
        decision=decision,
        title=clause.title.fill("fr", {}),
        about=about.shown if about else _("a number that is no longer on the card") if decision.address_digest else "",
        state="given" if decision.is_given else "withdrawn" if was_given else "refused",
        way=str(WAYS[decision.how]),
        by_whom=by_whom(staff, decision.recorded_by_id),
        holds=holds,
    )


def _open(holding: "Sequence[Decision]", places: Sequence[Reached]) -> list[Open]:
    """Return what a person may be asked today: each question of the version in force without a yes."""
    found = []
    numbers = [each for each in places if each.channel == Channel.PHONE]
    for question in consent.asked(commitment.in_force(clock.legal_day(clock.now()))):
        for number in numbers if question.per_address else [None]:
            digest = _digest(number) if number else ""
            point = About(question.purpose, question.channel, digest)
            answers = [each.is_given for each in holding if _point(each).covers(point)]
            if True not in answers:
                offered = [("yes", _("They say yes")), ("no", _("They say no"))]
                found.append(Open(question, number.shown if number else "", digest, offered[: 1 if answers else 2]))
    return found


def _digest(place: Reached) -> str:
    return consent.address_digest(place.channel, place.address)


def _kept(kept: Kept) -> str:
    """Say what a withdrawal leaves in place, and on which ground; what has none goes at once."""
    if kept.ground:
        return _("Stays: %(what)s (%(count)s), on a ground of its own: %(ground)s.") % vars(kept)
    return _("Due for anonymisation at once: %(what)s (%(count)s).") % vars(kept)


def _point(decision: "Decision") -> About:
    return About(decision.purpose, decision.channel, decision.address_digest)


def _about(decision: "Decision", places: Sequence[Reached]) -> Reached | None:
    if not decision.address_digest:
        return None
    found = (each for each in places if each.channel == decision.channel)
    return next((each for each in found if _digest(each) == decision.address_digest), None)


def _offers(places: Sequence[Reached]) -> list[Offers]:
    """Return, for each channel by which the person is reached, its addresses and since when all of them object."""
    digests = {each: consent.objection_digest(each.channel, each.address, Sender.CONTROLLER) for each in places}
    objections, found = consent.objections(digests.values()), []
    for channel, label in CHANNELS.items():
        mine = [each for each in places if each.channel == channel]
        since = [objections[digests[each]].objected_at for each in mine if digests[each] in objections]
        if mine:
            shown = [each.shown for each in mine]
            found.append(Offers(channel, str(label), shown, max(since) if len(since) == len(mine) else None))
    return found
