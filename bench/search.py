"""What finding a customer costs at a repairer of 100,000, as `gardien_app`, through the query that the page calls.

Run: `python -m bench.search [customers]`. Prints a line per kind of text: median, 95th percentile and maximum in ms of
processor time (ours and the server's, so that other load counts little); the median's ratio to the raw limit, one
statement of somebody who knows what the words are and which one is the rarest, and who takes ids alone; how many texts
found whom they meant. Then how the plans reach the tables of customers. Exit 1 if a 95th percentile exceeds its budget,
somebody meant is not found, or a table of customers is read from end to end.
"""

import gc
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench import crowd
from bench.people import COMMON_FIRST, COMMON_LAST, Person

BUDGET_MS = 30
TEXTS = 100
NEIGHBOURS = 5_000
MOST = 12
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAGE = "vos données sont conservées pendant la durée du contrat puis archivées conformément à la loi en vigueur"
TABLES = {
    False: ("customers_searchtoken", "token >= %s AND token < %s"),
    True: ("customers_searchvariant", "variant = ANY (%s)"),
}


@dataclass(frozen=True)
class Text:
    """What is typed, its true words with the rarest first, the reference of whom it means, and if it has slips."""

    typed: str
    words: Sequence[str]
    meant: str = ""
    is_slip: bool = False


def both(one: str, other: str) -> Text:
    """Return a text of two names; the second is the rarer one."""
    return Text(f"{one} {other}", (other, one))


def texts(people: Sequence[Person], chance: random.Random) -> Iterator[tuple[str, list[Text]]]:
    """Yield each kind of text with its examples. Of people drawn, the names are rare."""
    sure = [one for one in people if len(one.last_name) > 5 < len(one.first_name) and one.last_name.isalpha()]
    drawn = [one for one in sure if one.last_name not in COMMON_LAST and not one.company]
    some = chance.sample(drawn, TEXTS)
    firsts, lasts = ([chance.choice(names[:MOST]) for _ in some] for names in (COMMON_FIRST, COMMON_LAST))
    letters = [chance.choice(LETTERS) for _ in some]

    yield "plate", [Text(one.plates[0], one.plates[:1], one.reference) for one in some]
    yield "plate spaced, O for 0", [Text(spoken(one.plates[-1]), one.plates[-1:], one.reference) for one in some]
    yield "beginning of plate", [Text(one.plates[0][:4], (one.plates[0][:4],)) for one in some]
    yield "phone", [Text(dialled(one.mobile), (one.mobile,), one.reference) for one in some]
    yield "beginning of phone", [Text(dialled(one.mobile)[:5], (one.mobile[:5],)) for one in some]
    yield "reference", [Text(one.reference.lower(), (one.reference,), one.reference) for one in some]
    yield "rare name", [Text(one.last_name, (one.last_name,), one.reference) for one in some]
    yield "both names", [Text(f"{one.first_name} {one.last_name}", (one.last_name, one.first_name)) for one in some]
    yield "common and rare name", [both(first, one.last_name) for first, one in zip(firsts, some, strict=True)]
    yield "common name", [Text(last, (last,)) for last in lasts]
    yield "common first name", [Text(first, (first,)) for first in firsts]
    yield "two common names", [both(*names) for names in zip(firsts, lasts, strict=True)]
    yield "two first names", [both(*names) for names in zip(firsts, reversed(firsts), strict=True)]
    yield "one letter", [Text(letter, (letter,)) for letter in letters]
    yield "two letters", [Text(one.last_name[:2], (one.last_name[:2],)) for one in some]
    yield "two initials", [both(*pair) for pair in zip(letters, reversed(letters), strict=True)]
    yield (
        "name and plate",
        [
            Text(f"{one.last_name} {spoken(one.plates[0])}", (one.plates[0], one.last_name), one.reference)
            for one in some
        ],
    )
    yield from slips(some, firsts, lasts, chance)


def slips(
    some: Sequence[Person], firsts: Sequence[str], lasts: Sequence[str], chance: random.Random
) -> Iterator[tuple[str, list[Text]]]:
    """Yield the kinds that find nobody at first: typing errors, strangers, what was pasted."""

    def misspelt(*names: str, meant: str = "") -> Text:
        return Text(" ".join(slip(name, chance) for name in names), names[::-1], meant, is_slip=True)

    yield "slip in rare name", [misspelt(one.last_name, meant=one.reference) for one in some]
    yield "slip in common name", [misspelt(last) for last in lasts]
    yield "slips in both names", [misspelt(one.first_name, one.last_name, meant=one.reference) for one in some]
    yield "slips in common names", [misspelt(*names) for names in zip(firsts, lasts, strict=True)]
    yield "nobody", [Text("zz" + one.last_name[::-1], ("zzz",)) for one in some]
    yield "pasted page", [Text(" ".join(chance.choices(PAGE.split(), k=60)), ("zzz",)) for _ in some]
    yield "twelve letters", [Text(" ".join(chance.sample(LETTERS, MOST)), ("zzz",)) for _ in some]
    yield "twelve common names", [Text(" ".join(chance.sample([*firsts, *lasts], MOST)), ("zzz",)) for _ in some]


def spoken(plate: str) -> str:
    """Return a plate in groups, as people write it, with letters for zero and one."""
    return " ".join((plate[:2], plate[2:5], plate[5:])).replace("0", "O").replace("1", "i").lower()


