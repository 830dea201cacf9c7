"""Advisers of two repairers issue quotes while processes are killed; then every quote is accounted for."""

import hashlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from gardien.base.crypto import Keyring
from gardien.quotes import queries
from tests.reliability.clients import Adviser
from tests.reliability.installation import Installation

KINDS = ("postmaster", "web_master", "job_worker", "web_worker", "backend")
GARAGES = ("tilleul", "canal")
CALM_SECONDS = 60
RECOVERY_SECONDS = 30


@dataclass
class Storm:
    """What happened: acknowledged (id, number) pairs, kills as (instant, what), and the longest recovery."""

    installation: Installation
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    kills: list[tuple[float, str]] = field(default_factory=list)
    advisers: list[Adviser] = field(default_factory=list)
    seconds: float = 0.0
    calm_seconds: float = 0.0

    def run(self, quotes: int, kills: int, seed: int, clients: int = 6) -> None:
        """Have `clients` advisers issue `quotes` in all, and kill something each time a share of them is done."""
        password = self.installation.password()
        emails = [f"counter.adviser@{GARAGES[turn % 2]}.example" for turn in range(clients)]
        self.advisers = [Adviser(self.installation.port, email, password) for email in emails]
        for adviser in self.advisers:
            adviser.sign_in()
        begun, left, lock = time.monotonic(), iter(range(quotes)), threading.Lock()

        def work(adviser: Adviser) -> None:
            customer = adviser.receive("Moreau")
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                done = adviser.quote(customer)
                with lock:
                    self.acknowledged.append(done)

        with ThreadPoolExecutor(clients) as pool:
            working = [pool.submit(work, adviser) for adviser in self.advisers]
            self._kill_along(quotes, kills, random.Random(seed), working)
            for done in working:
                done.result()
        self.seconds = time.monotonic() - begun

    def _kill_along(self, quotes: int, kills: int, chance: random.Random, working: list[object]) -> None:
        order = [kind for turn in range(kills // len(KINDS) + 1) for kind in KINDS][:kills]
        chance.shuffle(order)
        for turn, kind in enumerate(order):
            while len(self.acknowledged) < quotes * (turn + 0.5) / kills and not all(w.done() for w in working):  # type: ignore[attr-defined]
                time.sleep(0.02)
            time.sleep(chance.random() * 0.2)
            until = time.monotonic() + RECOVERY_SECONDS
            while not self.installation.kill(kind) and time.monotonic() < until:
                time.sleep(0.05)
            self.kills.append((time.monotonic(), kind))

    def recoveries(self) -> list[tuple[str, float]]:
        """Return for each kill how long it was felt: until the last request without a proper answer before the next."""
        answers = sorted(answer for adviser in self.advisers for answer in adviser.answers)
        found = []
        for turn, (killed, kind) in enumerate(self.kills):
            end = self.kills[turn + 1][0] if turn + 1 < len(self.kills) else float("inf")
            since = [(at, 200 <= status < 500) for at, status in answers if killed < at < end]
            bad = [at for at, is_good in since if not is_good]
            found.append((kind, max(bad) - killed if bad else 0.0))
        return found

    def lost(self) -> list[str]:
        """Return, in words, all that is not as acknowledged; none is the only good answer."""
        ask, keys = self.installation.ask, Keyring(self.installation.home / "keys")
        stored = {
            str(row[0]): row[1:]
            for row in ask(
                "SELECT q.id, q.number, d.sha256, d.sealed, d.verified_at, "
                "(SELECT count(*) FROM procrastinate_jobs j WHERE j.args->>'quote' = q.id::text) "
                "FROM quotes_quote q LEFT JOIN quotes_quotedocument d ON d.quote_id = q.id WHERE q.state = 'issued'"
            )
        }
        wrong = [f"not kept: {number}" for id_, number in self.acknowledged if stored.get(id_, (None,))[0] != number]
        for id_, (number, sha256, sealed, verified_at, jobs) in stored.items():
            content = keys.open_(bytes(sealed), context=queries.seal_context(UUID(id_))) if sealed else b""
            if hashlib.sha256(content).hexdigest() != sha256 or not content.startswith(b"%PDF"):
                wrong.append(f"does not open: {number}")
            if verified_at is None and jobs != 1:
                wrong.append(f"{jobs} jobs instead of one: {number}")
        ranks = "SELECT r.code, q.year, array_agg(q.rank ORDER BY q.rank), max(c.last) FROM quotes_quote q "
        ranks += "JOIN network_repairer r ON r.id = q.tenant_id JOIN quotes_counter c USING (tenant_id, year) "
        for code, year, taken, last in ask(ranks + "WHERE q.state = 'issued' GROUP BY 1, 2"):
            if taken != list(range(1, last + 1)):
                wrong.append(f"numbers with gaps or doubles: {code} {year} {taken}")
        double = "SELECT args->>'quote' FROM procrastinate_jobs WHERE task_name = 'quotes.verify' GROUP BY 1 HAVING count(*) > 1"
        return wrong + [f"two jobs for one quote: {id_}" for (id_,) in ask(double)]

    def unfinished(self) -> list[tuple[object, ...]]:
        """Wait at most `CALM_SECONDS` until every job is done; return what is left, as (task, status)."""
        begun, left = time.monotonic(), [(None,)]
        while left and time.monotonic() < begun + CALM_SECONDS:
            left = self.installation.ask(
                "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'quotes.verify' "
                "AND status <> 'succeeded'"
            )
            time.sleep(0.2 if left else 0)
        self.calm_seconds = time.monotonic() - begun
        return left
