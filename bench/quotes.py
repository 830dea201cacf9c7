"""What a quote costs from draft to PDF, and its list pages under the wall beside the same SQL without it.

Run: `python -m bench.quotes [customers]`. A repairer of 20,000 customers with a quote each, another one beside. Prints
a JSON line for quotes written end to end, in processor time of ours and of the server and as a ratio to the bare Typst
call of the same documents, and one per page: the processor time that its statements take in the server as
`gardien_app`; as the superuser, whom no wall stops, with the same conditions written out (the tenant, and that a person
is not restricted); and as the superuser with the tenant alone. Exit 1 if a ratio to the same effect exceeds its budget.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import crowd, pdf

WALL = 1.15
"""Row-level security on a list query: performance.md, budgets."""
END_TO_END = 6.0
"""Our own bound for a quote with its lines, its number, its seal and its journal, in bare Typst calls."""
QUOTES, ROUNDS, NEIGHBOURS = 40, 300, 5_000
STATES = ("issued", "sent", "handed_over", "accepted", "refused", "expired")


COLUMNS = (
    *("tenant_id", "id", "draft_key", "site_id", "customer_id", "author_id", "state", "revision", "reused_parts"),
    *("drafted_at", "issued_at", "answered_at", "refusal_reason", "late_reason", "cancel_reason", "year", "rank"),
    *("number", "valid_until_date", "rounding_policy", "total_ht", "total_vat", "total_ttc"),
)
MONEY = ("ttc-first/1", Decimal("333.30"), Decimal("66.66"), Decimal("399.96"))


class Server:
    """The processor time of the server's process behind a cursor, in ms."""

    def __init__(self, cursor: Any) -> None:
        cursor.execute("SELECT pg_backend_pid()")
        self._cursor, self._spent = cursor, Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def now(self) -> float:
        """Return what it has spent so far."""
        return int(self._spent.read_text().split()[0]) / 1e6

    def of(self, statements: list[str]) -> float:
        """Return what these statements take, with all their rows."""
        start = self.now()
        for each in statements:
            self._cursor.execute(each)
            self._cursor.fetchall()
        return self.now() - start


