"""Mail through a sink that fails in every way, with the worker killed again and again; then every message is accounted for."""

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from gardien.base import ids
from gardien.portal import stack
from tests.conftest import as_role
from tests.messaging import post
from tests.messaging.sink import Fault, Sink

GIVE_UP_SECONDS = 900
REFUSALS = (Fault.REFUSE_RCPT, Fault.REFUSE_DATA)
PASSING = {
    Fault.DROP_BEFORE_DATA: 4,
    Fault.DROP_UNKEPT: 4,
    Fault.DROP_KEPT: 4,
    Fault.BUSY_RCPT: 4,
    Fault.BUSY_DATA: 4,
    Fault.HANG_BEFORE_DATA: 1,
    Fault.HANG_KEPT: 1,
}
FAULTY, FAULTY_TWICE, REFUSED = 0.2, 0.2, 0.02
"""Shares: of first attempts, of second attempts after a faulty one, of addresses that are refused for good."""


class MailStorm:
    """`kills` are instants; `worker` the arguments of what sends; the sink is as bad as its plan until it `is_mild`."""

    def __init__(self, mails: int, seed: int, worker: list[str]) -> None:
        self.mails, self.seed, self.worker, self.is_mild = mails, seed, worker, False
        self.garage: UUID = ids.new()
        self.sink = Sink(self._plan)
        self.messages: dict[str, Any] = {}
        self.kills: list[float] = []
        self.seconds = self.preparing_seconds = 0.0

    def _plan(self, recipient: str, number: int) -> Fault | None:
        if self.is_mild:
            return None
        if (fate := random.Random(f"{self.seed} {recipient}")).random() < REFUSED:
            return fate.choice(REFUSALS)
        chance = random.Random(f"{self.seed} {recipient} {number}")
        if number > 2 or chance.random() >= (FAULTY, FAULTY_TWICE)[number - 1]:
            return None
        return chance.choices(list(PASSING), list(PASSING.values()))[0]

    def prepare(self, at: datetime) -> None:
        """Prepare every message, a transaction each; those prepared before are prepared again."""
        begun = time.monotonic()
        for number in range(self.mails):
            message = post.prepare(self.garage, at, number)
            self.messages[f"destinataire{number}@courriel.example"] = message
        self.preparing_seconds = time.monotonic() - begun

    def run(self, kills: int) -> None:
        """Have a supervised worker send them all, and kill it each time a share of them is settled."""
        begun, chance = time.monotonic(), random.Random(self.seed)
        with stack.running(self.worker) as (worker,):
            for turn in range(kills):
                self._wait(round(self.mails * (turn + 0.5) / kills))
                time.sleep(chance.random() * 0.3)
                pid = worker.process.pid
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills.append(time.monotonic() - begun)
                while worker.process.pid == pid:
                    time.sleep(0.05)
            self._wait(self.mails)
            while self._left() and time.monotonic() < begun + GIVE_UP_SECONDS:
                time.sleep(0.1)
        self.seconds = time.monotonic() - begun

    def _wait(self, settled: int) -> None:
        until = time.monotonic() + GIVE_UP_SECONDS
        while sum(self.states().values()) - self.states()["prepared"] < settled:
            assert time.monotonic() < until, self.states()
            time.sleep(0.1)

    def states(self) -> Counter[str]:
        """Return how many messages are in each state."""
        with as_role("audit") as connection:
            rows = connection.execute("SELECT state, count(*) FROM messaging_message GROUP BY 1").fetchall()
        return Counter(dict(rows))

    def wrong(self) -> list[str]:
        """Return, in words, all that is not as it must be; none is the only good answer."""
        copies, rows, found = self.sink.copies(), self._rows(), []
        for address, message in self.messages.items():
            taken, row = copies.get(address, []), rows[message.id]
            if row != ("sent" if self._is_good(address) else "failed"):
                found.append(f"is {row}: {address} after {self.sink.faults[address]}")
            if row == "sent" and not taken:
                found.append(f"lost: {address}")
            if {copy.message_id for copy in taken} - {message.message_id} or len({copy.sha256 for copy in taken}) > 1:
                found.append(f"copies that differ: {address}")
        if strangers := copies.keys() - self.messages.keys():
            found.append(f"sent to others: {strangers}")
        if len({message.message_id for message in self.messages.values()}) != self.mails:
            found.append("two messages of one Message-ID")
        return found + [f"left: {row}" for row in self._left()]

    def _is_good(self, address: str) -> bool:
        return self.is_mild or self._plan(address, 3) not in REFUSALS

    def _rows(self) -> dict[UUID, str]:
        with as_role("audit") as connection:
            return dict(connection.execute("SELECT id, state FROM messaging_message").fetchall())

    def _left(self) -> list[tuple[object, ...]]:
        jobs = "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'messaging.send'"
        with as_role("audit") as connection:
            attempts = connection.execute("SELECT 'attempt', number FROM messaging_attempt WHERE ended_at IS NULL")
            return [*attempts.fetchall(), *connection.execute(jobs).fetchall()]

    def report(self) -> str:
        """Return the figures."""
        copies = Counter(len(taken) for taken in self.sink.copies().values())
        faults = Counter(str(fault) for each in self.sink.faults.values() for fault in each)
        query = "SELECT outcome, code, count(*) FROM messaging_attempt GROUP BY 1, 2 ORDER BY 3 DESC"
        with as_role("audit") as connection:
            attempts = connection.execute(query).fetchall()
        return (
            f"{self.mails} mails prepared in {self.preparing_seconds:.0f} s, settled in {self.seconds:.0f} s with "
            f"{len(self.kills)} kills; copies per mail {dict(copies)}; states {dict(self.states())}\n"
            f"faults of the sink {dict(faults)}\nattempts {attempts}"
        )
