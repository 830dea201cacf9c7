"""Finding customers by whatever was typed: one field, every kind of word, and never more rows than a page needs.

What was typed is read in a few ways (`tokens.readings`). For each, the tokens that begin with the rarest of its words
are walked in the order of their index, and each one's customer is asked for the other words, until there are enough.
The statements are written by hand: every subquery has a limit or an offset, so that the planner can neither reorder
them nor read a table from end to end, whatever its statistics say.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from gardien.base import scope
from gardien.base import text as base_text
from gardien.base.ids import parse_reference

from ..models import Customer, Vehicle
from ..rules import parse_email, parse_phone, tokens
from ..rules.tokens import Why

LIMIT: Final = 50
MOST_CHARACTERS: Final = 200
_MOST_ROWS: Final = 4 * LIMIT
"""Found rows of a reading: a customer may be found by several tokens."""
_MOST_WALKED: Final = 3_000
"""Tokens of its rarest word that a search walks, all readings together."""
_MOST_TERMS: Final = 16
"""Terms of one statement, all readings together: planning each takes longer than finding it."""
_MOST_SLIPPED: Final = 6
"""Words up to which a slip is also looked for in neighbours read as one word."""
_END: Final = "\U0010ffff"

_COUNT: Final = (
    "SELECT place, (SELECT count(*) FROM (SELECT FROM customers_searchtoken WHERE tenant_id = %s"
    " AND token >= low AND token < high LIMIT %s) borne) FROM unnest(%s::int[], %s::text[], %s::text[])"
    " terms (place, low, high)"
)
_COUNT_NEAR: Final = (
    "SELECT place, (SELECT count(*) FROM (SELECT customer_id FROM customers_searchvariant WHERE tenant_id = %s"
    " AND customers_searchvariant.variant = terms.variant ORDER BY 1 LIMIT %s) borne)"
    " FROM unnest(%s::int[], %s::text[]) terms (place, variant)"
)
_WALK: Final = (
    "(SELECT token, customer_id FROM customers_searchtoken WHERE tenant_id = %s AND token >= %s AND token < %s"
    " ORDER BY token, customer_id LIMIT %s)"
)
_WALK_NEAR: Final = (
    "(SELECT '~', customer_id FROM customers_searchvariant WHERE tenant_id = %s AND variant = ANY (%s) LIMIT %s)"
)
_ASK: Final = (
    "(SELECT token FROM customers_searchtoken WHERE tenant_id = %s AND customer_id = walked.customer_id"
    " AND token >= %s AND token < %s ORDER BY token LIMIT 1)"
)
_ASK_NEAR: Final = (
    "(SELECT '~' FROM customers_searchvariant WHERE tenant_id = %s AND customer_id = walked.customer_id"
    " AND variant = ANY (%s) LIMIT 1)"
)
_KEPT: Final = (
    "(SELECT coalesce(merged_into_id, id) AS id FROM customers_customer WHERE tenant_id = %s"
    " AND id = walked.customer_id OFFSET 0)"
)


@dataclass(frozen=True)
class Match:
    """A customer who bears every word of a search, as what, and the vehicles of all their records at present."""

    customer: Customer
    why: tuple[Why, ...]
    vehicles: tuple[Vehicle, ...]


@dataclass(frozen=True)
class Found:
    """Who was found, at most `LIMIT`: those who bear the very words, then the beginnings, then those who once did.

    Within each, sorted by name. With `has_more` there are others, whom more words would show. Iterating gives the
    customers alone.
    """

    matches: tuple[Match, ...] = ()
    has_more: bool = False

    def __iter__(self) -> Iterator[Customer]:
        return (match.customer for match in self.matches)

    def __len__(self) -> int:
        return len(self.matches)

    @property
    def is_approximate(self) -> bool:
        """Say whether nobody bears the words as typed: these are a slip away."""
        return any(Why.APPROXIMATE in match.why for match in self.matches)


@dataclass(frozen=True)
class _Term:
    """A word that is looked for: the beginning of a token, or any of the variants `near` it."""

    key: str
    near: tuple[str, ...] = ()


_Reading = tuple[_Term, ...]
_Walk = tuple[_Reading, int]
"""The terms of a reading, the one that is walked first, and how many of its tokens at the most."""
_Row = tuple[UUID, int, set[Why]]
"""A kept record, its rank (the lowest is shown first), and why."""
_Statement = tuple[str, list[Any]]
"""SQL with its values."""


def search(text: str) -> Found:
    """Return the present repairer's customers who bear every word of `text`, as beginnings, in any spelling and order.

    A word may be of a name, a plate, a telephone number, an e-mail address or a reference, now or formerly. Spacing,
    case, accents, O for zero and I for one do not matter. Where nobody bears them all, words of four letters and more
    may have one slip: a letter wrong, missing or too many, or two swapped. A merged group is found by what any of its
    records says, and answers once, as the record that is kept. Restricted persons are not found. Of a long text the
    first `MOST_CHARACTERS` and `tokens.MOST_WORDS` words count. Six queries at most.
    """
    readings = _readings(text[:MOST_CHARACTERS])
    exact = [tuple(_Term(key) for key in reading) for reading in readings]
    return _found(exact) or _found(_slipped(readings)) or Found()


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


def _slipped(readings: Sequence[tuple[str, ...]]) -> list[_Reading]:
    """Return the readings that have a word in which there may be a slip; of many words the first reading only."""
    if readings and len(readings[0]) > _MOST_SLIPPED:
        readings = readings[:1]
    near = [tuple(_Term(key, tuple(sorted(tokens.near_typed(key)))) for key in reading) for reading in readings]
    return [reading for reading in near if any(term.near for term in reading)]


def _found(readings: Sequence[_Reading]) -> Found | None:
    """Return who bears all terms of one of the readings, None where nobody does."""
    walks, is_cut = _walks(readings)
    rows = _rows(walks)
    best: dict[UUID, tuple[int, set[Why]]] = {}
    for kept, rank, why in rows:
        lowest, known = best.get(kept, (rank, set()))
        best[kept] = (min(lowest, rank), known | why)
    shown = sorted(best, key=lambda kept: best[kept][0])[:LIMIT]
    records = list(Customer.objects.filter(Q(id__in=shown) | Q(merged_into__in=shown))) if shown else []
    vehicles = _vehicles(records)
    kept = sorted(
        (each for each in records if each.id in best), key=lambda each: (best[each.id][0], each.sort_key, each.id)
    )
    matches = tuple(Match(each, _told(best[each.id][1]), tuple(vehicles[each.id])) for each in kept)
    return Found(matches, is_cut or len(best) > LIMIT or len(rows) == _MOST_ROWS) if matches else None


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


def _walks(readings: Sequence[_Reading]) -> tuple[list[_Walk], bool]:
    """Return how to look for the readings whose every term somebody bears, the quickest first, and if it is cut short.

    Each walk begins with its rarest term; together they walk `_MOST_WALKED` tokens.
    """
    counts = _counts(list({term: None for reading in readings for term in reading}))
    borne = [sorted(reading, key=lambda term: (counts[term], -len(term.key))) for reading in readings]
    walks, left, room = [], _MOST_WALKED, _MOST_TERMS
    for terms in sorted(borne, key=lambda terms: counts[terms[0]]):
        if counts[terms[0]] and left > 0 and room >= len(terms):
            walks.append((tuple(terms), left))
            room -= len(terms)
            left -= counts[terms[0]] if len(terms) > 1 else min(counts[terms[0]], _MOST_ROWS)
    return walks, left < 0


def _counts(terms: Sequence[_Term]) -> Counter[_Term]:
    """Return how often each term is borne; of each kind of token, counting ends beyond `_MOST_WALKED`."""
    counts: Counter[_Term] = Counter()
    if not terms:
        return counts
    most, near = _MOST_WALKED + 1, [(place, each) for place, term in enumerate(terms) for each in term.near]
    lows, highs = [term.key for term in terms], [term.key + _END for term in terms]
    statement, values = _COUNT, [scope.current(), most, list(range(len(terms))), lows, highs]
    if near:
        statement += f" UNION ALL {_COUNT_NEAR}"
        values += [scope.current(), most, [place for place, _ in near], [each for _, each in near]]
    for place, count in _fetched(statement, values):
        counts[terms[place]] += count
    return counts


def _rows(walks: Sequence[_Walk]) -> list[_Row]:
    """Return at most `_MOST_ROWS` of what the walks find; hidden customers are left out before they are counted."""
    if not walks:
        return []
    statements, values = [], []
    for place, (terms, most) in enumerate(walks):
        source, its_values = _source(terms[0], most)
        asked = [_asked(term) for term in terms[1:]]
        tokens_found = ", ".join(["walked.token", *(f"asked{number}.token" for number in range(len(asked)))])
        joins = "".join(
            f" CROSS JOIN LATERAL ({statement}) asked{number} (token)" for number, (statement, _) in enumerate(asked)
        )
        statements.append(
            f"(SELECT {place}, kept.id, ARRAY[{tokens_found}]::text[] FROM ({source}) walked (token, customer_id)"
            f"{joins} CROSS JOIN LATERAL {_KEPT} kept)"
        )
        values += [*its_values, *(value for _, its in asked for value in its), scope.current()]
    found = _fetched(" UNION ALL ".join(statements) + " LIMIT %s", [*values, _MOST_ROWS])
    return [_row(walks[place][0], kept, borne) for place, kept, borne in found]


def _row(terms: _Reading, kept: UUID, borne: Sequence[str]) -> _Row:
    pairs = list(zip(terms, borne, strict=True))
    return kept, max(_rank(term.key, token) for term, token in pairs), {Why(token[-1]) for token in borne}


def _rank(key: str, token: str) -> int:
    """Return 0 for the very word, 1 for its beginning, 2 for a plate that is no longer theirs, 3 for a slip."""
    why = Why(token[-1])
    if why in (Why.FORMER_PLATE, Why.FORMER_OWNER, Why.APPROXIMATE):
        return 3 if why == Why.APPROXIMATE else 2
    return int(token[len(key)] != " ")


def _source(term: _Term, most: int) -> _Statement:
    """Return what yields tokens and customers that bear a term, `most` of each kind."""
    statement, values = _WALK, [scope.current(), term.key, term.key + _END, most]
    if not term.near:
        return statement, values
    return f"{statement} UNION ALL {_WALK_NEAR}", [*values, scope.current(), list(term.near), most]


def _asked(term: _Term) -> _Statement:
    """Return what yields one token by which the customer walked by bears a term, the nearest one."""
    statement, values = _ASK, [scope.current(), term.key, term.key + _END]
    if not term.near:
        return statement, values
    return f"{statement} UNION ALL {_ASK_NEAR} LIMIT 1", [*values, scope.current(), list(term.near)]


def _fetched(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
