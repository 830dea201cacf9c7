"""Looking words up in the tokens of customers, in statements written by hand.

The tokens that begin with one word are walked in the order of their index, and each one's customer is asked for the
other words, until there are enough. Every subquery has a limit or an offset, so that the planner can neither reorder
them nor read a table from end to end, whatever its statistics say.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from gardien.base import scope

from ..rules.tokens import Why

MOST_ROWS: Final = 150
"""Found rows of one look-up: a customer may be found by several tokens."""
_MOST_TERMS: Final = 16
"""Terms of one statement, all readings together: planning each takes longer than finding it."""
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
class Term:
    """A word that is looked for: the beginning of a token, or any of the variants `near` it."""

    key: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A kept record that was found, as what, and its rank: the lowest is shown first."""

    kept: UUID
    rank: int
    why: frozenset[Why]


Reading = tuple[Term, ...]
"""Words that are to be borne all."""
_Walk = tuple[Reading, int]
"""The terms of a reading, the one that is walked first, and how many of its tokens at the most."""
_Statement = tuple[str, list[Any]]
"""SQL with its values."""


def counts(readings: Sequence[Reading], most: int) -> Counter[Term]:
    """Return how often each term is borne; of its key and of each of its variants, counting ends at `most`."""
    found: Counter[Term] = Counter()
    terms = list({term for reading in readings for term in reading})
    if not terms:
        return found
    near = [(place, each) for place, term in enumerate(terms) for each in term.near]
    lows, highs = [term.key for term in terms], [term.key + _END for term in terms]
    statement, values = _COUNT, [scope.current(), most, list(range(len(terms))), lows, highs]
    if near:
        statement += f" UNION ALL {_COUNT_NEAR}"
        values += [scope.current(), most, [place for place, _ in near], [each for _, each in near]]
    for place, count in _fetched(statement, values):
        found[terms[place]] += count
    return found


def look(readings: Sequence[Reading], counts: Counter[Term], most: int) -> tuple[list[Row], bool]:
    """Return at most `MOST_ROWS` of those who bear all terms of a reading, and whether there may be others.

    `counts` are the terms'. Each walk begins with its rarest term; together they walk `most` tokens. Of readings whose
    rarest terms are as rare, one of a single term comes first: a plate typed sign by sign is first of all one word.
    """
    borne = [sorted(reading, key=lambda term: (counts[term], -len(term.key))) for reading in readings]
    walks, left, room = [], most, _MOST_TERMS
    for terms in sorted(borne, key=lambda terms: (counts[terms[0]], len(terms) > 1)):
        if counts[terms[0]] and left > 0 and room >= len(terms):
            walks.append((tuple(terms), left))
            room -= len(terms)
            left -= counts[terms[0]] if len(terms) > 1 else min(counts[terms[0]], MOST_ROWS)
    rows = _rows(walks)
    is_cut = left < 0 or len(walks) < sum(counts[terms[0]] > 0 for terms in borne)
    return rows, is_cut or len(rows) == MOST_ROWS


def _rows(walks: Sequence[_Walk]) -> list[Row]:
    """Return at most `MOST_ROWS` of what the walks find; hidden customers are left out before they are counted."""
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
        walked = f"({source}) walked (token, customer_id){joins} CROSS JOIN LATERAL {_KEPT} kept"
        statements.append(f"(SELECT {place}, kept.id, ARRAY[{tokens_found}]::text[] FROM {walked})")  # noqa: S608 -- constants
        values += [*its_values, *(value for _, its in asked for value in its), scope.current()]
    found = _fetched(" UNION ALL ".join(statements) + " LIMIT %s", [*values, MOST_ROWS])
    return [_row(walks[place][0], kept, borne) for place, kept, borne in found]


def _row(terms: Reading, kept: UUID, borne: Sequence[str]) -> Row:
    pairs = list(zip(terms, borne, strict=True))
    return Row(kept, max(_rank(term.key, token) for term, token in pairs), frozenset(Why(token[-1]) for token in borne))


def _rank(key: str, token: str) -> int:
    """Return 0 for the very word, 1 for its beginning, 2 for a plate that is no longer theirs, 3 for a slip."""
    why = Why(token[-1])
    if why in (Why.FORMER_PLATE, Why.FORMER_OWNER, Why.APPROXIMATE):
        return 3 if why == Why.APPROXIMATE else 2
    return int(token[len(key)] != " ")


def _source(term: Term, most: int) -> _Statement:
    """Return what yields tokens and customers that bear a term, `most` of each kind."""
    statement, values = _WALK, [scope.current(), term.key, term.key + _END, most]
    if not term.near:
        return statement, values
    return f"{statement} UNION ALL {_WALK_NEAR}", [*values, scope.current(), list(term.near), most]


def _asked(term: Term) -> _Statement:
    """Return what yields one token by which the customer walked by bears a term, the nearest one."""
    statement, values = _ASK, [scope.current(), term.key, term.key + _END]
    if not term.near:
        return statement, values
    return f"{statement} UNION ALL {_ASK_NEAR} LIMIT 1", [*values, scope.current(), list(term.near)]


def _fetched(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
