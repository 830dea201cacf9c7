"""Finding customers by whatever was typed: one field, every kind of word, and never more rows than a page needs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db.models import Q

from gardien.base import text as base_text
from gardien.base.ids import parse_reference

from ..models import Customer, Vehicle
from ..rules import parse_email, parse_phone, tokens
from ..rules.tokens import Why
from . import walking
from .walking import Reading, Term

LIMIT: Final = 50
MOST_CHARACTERS: Final = 200
_MOST_WALKED: Final = 700
"""Tokens of its rarest word that a search walks, all readings together."""
_MOST_WALKED_NEAR: Final = 600
"""The same where a slip is looked for: each customer is asked for several variants of a word."""
_MOST_SLIPPED: Final = 5
"""Words up to which a slip is looked for."""
_COMMON: Final = 200
"""Bearers from which on a word is taken as it was typed."""


@dataclass(frozen=True)
class Match:
    """A customer who bears every word of a search, as what, and the vehicles of all their records at present."""

    customer: Customer
    why: tuple[Why, ...]
    vehicles: tuple[Vehicle, ...]


@dataclass(frozen=True)
class Found:
    """Who was found, at most `LIMIT`: those who bear the very words, then the beginnings, then those who once did.

    Within each, sorted by name. With `has_more` there may be others, whom more words would show. `is_partial` where all
    words are so common that not all who bear one were looked at, and nobody seen bears the others: these are the first
    who bear one of them. Iterating gives the customers alone.
    """

    matches: tuple[Match, ...] = ()
    has_more: bool = False
    is_partial: bool = False

    def __iter__(self) -> Iterator[Customer]:
        return (match.customer for match in self.matches)

    def __len__(self) -> int:
        return len(self.matches)

    @property
    def is_approximate(self) -> bool:
        """Say whether nobody bears the words as typed: these are a slip away."""
        return any(Why.APPROXIMATE in match.why for match in self.matches)


def search(text: str) -> Found:
    """Return the present repairer's customers who bear every word of `text`, as beginnings, in any spelling and order.

    A word may be of a name, a plate, a telephone number, an e-mail address or a reference, now or formerly. Spacing,
    case, accents, O for zero and I for one do not matter. Where nobody bears them all, words of four letters and more
    may have one slip: a letter wrong, missing or too many, or two swapped. A merged group is found by what any of its
    records says, and answers once, as the record that is kept. Restricted persons are not found. Of a long text the
    first `MOST_CHARACTERS` and `tokens.MOST_WORDS` words count. Six queries at most.
    """
    exact = [tuple(Term(key) for key in reading) for reading in _readings(text[:MOST_CHARACTERS])]
    counts = walking.counts(exact, _MOST_WALKED + 1)
    if found := _found(exact, counts, _MOST_WALKED):
        return found
    if found.has_more:
        one = min((term for reading in exact for term in reading if counts[term]), key=lambda term: counts[term])
        return replace(_found([(one,)], counts, _MOST_WALKED), has_more=True, is_partial=True)
    near = _slipped(exact, counts)
    return _found(near, walking.counts(near, _MOST_WALKED_NEAR + 1), _MOST_WALKED_NEAR)


def _readings(text: str) -> list[tuple[str, ...]]:
    """Return the keys to look for in each way to read `text`, the likeliest first."""
    words = tuple(key for chunk in text.split() for key in _keys(chunk))[: tokens.MOST_WORDS]
    found = tokens.readings(words) if words else []
    if reference := parse_reference(text):
        found.append((tokens.glued(reference),))
    with suppress(base_text.Refused):
        found.append((tokens.glued(parse_phone(text).e164),))
    return [_without_beginnings(reading) for reading in dict.fromkeys(found)]


def _keys(chunk: str) -> tuple[str, ...]:
    """Return the keys of what stands between two blanks: an e-mail address is one, whatever its dots."""
    if "@" not in chunk:
        return tokens.keys(chunk)
    with suppress(base_text.Refused):
        chunk = parse_email(chunk)
    return tuple(filter(None, [tokens.glued(chunk)]))


def _without_beginnings(reading: Sequence[str]) -> tuple[str, ...]:
    """Return the keys without those that another one begins with: whoever bears the longer bears the shorter."""
    keys = dict.fromkeys(reading)
    return tuple(key for key in keys if not any(other != key and other.startswith(key) for other in keys))


def _slipped(readings: Sequence[Reading], counts: Counter[Term]) -> list[Reading]:
    """Return the readings with the variants of each word in which there may be a slip; none of a longer text.

    A word that many bear is none.
    """
    if readings and len(readings[0]) > _MOST_SLIPPED:
        return []
    rare = {term for reading in readings for term in reading if counts[term] < _COMMON}
    near = {term: Term(term.key, tuple(sorted(tokens.near_typed(term.key)))) for term in rare}
    slipped = [tuple(near.get(term, term) for term in reading) for reading in readings]
    return [reading for reading in slipped if any(term.near for term in reading)]


def _found(readings: Sequence[Reading], counts: Counter[Term], most: int) -> Found:
    """Return who bears all terms of one of the readings; `most` tokens are walked."""
    rows, is_cut = walking.look(readings, counts, most)
    ranks: dict[UUID, int] = {}
    why: defaultdict[UUID, set[Why]] = defaultdict(set)
    for row in rows:
        ranks[row.kept] = min(row.rank, ranks.get(row.kept, row.rank))
        why[row.kept] |= row.why
    shown = sorted(ranks, key=lambda kept: ranks[kept])[:LIMIT]
    records = list(Customer.objects.filter(Q(id__in=shown) | Q(merged_into__in=shown))) if shown else []
    vehicles = _vehicles(records)
    customers = [record for record in records if record.id in ranks]
    customers.sort(key=lambda each: (ranks[each.id], each.sort_key, each.id))
    matches = tuple(Match(each, _told(why[each.id]), tuple(vehicles[each.id])) for each in customers)
    return Found(matches, is_cut or len(ranks) > LIMIT)


def _told(why: set[Why]) -> tuple[Why, ...]:
    """Return the reasons in their order: of a plate that is theirs now, no matter that it was before."""
    no_longer = {Why.FORMER_PLATE, Why.FORMER_OWNER} if Why.PLATE in why else set()
    return tuple(sorted(why - no_longer))


def _vehicles(records: Sequence[Customer]) -> defaultdict[UUID, list[Vehicle]]:
    """Return the vehicles that people have now, by their kept records."""
    found: defaultdict[UUID, list[Vehicle]] = defaultdict(list)
    kept = {record.id: record.merged_into_id or record.id for record in records}
    vehicles = Vehicle.objects.filter(customer__in=list(kept), parted_at=None).order_by("told_at", "id")
    for vehicle in vehicles if kept else ():
        found[kept[vehicle.customer_id]].append(vehicle)
    return found
