"""What the sweep costs beside the same done by hand, and by a loop over objects.

Run: `python -m bench.retention [customers …]`; `nice python -m bench.retention 1000000` for the size of the budget (17
GB of disk per million, twice), `… 100000 1000000 3000000` for the curve: above 1,500,000 customers the variants of
names, 6 kB a person, are left out. Each customer has two quotes, and a tenth of them are due (`bench.aged`); a second
repairer beside has a twentieth as many. Each contender gets a copy of the same database and a process of its own, as
`gardien_sweep` under the walls:

- `ours`: the sweep, from counting to the report of its attack on its own twins;
- `byhand`: the SQL of the same effect (`bench.byhand`), and it must leave the same rows in every table;
- `loop`: deleting and saving with the ORM, a person at a time, over a sample.

`raw` is the same SQL as the superuser, without walls, triggers and foreign keys: the limit of the disk. Prints a JSON
line per contender, of wall and processor time (ours and the server's, which has no helpers), and one of ratios of
processor time. What a sweep by hand does not do (counting before and after, looking for what the gone bore, attacking
twins) stands apart, and is not in the ratios; `whole` is with it. Exit 1 if a ratio is under its budget, the rows
differ, or memory grows with the number of batches.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import aged, byhand, crowd
from bench.quotes import Server, say

if TYPE_CHECKING:
    from gardien.portal.embedded import Cluster

BYHAND, LOOP = 0.5, 20.0
"""performance.md, budgets: customers per second of ours by those of the other."""
FLAT_MB = 16
"""How much our process may grow between the tenth part of its batches and the last."""
SAMPLE = 300
NEIGHBOURS = 20
WITHOUT_VARIANTS = 1_500_000
APART = {
    "counting": ("gardien.retention.queries", "measured"),
    "collecting": ("gardien.retention.queries.residue", "collect"),
    "searching": ("gardien.retention.queries.residue", "scan"),
    "attacking": ("gardien.retention.queries.attack", "measured"),
}
"""What a sweep by hand does not do, and where ours does it."""
OUR_OWN = {"retention_run", "retention_outlook", "journal_entry"}
"""Tables that tell of batches and runs: ours begins a batch of its own for each clause."""
OFTEN = 100_000
"""Up to so many customers ours and the sweep by hand contend twice, and the better one counts."""


class Spent:
    """What a contender spends: wall time, processor time of ours and of the server's process, and memory by batch."""

    def __init__(self, cursor: Any) -> None:
        self._server, self.apart, self.megabytes = Server(cursor), Counter[str](), list[float]()
        self._start, self._ours, self._its = time.perf_counter(), time.process_time(), self._server.now()

    def batch(self, *_: object) -> None:
        """Note how much memory our process holds now."""
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.megabytes.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)

    def set_apart(self, name: str, module: str, function: str) -> None:
        """Have a function's time counted under a name of its own."""
        place = importlib.import_module(module)
        inner = getattr(place, function)

        def timed(*args: Any, **options: Any) -> Any:
            start, before = time.perf_counter(), self.cpu()
            try:
                return inner(*args, **options)
            finally:
                self.apart[f"{name}_s"] += time.perf_counter() - start
                self.apart[f"{name}_cpu_s"] += self.cpu() - before

        setattr(place, function, timed)

    def cpu(self) -> float:
        """Return the processor seconds so far, ours and the server's."""
        return time.process_time() - self._ours + (self._server.now() - self._its) / 1000

    def told(self) -> dict[str, Any]:
        """Return what was spent since the beginning."""
        whole = {
            "s": time.perf_counter() - self._start,
            "cpu_s": self.cpu(),
            "own_cpu_s": time.process_time() - self._ours,
        }
        grown = self.megabytes[-1] - self.megabytes[len(self.megabytes) // 10] if self.megabytes else 0.0
        peak = max(self.megabytes, default=0.0)
        return {**whole, **self.apart, "batches": len(self.megabytes), "grown_mb": grown, "peak_mb": peak}


def ours(as_of: datetime) -> dict[str, Any]:
    """Sweep as the command does."""
    from django.db import connection

    from gardien.portal import config
    from gardien.portal.commands import sweep

    with connection.cursor() as cursor:
        spent = Spent(cursor)
    for name, (module, function) in APART.items():
        spent.set_apart(name, module, function)
    sweep.tell = spent.batch
    sweep.swept(as_of, as_of, config.read())
    return spent.told()


def by_hand(as_of: datetime, role: str = "gardien_sweep") -> dict[str, Any]:
    """Sweep in SQL; the superuser does so past walls, triggers and keys."""
    import psycopg

    from gardien.network import queries as network
    from gardien.portal import config, stack
    from gardien.portal.embedded import SUPERUSER

    read = config.read()
    tenants = [each.id for each in network.repairers()]
    with psycopg.connect(**stack.cluster(read).dsn(role, read.database_name)) as connection:
        if role == SUPERUSER:
            connection.execute("SET session_replication_role = replica")
        connection.commit()
        spent = Spent(connection.cursor())
        byhand.sweep(connection, tenants, byhand.Ledger(read.ledger_folder), as_of, spent.batch)
        return spent.told()


def raw(as_of: datetime) -> dict[str, Any]:
    """Return what the same SQL spends where nothing guards the rows."""
    from gardien.portal.embedded import SUPERUSER

    return by_hand(as_of, SUPERUSER)


def loop(as_of: datetime) -> dict[str, Any]:
    """Delete and save by the ORM."""
    from django.db import connection

    from bench import looping
    from gardien.network import queries as network

    tenant = network.repairers()[0].id
    people = looping.due(tenant, as_of, SAMPLE)
    with connection.cursor() as cursor:
        spent = Spent(cursor)
    for customer in people:
        looping.erase(tenant, customer, as_of)
    return {**spent.told(), "customers": len(people)}


CONTENDERS: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "ours": ours,
    "byhand": by_hand,
    "raw": raw,
    "loop": loop,
}


