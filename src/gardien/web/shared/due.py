"""What falls due and when, what is late, and what the last nights took back: one page, whoever the controller is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gardien.base import chart, clock
from gardien.commitment import queries as commitment
from gardien.commitment.policy import fields
from gardien.retention import queries as retention
from gardien.retention import rules
from gardien.retention.rules import Figure

from . import _bars, _reports
from .access import Request
from .words import GROUNDS

if TYPE_CHECKING:
    from gardien.retention.models import Run

MONTHS = 25
"""The present one and two years more: what begins a period today is still seen to end."""
NIGHTS = 7


@dataclass(frozen=True)
class Clause:
    """A clause by its title, in the version in force or the last that had it."""

    id: str
    title: str
    version: str


@dataclass(frozen=True)
class Last:
    """What the last night did under one clause: its figure, its grounds in words and its days as days."""

    clause: Clause
    figure: Figure
    held: int
    held_words: str
    oldest_overdue: date | None
    next_due: date | None


@dataclass(frozen=True)
class Night:
    """One run: when, whether it `ended`, is `running` or was `cut_short`, and the clauses that had something due."""

    run: "Run"
    state: str
    rows: tuple[tuple[Clause, Figure], ...]
    reports: tuple[_reports.Told, ...]

    @property
    def done(self) -> int:
        """Return how many persons' records it took back, over the clauses."""
        return sum(figure.done for _clause, figure in self.rows)

    @property
    def late(self) -> int:
        """Return how many were still there a day after their time."""
        return sum(figure.overdue for _clause, figure in self.rows)


def page_of(request: Request) -> HttpResponse:
    """Show the present controller's calendar and the last nights; call inside its scope."""
    at, language = clock.now(), (get_language() or "fr")[:2]
    told = retention.outlook()
    figures = [Figure(**each) for each in told.figures] if told else []
    clauses = {figure.id: _clause(figure.id, clock.legal_day(at), language) for figure in figures}
    months = _months(clock.legal_day(at))
    counts = _counts(told.months if told else [], clauses, months)
    nights = [_night(run, clauses, at) for run in retention.begun(NIGHTS)]
    context = {
        "taken_at": told.taken_at if told else None,
        "last": [_last(clauses[figure.id], figure) for figure in figures if _says_something(figure)],
        "nothing": [clauses[figure.id].title for figure in figures if not _says_something(figure)],
        "overdue": sum(figure.overdue for figure in figures),
        "rows": list(counts),
        "months": [
            (month, [(title, each[place]) for title, each in counts.items()]) for place, month in enumerate(months)
        ],
        "charts": _charts(counts, months, language),
        "nights": nights,
        "is_missed": retention.is_night_missed(at),
        "is_cut_short": bool(nights) and nights[0].state == "cut_short",
    }
    return render(request, "shared/due.html", context)


def _clause(id_: str, day: date, language: str) -> Clause:
    """Return the words of a clause, or of one of the records that it lists (`client.evidence.retention#journal`)."""
    name, _hash, record = id_.partition("#")
    speaking = (commitment.in_force(day), *reversed(commitment.versions().all))
    version = next(each for each in speaking if name in each.clauses and (not record or record in each.labels))
    title = fields.label(version, record, language) if record else version.clauses[name].title.fill(language, {})
    return Clause(name, title[0].upper() + title[1:], version.id)


def _months(day: date) -> list[date]:
    """Return the first days of the months shown."""
    count = day.year * 12 + day.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(count, count + MONTHS)]


def _counts(
    calendar: Sequence[tuple[str, str, int]], clauses: Mapping[str, Clause], months: Sequence[date]
) -> dict[str, list[int]]:
    """Return how many fall due in each month, by the titles of the clauses under which something does."""
    told = {(id_, month): count for id_, month, count in calendar}
    found = {each.title: [told.get((id_, month.isoformat()), 0) for month in months] for id_, each in clauses.items()}
    return {title: counts for title, counts in found.items() if any(counts)}


def _says_something(figure: Figure) -> bool:
    """Say whether there is anything to tell under a clause: what is due, what stays, or what comes."""
    return figure != Figure(figure.id)


def _charts(
    rows: Mapping[str, Sequence[int]], months: Sequence[date], language: str
) -> dict[_bars.Width, SafeString] | None:
    """Draw the calendar for a desk and for a telephone, or nothing where nothing falls due."""
    if not rows:
        return None
    words = {
        "title": _("What falls due, by clause and by month"),
        "description": " ".join(_told(title, counts, months) for title, counts in rows.items()),
        "language": language,
    }
    return {width: chart.render(_bars.spec(rows, months, width), **words) for width in _bars.WIDTHS}


def _told(title: str, counts: Sequence[int], months: Sequence[date]) -> str:
    """Say one row of bars in a sentence."""
    most = max(counts)
    return _("%(clause)s: %(total)s in all, at most %(most)s, in %(month)s.") % {
        "clause": title,
        "total": sum(counts),
        "most": most,
        "month": date_format(months[counts.index(most)], "F Y"),
    }


def _last(clause: Clause, figure: Figure) -> Last:
    return Last(
        clause,
        figure,
        sum(figure.held.values()),
        ", ".join(f"{GROUNDS[ground]} {persons}" for ground, persons in figure.held.items()),
        _day(figure.oldest_overdue),
        _day(figure.next_due),
    )


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _night(run: "Run", clauses: Mapping[str, Clause], at: datetime) -> Night:
    figures = (Figure(**each) for each in run.figures)
    is_over = run.ended_at is not None
    state = "ended" if is_over else "running" if at < run.started_at + rules.LONGEST_RUN else "cut_short"
    rows = tuple((clauses[each.id], each) for each in figures if each.id in clauses and (each.due or each.overdue))
    removal = retention.reckoned(run.removal, at) if run.removal else {}
    return Night(run, state, rows, _reports.told(run.residue, run.attack, removal))
