"""Named reads of where a person stands, by every reference of their merged group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from gardien.base import clock, scope
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.commitment.policy import fields, legal_time
from gardien.commitment.registry import registry

from .models import Archived, Closure, Consultation, Ending, Fact, Hold, RemovalWarning, Restriction, Resumption
from .rules import BEGINS, BEGINS_ALL, EndReason, Event, Ground

Told = QuerySet[Any, Any]
"""A query of who and when, as `commitment.registry.Occurrence` hands it on."""

_CLAUSES = "client.retention."
"""Of customers, the only ones whose dates are told on a card."""
_DERIVED = "derived:"


@dataclass(frozen=True)
class KeptUnder:
    """What is kept of a person under one clause, until when and why.

    `version` governs; `categories` are words. `until_at` is None where nothing runs: no activity, or a period that
    starts with something else. `because` is the activity from which the period runs. `ended` is why all purposes of
    the clause are over: then `until_at` is at latest the instant at which the last of them ended. A hold keeps its
    own category past that instant; while the person is restricted nothing is deleted at all. `warned_at` is when they
    were warned of that instant, where the version promises a warning.
    """

    clause: str
    title: str
    version: str
    categories: tuple[str, ...]
    until_at: datetime | None
    because: tuple[Event, datetime] | None
    ended: EndReason | None
    holds: tuple[Hold, ...]
    is_restricted: bool
    warned_at: datetime | None = None


def last_activity(subjects: Sequence[str]) -> Fact | None:
    """Return the latest fact of a person, from which their periods run."""
    return Fact.objects.filter(subject__in=subjects).order_by("-happened_at", "-id").first()


def restrictions() -> QuerySet[Restriction]:
    """Return the restrictions that are not lifted, the oldest first: the only way to whom the database hides."""
    return Restriction.objects.filter(lifted_at=None).order_by("placed_at", "id")


def restriction(subjects: Sequence[str]) -> Restriction | None:
    """Return a person's restriction that is not lifted, of their several references the one restricted first."""
    return restrictions().filter(subject__in=subjects).first()


def live_holds(day: date) -> QuerySet[Hold]:
    """Return the holds that are in force on a day in Paris, the first to end first."""
    return Hold.objects.filter(released_at=None, until_date__gte=day).order_by("until_date", "id")


def holds(subjects: Sequence[str], day: date) -> QuerySet[Hold]:
    """Return a person's holds that are in force on a day in Paris, the first to end first."""
    return live_holds(day).filter(subject__in=subjects)


def is_hold_of(subjects: Sequence[str], hold_id: UUID) -> bool:
    """Say whether a hold, in force or not, is of this person."""
    return Hold.objects.filter(subject__in=subjects, id=hold_id).exists()


def has_endings() -> bool:
    """Say whether a purpose was ever over for anybody."""
    return Ending.objects.exists()


def activities() -> Told:
    """Return (subject, at) of each activity."""
    return Fact.objects.values_list("subject", "happened_at")


def last_activities() -> Told:
    """Return (subject, at) of the last activity of persons whose record is gone."""
    return Closure.objects.filter(last_at__isnull=False).values_list("subject", "last_at")


def closures() -> Told:
    """Return (subject, at) of when records were gone, and with them every purpose over."""
    return Closure.objects.values_list("subject", "ended_at")


def services_ended() -> Told:
    """Return (subject, at) of the ends of services, of users who did not come back since."""
    back = Fact.objects.filter(
        subject=OuterRef("subject"),
        happened_at__gt=OuterRef("ended_at"),
        event__in=(Event.ACCOUNT_OPENED.value, Event.SIGNED_IN.value),
    )
    ended = Ending.objects.filter(~Exists(back), reason=EndReason.END_OF_SERVICES.value)
    return ended.values_list("subject", "ended_at")


def warnings(clause: str) -> QuerySet[RemovalWarning]:
    """Return who was warned that their time under a clause will be over, the latest first."""
    return RemovalWarning.objects.filter(clause=clause).order_by("-warned_at", "-id")


def archived() -> QuerySet[Archived]:
    """Return what is archived, with its holds, the first to end first: never its fields, which a consultation opens.

    What is archived of restricted people is left out, under the reference that is held or the one that was kept.
    """
    frozen = restrictions().order_by()
    by_head = Exists(frozen.filter(subject=OuterRef("subject")))
    by_held = Exists(frozen.filter(subject=OuterRef("hold__subject")))
    found = Archived.objects.filter(~by_head, ~by_held).select_related("hold")
    return found.order_by("hold__until_date", "id")


def archived_of(subject: str) -> QuerySet[Archived]:
    """Return what is archived of a person, by any reference that the archive still knows of theirs."""
    return archived().filter(Q(subject=subject) | Q(hold__subject=subject))


def archive_context(archived_id: UUID) -> bytes:
    """Return what binds the sealed fields of an archived row to that row, of the present controller."""
    return f"archive:{scope.current()}:{archived_id}".encode()


def consultations() -> QuerySet[Consultation]:
    """Return when the archive was opened, by whom and why, the latest first."""
    return Consultation.objects.order_by("-consulted_at", "-id")


def grounds(version: policy.Version, population: policy.Population = "client") -> tuple[Ground, ...]:
    """Return the grounds on which a version lets customers' or users' data be held.

    They are those of its derogations; custody, where it says that storage data is kept while wheels are in custody.
    """
    derogations = version.clauses.get(f"{population}.retention.derogations")
    listed = (Ground(each) for each in derogations.grounds) if derogations else ()
    return (*listed, *((Ground.CUSTODY,) if f"{population}.retention.storage" in version.clauses else ()))


