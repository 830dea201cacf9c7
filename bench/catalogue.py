"""What finding tyres costs among 100,000 articles: `catalogue.queries.search` beside the raw SQL of the same rows.

Run: `python -m bench.catalogue [articles]`. Prints one JSON line; exit 1 if the slowest twentieth takes over 50 ms, a
search costs more than `BUDGET` times its SQL, or if a plan reads the whole table. It starts a database of its own.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.environment import CLUSTER  # first: it says where the settings find their database

MOST_MS = 50.0
BUDGET = 3.0
"""Sixty rows of 45 columns become objects, which costs more than fetching them; the bound catches what is worse."""
ROUNDS = 20
BRANDS = ("Montferre", "Kestrane", "Pneulac", "Veloria", "Altamira", "Sarvane")
SEASONS = ("summer", "winter", "all-season", "")
SIZES = [f"{width}/{ratio}R{rim}" for width in range(165, 306, 10) for ratio in (40, 55, 65) for rim in (15, 17, 19)]
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("1654015", {}),
    ("165/40 R15 91V", {}),
    ("1654015", {"season": "winter", "brand": "kestrane"}),
    ("1654015", {"oe_mark": "J"}),
    ("1654015", {"fuel_efficiency": "A", "wet_grip": "A"}),
    ("1654015 montferre", {"load_index": 95, "speed_symbol": "W"}),
    ("3056519", {}),
    ("9999999", {}),
)


def fill(count: int) -> None:
    """Write articles in euros and pounds; the commonest size has a fifteenth of them, the rarest a handful."""
    from django.utils import timezone

    from gardien.catalogue.models import Article, PriceList

    chance = random.Random(5)
    weights = [1 / (rank + 3) for rank in range(len(SIZES))]
    figures = {"read": count, "imported": count, "updated": 0, "unchanged": 0, "quarantined": 0}
    listed = PriceList.objects.create(file_name="bench", supplier="bench", imported_at=timezone.now(), **figures)
    for start in range(0, count, 5_000):
        batch = range(start, min(start + 5_000, count))
        sizes = chance.choices(SIZES, weights, k=len(batch))
        Article.objects.bulk_create(
            _article(chance, number, size, listed) for number, size in zip(batch, sizes, strict=True)
        )


def _article(chance: random.Random, number: int, size: str, listed: Any) -> Any:
    from gardien.catalogue.models import Article

    brand, speed = chance.choice(BRANDS), chance.choice((("H", 210), ("V", 240), ("W", 270)))
    return Article(
        supplier="bench",
        described_by="bench",
        source_id=str(number),
        brand=brand,
        brand_key=brand.lower(),
        designation=size,
        words_key=f"{brand.lower()} modele {number % 97}",
        season=chance.choice(SEASONS),
        size_key=size,
        rim_inch=Decimal(size[-2:]),
        load_index=chance.randint(82, 112),
        speed_symbol=speed[0],
        speed_kmh=speed[1],
        oe_marks=chance.choice(([], [], [], ["J"], ["*", "MO"])),
        fuel_efficiency=chance.choice("ABCDE"),
        wet_grip=chance.choice("ABCDE"),
        price=Decimal(chance.randint(4_000, 40_000)).scaleb(-2),
        currency=chance.choice(("EUR", "EUR", "EUR", "GBP")),
        price_list=listed,
    )


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def statements(size: str, asked: dict[str, Any]) -> list[str]:
    """Return the SQL that a search sends."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gardien.catalogue import queries

    with CaptureQueriesContext(connection) as captured:
        queries.search(size, queries.Filters(**asked))
    return [each["sql"] for each in captured.captured_queries]


def run(sql: list[str]) -> list[Any]:
    """Run statements as they stand and fetch their rows."""
    from django.db import connection

    rows = []
    with connection.cursor() as cursor:
        for each in sql:
            cursor.execute(each)
            rows += cursor.fetchall()
    return rows


def scans(sql: list[str]) -> bool:
    """Say whether a plan reads the whole table."""
    return any("Seq Scan on catalogue_article" in str(run([f"EXPLAIN {each}"])) for each in sql)


def measure(count: int) -> int:
    """Alternate both sides, request by request."""
    from gardien.catalogue import queries

    ours, raw = list[float](), list[float]()
    asked = [(size, filters, statements(size, filters)) for size, filters in ASKED]
    for _ in range(ROUNDS):
        for size, filters, sql in asked:
            ours.append(milliseconds(lambda: queries.search(size, queries.Filters(**filters))))  # noqa: B023
            raw.append(milliseconds(lambda: run(sql)))  # noqa: B023
    is_scanned = any(scans(sql) for _, _, sql in asked if sql)
    slow = statistics.quantiles(ours, n=20)[-1]
    ratio = sum(ours) / sum(raw)
    result = {
        "articles": count,
        "ms_p50": round(statistics.median(ours), 2),
        "ms_p95": round(slow, 2),
        "ms_raw_p95": round(statistics.quantiles(raw, n=20)[-1], 2),
        "ratio": round(ratio, 2),
        "reads_whole_table": is_scanned,
    }
    sys.stdout.write(json.dumps(result) + "\n")
    return int(slow > MOST_MS or ratio > BUDGET or is_scanned)


def main(count: int) -> int:
    """Start a database, fill it, measure, and stop it."""
    from gardien.portal import boot, stack

    CLUSTER.start()
    try:
        CLUSTER.prepare("gardien")
        boot.load()
        stack.migrate()
        fill(count)
        _analyse()
        return measure(count)
    finally:
        CLUSTER.stop()


def _analyse() -> None:
    from tests.conftest import as_role

    with as_role("owner") as owner:
        owner.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