def contend(name: str, as_of: str) -> int:
    """Be one contender, in a process and a database of its own."""
    from gardien.portal import boot

    boot.load()
    say(**CONTENDERS[name](datetime.fromisoformat(as_of)))
    return 0


class Arena:
    """One filled database, and a copy of it for each contender."""

    def __init__(self, cluster: "Cluster", count: int, as_of: datetime) -> None:
        self.cluster, self.count, self.as_of = cluster, count, as_of
        self.due = count // aged.DUE + count // NEIGHBOURS // aged.DUE

    def play(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Let one contend; return what it spent, and what it left."""
        with self._copied(f"bench_{name}") as database:
            own = {"GARDIEN_DATABASE_NAME": database, "GARDIEN_DATABASE_ROLE": "sweep"}
            own["GARDIEN_LEDGER"] = str(self.cluster.home / database)
            command = [sys.executable, "-m", "bench.retention", name, self.as_of.isoformat()]
            answer = subprocess.run(command, env={**os.environ, **own}, stdout=subprocess.PIPE, check=True)
            spent = json.loads(answer.stdout)
            return spent, self._left(database)

    @contextmanager
    def _copied(self, name: str) -> Iterator[str]:
        import psycopg

        from gardien.portal.embedded import SUPERUSER

        with psycopg.connect(**self.cluster.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE gardien STRATEGY file_copy')
            connection.execute(f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0')
        try:
            self.cluster.prepare(name)
            yield name
        finally:
            self.cluster.drop(name)

    def _left(self, database: str) -> dict[str, Any]:
        """Return how many rows each table has, and how many twins of each class there are."""
        import psycopg

        from gardien.portal.embedded import SUPERUSER

        with psycopg.connect(**self.cluster.dsn(SUPERUSER, database)) as connection:
            tables = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            ).fetchall()
            counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() for (name,) in tables}
            columns = "controller_id, kind, level, period, department, size, amount"
            twins = connection.execute(f"SELECT {columns}, count(*) FROM retention_twin GROUP BY {columns}").fetchall()
        return {
            "twins": Counter({row[:-1]: row[-1] for row in twins}),
            **{name: row[0] for name, row in counts.items()},
        }


def judged(arena: Arena, rounds: int) -> bool:
    """Let all contend, print, and say whether the budgets are kept."""
    best: dict[str, dict[str, Any]] = {}
    left: dict[str, dict[str, Any]] = {}
    for name in [*("ours", "byhand") * rounds, "raw", "loop"]:
        spent, left[name] = arena.play(name)
        people = spent.pop("customers", arena.due)
        apart = sum(each for part, each in spent.items() if part in [f"{kind}_s" for kind in APART])
        apart_cpu = sum(each for part, each in spent.items() if part in [f"{kind}_cpu_s" for kind in APART])
        spent["per_second"] = people / (spent["s"] - apart)
        spent["per_cpu_second"] = people / (spent["cpu_s"] - apart_cpu)
        spent["whole_per_second"], spent["whole_per_cpu_second"] = people / spent["s"], people / spent["cpu_s"]
        say(contender=name, customers=arena.count, **{each: round(figure, 2) for each, figure in spent.items()})
        if name not in best or spent["per_cpu_second"] > best[name]["per_cpu_second"]:
            best[name] = spent
    other = {name for name in left["ours"] if left["ours"][name] != left["byhand"][name]} - OUR_OWN
    ratios = {
        f"{kind}to_{name}": round(best["ours"][f"{kind}per_cpu_second"] / best[name][f"{kind}per_cpu_second"], 2)
        for name in ("byhand", "loop", "raw")
        for kind in ("", "whole_")
    }
    wall = {
        f"wall_to_{name}": round(best["ours"]["per_second"] / best[name]["per_second"], 2)
        for name in ("byhand", "loop", "raw")
    }
    grown = best["ours"]["grown_mb"]
    say(customers=arena.count, due=arena.due, **ratios, **wall, grown_mb=round(grown, 1), differs=sorted(other))
    return ratios["to_byhand"] >= BYHAND and ratios["to_loop"] >= LOOP and grown <= FLAT_MB and not other


def main(counts: list[int]) -> int:
    """Fill a server, and let all contend on it; each of several sizes in a process of its own, for Django knows one."""
    if len(counts) > 1:
        commands = [[sys.executable, "-m", "bench.retention", str(count)] for count in counts]
        return max(subprocess.run(command, check=False).returncode for command in commands)
    with crowd.server() as (_, cluster):
        return int(not judged(filled(cluster, counts[0]), rounds=2 if counts[0] <= OFTEN else 1))


def filled(cluster: "Cluster", count: int) -> Arena:
    """Fill the database with so many customers of one repairer, and some of another."""
    import psycopg
    from django.db import connection as ours

    from gardien.base import clock
    from gardien.network.models import Membership
    from gardien.portal.embedded import SUPERUSER
    from tests import scene

    at, start = clock.now(), time.perf_counter()
    scene.price_list(at)
    advisers = Membership.objects.select_related("site__repairer").filter(role="counter_adviser")
    one, other = list({each.site.repairer_id: each for each in advisers.order_by("site__repairer__code")}.values())[:2]
    with psycopg.connect(**cluster.dsn(SUPERUSER, "gardien"), autocommit=True) as connection:
        aged.fill(connection, {one: count, other: count // NEIGHBOURS}, at, has_variants=count <= WITHOUT_VARIANTS)
        (size,) = connection.execute("SELECT pg_database_size('gardien')").fetchone()
    ours.close()
    ours.close_pool()  # a template has no sessions
    say(customers=count, filled_s=round(time.perf_counter() - start), gigabytes=round(size / 1e9, 1))
    return Arena(cluster, count, at)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in CONTENDERS:
        sys.exit(contend(*sys.argv[1:3]))
    sys.exit(main([int(each) for each in sys.argv[1:]] or [100_000]))