def holdable(version: policy.Version, language: str = "fr", population: policy.Population = "client") -> dict[str, str]:
    """Return the categories of a customer or a user that a hold can keep under a version, with their words."""
    told, clauses = version.clauses[f"{population}.categories"].categories, f"{population}.retention."
    holdings = (each for each in registry.holdings() if any(clock.startswith(clauses) for clock in each.clocks))
    declared = (each.category for each in holdings if each.is_archived and not each.dated_by)
    ordered = sorted(dict.fromkeys(declared), key=lambda each: each.startswith(_DERIVED))
    known = (each for each in ordered if each in told or each.startswith(_DERIVED))
    return {each: _words(version, each, language) for each in known}


def endings(subjects: Sequence[str]) -> QuerySet[Ending]:
    """Return the ends that stand, the earliest first.

    One stands until the person agrees to the purpose, tells their details or asks for what it serves (`rules.BEGINS`).
    """
    begun = Case(*(When(event=event.value, then=Value(purpose)) for event, purpose in BEGINS.items()))
    later = Fact.objects.annotate(begun=begun).filter(subject__in=subjects, happened_at__gt=OuterRef("ended_at"))
    asked = later.filter(Q(event=BEGINS_ALL.value) | Q(begun=OuterRef("purpose")))
    resumed = Resumption.objects.filter(
        subject__in=subjects, purpose=OuterRef("purpose"), resumed_at__gt=OuterRef("ended_at")
    )
    return Ending.objects.filter(~Exists(asked), ~Exists(resumed), subject__in=subjects).order_by("ended_at", "id")


def explain(
    subjects: Sequence[str], told_on: date, *, was_told_again: bool, at: datetime, language: str = "fr"
) -> list[KeptUnder]:
    """Say under which clauses a customer's data is kept, until when and why: one entry for each retention clause.

    `told_on` is the day on which the person was told the commitment, `was_told_again` whether they were told the one
    in force since: together they choose the version that governs. A clause that no version has yet is left out.
    """
    day, last = clock.legal_day(at), last_activity(subjects)
    ended, held = list(endings(subjects)), list(holds(subjects, day))
    is_restricted = restriction(subjects) is not None
    found = []
    for clause_id, (categories, purposes) in _declared().items():
        try:
            version = policy.governing(
                commitment.versions(), clause_id, collected_on=told_on, today=day, was_told_again=was_told_again
            )
        except policy.NoClockError:
            continue
        clause = version.clauses[clause_id]
        over = _over(clause.purposes or purposes, ended)
        if over and _is_deferred(clause_id, subjects):
            over = None
        because, warned_at, due_at = _runs(clause_id, clause.retention, subjects, last, at)
        ends = [instant for instant in (due_at, over.ended_at if over else None) if instant]
        found.append(
            KeptUnder(
                clause=clause_id,
                title=clause.title.fill(language, {}),
                version=version.id,
                categories=_joined((), (_words(version, each, language) for each in categories)),
                until_at=min(ends, default=None),
                because=because,
                ended=EndReason(over.reason) if over else None,
                holds=tuple(each for each in held if each.category in categories),
                is_restricted=is_restricted,
                warned_at=warned_at,
            )
        )
    return found


def _declared() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the categories, derived records last, and the purposes that lie under each clause by the rooms' word."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for holding in sorted(registry.holdings(), key=lambda each: each.category.startswith(_DERIVED)):
        if holding.clock.startswith(_CLAUSES):
            categories, purposes = found.get(holding.clock, ((), ()))
            ours = (each for each in holding.purposes if each.startswith("client."))
            found[holding.clock] = (_joined(categories, (holding.category,)), _joined(purposes, ours))
    return found


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _over(purposes: Sequence[str], ended: Sequence[Ending]) -> Ending | None:
    """Return the end by which the last of the purposes is over, None while one of them goes on."""
    first = {each.purpose: each for each in reversed(ended)}
    if not all(purpose in first for purpose in purposes):
        return None
    return max((first[purpose] for purpose in purposes), key=lambda each: each.ended_at, default=None)


def _is_deferred(clause: str, subjects: Sequence[str]) -> bool:
    """Say whether a room has something of this person on a ground of its own, which no withdrawal ends."""
    defers = [each for each in registry.defers() if each.is_of_endings and clause in each.clauses]
    return any(subject in subjects for each in defers for (subject,) in each.subjects())


def _runs(
    clause: str, retention: policy.Retention | None, subjects: Sequence[str], last: Fact | None, at: datetime
) -> tuple[tuple[Event, datetime] | None, datetime | None, datetime | None]:
    """Return the activity from which a period runs, since when its end is warned of, and the instant of that end."""
    if last is None or retention is None or retention.period is None or retention.start != "last_activity":
        return None, None, None
    until_at, warned_at = legal_time.retention_end(last.happened_at, retention.period), None
    if retention.warning:
        warning = warnings(clause).filter(subject__in=subjects, warned_at__gt=last.happened_at).first()
        warned_at = warning.warned_at if warning else None
        until_at = max(until_at, legal_time.retention_end(warned_at or at, retention.warning))
    return (Event(last.event), last.happened_at), warned_at, until_at


def _words(version: policy.Version, category: str, language: str) -> str:
    """Return the words of a category: the governing version's, or those of the first one that has them."""
    id_ = category.removeprefix(_DERIVED)
    speaking = (each for each in (version, *commitment.versions().all) if id_ in each.labels)
    return next((fields.label(each, id_, language) for each in speaking), id_)