def dialled(number: str) -> str:
    """Return a French number as it is dialled, in pairs."""
    national = "0" + number.removeprefix("+33")
    return " ".join(national[place : place + 2] for place in range(0, 10, 2))


def slip(name: str, chance: random.Random) -> str:
    """Return a name with one letter wrong, missing or added, or two swapped; short ones stay as they are."""
    place, letter = chance.randrange(len(name) - 1), chance.choice(LETTERS)
    before, after = name[:place], name[place + 1 :]
    swapped = before + after[0] + name[place] + after[1:]
    return chance.choice((before + letter + after, before + after, before + letter + name[place:], swapped))


def raw(tenant: UUID, text: Text) -> tuple[str, list[object]]:
    """Return the raw limit of a text: one statement, one way to read it."""
    from gardien.customers.rules import tokens

    conditions, values = [], []
    for word in text.words:
        key = tokens.glued(word)
        near = sorted(tokens.near_typed(key)) if text.is_slip else []
        table, condition = TABLES[bool(near)]
        conditions.append((table, condition))
        values += [tenant, near] if near else [tenant, key, key + "\U0010ffff"]
    (first, condition), *others = conditions
    statement = f"SELECT customer_id FROM {first} o WHERE tenant_id = %s AND {condition}"
    for table, condition in others:
        borne = f"SELECT FROM {table} WHERE tenant_id = %s AND {condition} AND customer_id = o.customer_id"
        statement += f" AND EXISTS ({borne})"
    return f"{statement} LIMIT 51", values


class Clock:
    """Processor time in ms of this thread and of the server's process that serves it: other load counts little."""

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def now(self) -> float:
        """Return the processor time so far; the kernel counts it in nanoseconds."""
        return (time.thread_time_ns() + int(self.server.read_text().split()[0])) / 1e6

    def of(self, work: Callable[[], object]) -> float:
        """Return what `work` took."""
        start = self.now()
        work()
        return self.now() - start


def execute(statement: str, values: list[object]) -> None:
    """Run one statement and take all its rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.fetchall()


def measured(tenant: UUID, examples: list[Text]) -> tuple[list[float], list[float]]:
    """Return the ms of each search and of its raw limit."""
    from gardien.customers import queries

    clock = Clock()
    pairs = [
        (
            clock.of(lambda text=text: queries.search(text.typed)),
            clock.of(lambda text=text: execute(*raw(tenant, text))),
        )
        for text in examples
    ]
    ours, bare = zip(*pairs, strict=True)
    return list(ours), list(bare)


def hits(examples: list[Text]) -> int:
    """Return how many texts find whom they mean, or more than a page shows; a slip may be somebody else's name."""
    from gardien.customers import queries

    found = [(text, queries.search(text.typed)) for text in examples]
    return sum(
        who.has_more
        or text.meant in {"", *(customer.reference for customer in who)}
        or (text.is_slip and len(who) > 0 and not who.is_approximate)
        for text, who in found
    )


def nodes(plan: dict[str, object]) -> Iterator[str]:
    """Yield how a plan reaches each table of customers."""
    if str(plan.get("Relation Name", "")).startswith("customers_"):
        yield f"{plan['Node Type']} {plan['Relation Name']} {plan.get('Index Name', '')}".strip()
    for part in plan.get("Plans", []):
        yield from nodes(part)


def explained(text: Text) -> list[str]:
    """Return how each statement of a search reaches the tables of customers."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gardien.customers import queries

    with CaptureQueriesContext(connection) as captured:
        queries.search(text.typed)
    found = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
            (row,) = cursor.fetchone()
            found += nodes((json.loads(row) if isinstance(row, str) else row)[0]["Plan"])
    return found


def judged(tenant: UUID, kind: str, examples: list[Text], reached: Counter[str]) -> bool:
    """Measure a kind, print its line, and say whether it is in time and finds whom it should."""
    found = hits(examples)
    ours, bare = measured(tenant, examples)
    for text in examples[:10]:
        reached.update(explained(text))
    half, most, longest = statistics.median(ours), statistics.quantiles(ours, n=20)[-1], max(ours)
    ratio = half / statistics.median(bare)
    figures = f"p50 {half:5.1f}  p95 {most:5.1f}  max {longest:5.1f} ms  × {ratio:4.1f}  {found}/{len(examples)}"
    sys.stdout.write(f"{kind:24}{figures}\n")
    return most <= BUDGET_MS and found == len(examples)


def main(count: int) -> int:
    """Load, warm up, measure each kind in one transaction."""
    start = time.perf_counter()
    is_kept, reached = True, Counter[str]()
    with crowd.server(count, NEIGHBOURS) as (crowds, _):
        from gardien.base import scope

        tenant, people = crowds[0]
        gc.freeze()  # the crowd in memory is the bench's, no page's
        sys.stdout.write(f"{count} customers loaded in {time.perf_counter() - start:.0f} s\n")
        for kind, examples in texts(people, random.Random(4)):
            with scope.entered(tenant):
                is_kept = judged(tenant, kind, examples, reached) and is_kept
    for node, times in reached.most_common():
        sys.stdout.write(f"{times:6} {node}\n")
    return int(not is_kept or any(node.startswith("Seq Scan") for node in reached))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