def fill(superuser: Any, memberships: list[Any], at: datetime) -> None:
    """Give each customer of each repairer a quote of the last hundred days."""
    chance = random.Random(7)
    superuser.execute("SET session_replication_role = replica")
    for of in memberships:
        tenant = of.site.repairer_id
        found = superuser.execute("SELECT id FROM customers_customer WHERE tenant_id = %s", [tenant]).fetchall()
        with superuser.cursor().copy(f"COPY quotes_quote ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for rank, (customer,) in enumerate(found, 1):
                copy.write_row(row(of, customer, rank, at, chance))
    superuser.execute("VACUUM ANALYZE")


def row(of: Any, customer: UUID, rank: int, at: datetime, chance: random.Random) -> tuple[object, ...]:
    """Return a quote's columns, numbered in a year of which no other quote is."""
    from gardien.base import ids

    site, state = of.site, chance.choice(STATES)
    issued = at - timedelta(hours=chance.randrange(2_400))
    answered = issued if state in {"accepted", "refused"} else None
    number, last = f"D-{site.repairer.code}-2020-{rank:06d}", (issued + timedelta(days=30)).date()
    own = (site.repairer_id, ids.new(), ids.new(), site.id, customer, of.user_id)
    return (*own, state, 1, "", issued, issued, answered, "", "", "", 2020, rank, number, last, *MONEY)


def written(of: Any, customers: list[UUID], at: datetime) -> Iterator[tuple[float, float]]:
    """Write quotes as the counter does, one transaction per form; yield ms of ours and of the server, and of Typst."""
    from django.db import connection

    from gardien.base import ids, scope
    from gardien.catalogue.models import Article
    from gardien.customers import queries as people
    from gardien.network import queries as network
    from gardien.quotes import actions

    article, tenant, by = Article.objects.filter(currency="EUR")[0], network.controller(of), network.actor(of)
    offers = [
        actions.Offer(label, Decimal(4), Decimal(price), Decimal(20), detail="été · B A B 70 dB")
        for label, price in (("Pneu", "99.99"), ("Montage", "18.50"), ("Équilibrage", "7.50"), ("Éco", "1.44"))
    ]
    with connection.cursor() as cursor:
        server = Server(cursor)
    for customer in customers:
        start = 1000 * time.process_time() + server.now()
        with scope.entered(tenant):
            told = people.by_id(customer)
            opened = actions.draft(
                customer=told, vehicle=told.vehicles.first(), site=of.site, draft_key=ids.new(), by=by, at=at
            )
        with scope.entered(tenant):
            actions.add_fitted(quote_id=opened.id, article=article, offers=offers, line_key=ids.new(), by=by, at=at)
        with scope.entered(tenant):
            quote = actions.issue(quote_id=opened.id, by=by, at=at)
        ours = 1000 * time.process_time() + server.now() - start
        with scope.entered(tenant):  # under another number, for Typst remembers a document that it has just made
            inputs = document(quote, at).replace(f"-{quote.year}-", f"-{quote.year + 1}-")
        yield ours, 1000 * pdf.cpu(lambda inputs=inputs: pdf.bare(inputs))


def document(quote: Any, at: datetime) -> str:
    """Return what Typst is given of an issued quote."""
    from gardien.base import clock
    from gardien.commitment import documents
    from gardien.commitment import queries as commitment
    from gardien.quotes import _sheet, queries
    from gardien.quotes.queries import paper

    verso = documents.verso(commitment.in_force(clock.legal_day(at)), paper.controller(quote.site.repairer), "fr")
    sheet = paper.sheet(queries.by_id(quote.id), queries.lines(quote), verso)
    return json.dumps(_sheet.document(sheet), ensure_ascii=False)


def pages(of: Any, customer: UUID, at: datetime) -> dict[str, Callable[[], object]]:
    """Return what each list page reads."""
    from gardien.customers import queries as people
    from gardien.quotes import queries

    site = of.site_id

    def card() -> None:
        group = people.group(customer)
        people.vehicles(group)
        people.notes(group)
        list(queries.of_customers([record.id for record in group])[:50])

    return {
        "quotes": lambda: list(queries.latest(site, 50)),
        "follow-up": lambda: list(queries.follow_up(site, at)[:50]),
        "customer card": card,
    }


def write_out(superuser: Any) -> None:
    """Put views before the tables of persons that ask by hand what the wall asks of their rows."""
    from gardien.base import _restriction
    from gardien.customers.models import Customer

    superuser.execute("CREATE SCHEMA written_out")
    condition = _restriction.visible(Customer)
    superuser.execute(
        f"CREATE VIEW written_out.customers_customer AS SELECT * FROM public.customers_customer WHERE {condition}"
    )


def compared(read: Callable[[], object], tenant: UUID, superuser: Any) -> tuple[float, float, float, int]:
    """Return the ms of a page's statements under the wall, with its conditions by hand, without; and how many they are.

    Of many rounds the lowest tenth counts: other load only ever adds.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gardien.base import scope

    with scope.entered(tenant), connection.cursor() as cursor:
        with CaptureQueriesContext(connection) as captured:
            read()
        statements = [each["sql"] for each in captured.captured_queries]
        walled, free = Server(cursor), Server(superuser.cursor())
        rounds = []
        for _ in range(ROUNDS):
            superuser.execute("SET search_path TO written_out, public")
            by_hand = free.of(statements)
            superuser.execute("SET search_path TO public")
            rounds.append((walled.of(statements), by_hand, free.of(statements)))
    with_wall, by_hand, without = (statistics.quantiles(side, n=10)[0] for side in zip(*rounds, strict=True))
    return with_wall, by_hand, without, len(statements)


def say(**figures: object) -> None:
    """Print one line."""
    sys.stdout.write(json.dumps(figures) + "\n")


def judged(of: Any, customers: list[UUID], superuser: Any, at: datetime) -> bool:
    """Measure and print; say whether the budgets are kept."""
    start = time.perf_counter()
    pairs = list(written(of, customers[: QUOTES + 1], at))[1:]
    ours, bare = (statistics.mean(side) for side in zip(*pairs, strict=True))
    seconds = (time.perf_counter() - start) / (QUOTES + 1)
    say(
        quotes=QUOTES, ms_ours=round(ours, 1), ms_bare=round(bare, 1), ratio=round(ours / bare, 2),
        per_cpu_second=round(1000 / ours, 1), per_second_with_the_bare_call=round(1 / seconds, 1),
    )  # fmt: skip
    is_kept = ours / bare <= END_TO_END
    write_out(superuser)
    for name, read in pages(of, customers[0], at).items():
        walled, by_hand, free, count = compared(read, of.site.repairer_id, superuser)
        times = {"ms_wall": round(walled, 3), "ms_by_hand": round(by_hand, 3), "ms_tenant_alone": round(free, 3)}
        say(page=name, statements=count, **times, ratio=round(walled / by_hand, 2), to_none=round(walled / free, 2))
        is_kept = is_kept and walled / by_hand <= WALL
    return is_kept


def main(count: int) -> int:
    """Load, write quotes, compare pages."""
    with crowd.server(count, NEIGHBOURS) as (crowds, cluster):
        import psycopg

        from gardien.base import clock
        from gardien.network.models import Membership
        from gardien.portal.embedded import SUPERUSER
        from tests import scene

        at, staff = clock.now(), Membership.objects.select_related("site__repairer").filter(role="counter_adviser")
        memberships = [staff.filter(site__repairer_id=tenant)[0] for tenant, _ in crowds]
        scene.price_list(at)
        dsn = cluster.dsn(SUPERUSER, "gardien")
        with psycopg.connect(**dsn, autocommit=True, prepare_threshold=None) as superuser:
            fill(superuser, memberships, at)
            tenant = memberships[0].site.repairer_id
            some = "SELECT id FROM customers_customer WHERE tenant_id = %s ORDER BY id LIMIT %s"
            customers = [row[0] for row in superuser.execute(some, [tenant, QUOTES + 1]).fetchall()]
            return int(not judged(memberships[0], customers, superuser, at))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
