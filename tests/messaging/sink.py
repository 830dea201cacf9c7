"""A real SMTP server on the loopback interface that can be as bad as servers are, as a plan says for each attempt."""

import asyncio
import hashlib
import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from enum import StrEnum
from typing import Any

from aiosmtpd.controller import Controller

from gardien.messaging.rules import Server
from tests.reliability.installation import free_port

HANG_SECONDS = 60
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Fault(StrEnum):
    """What the sink does with one attempt. Only `KEPT` ones take the message nevertheless."""

    DROP_BEFORE_DATA = "drop before DATA"
    DROP_UNKEPT = "drop after DATA, not kept"
    DROP_KEPT = "drop after DATA, kept"
    BUSY_RCPT = "451 to RCPT"
    BUSY_DATA = "452 to DATA"
    HANG_BEFORE_DATA = "hang before DATA"
    HANG_KEPT = "hang after DATA, kept"
    REFUSE_RCPT = "550 to RCPT"
    REFUSE_DATA = "554 to DATA"


ANSWERS = {
    Fault.BUSY_RCPT: "451 busy",
    Fault.BUSY_DATA: "452 full",
    Fault.REFUSE_RCPT: "550 unknown",
    Fault.REFUSE_DATA: "554 refused",
}
AT_RCPT = {Fault.DROP_BEFORE_DATA, Fault.BUSY_RCPT, Fault.HANG_BEFORE_DATA, Fault.REFUSE_RCPT}
Plan = Callable[[str, int], Fault | None]


@dataclass(frozen=True)
class Taken:
    """One copy that the sink keeps."""

    message_id: str
    recipient: str
    sha256: str
    content: bytes


class Sink:
    """Keeps what it takes. `plan(recipient, number)` gives the fault of a recipient's attempt, counted from 1."""

    def __init__(self, plan: Plan = lambda *_: None, *, on_data: Callable[[], None] = lambda: None) -> None:
        self.plan, self.on_data = plan, on_data
        self.taken: list[Taken] = []
        self.attempts: dict[str, int] = defaultdict(int)
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.lock = threading.Lock()
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=False)
        self.controller.start()

    def server(self, timeout: float = 2) -> Server:
        """Return the route to this sink."""
        return Server("127.0.0.1", self.port, "none", timeout=timeout)

    def url(self, timeout: float = 2) -> str:
        """Return the same as a setting."""
        return f"smtp://127.0.0.1:{self.port}?timeout={timeout}"

    def stop(self) -> None:
        """Take nothing more; again, nothing."""
        if self.controller.server:
            self.controller.stop()

    def copies(self) -> dict[str, list[Taken]]:
        """Return the copies taken, by recipient."""
        found: dict[str, list[Taken]] = defaultdict(list)
        for copy in list(self.taken):
            found[copy.recipient].append(copy)
        return found

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _: Any) -> str:  # noqa: N802
        with self.lock:
            self.attempts[address] += 1
            fault = self.plan(address, self.attempts[address])
            if fault:
                self.faults[address].append(fault)
        session.fault = fault
        envelope.rcpt_tos.append(address)
        return await self._answer(server, fault) if fault in AT_RCPT else "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.on_data()
        fault = session.fault
        if fault in (None, Fault.DROP_KEPT, Fault.HANG_KEPT):
            content = envelope.original_content
            told = message_from_bytes(content, policy=default)
            digest = hashlib.sha256(content).hexdigest()
            with self.lock:
                self.taken += [Taken(told["Message-ID"], to, digest, content) for to in envelope.rcpt_tos]
        return await self._answer(server, fault) if fault else "250 taken"

    async def _answer(self, server: Any, fault: Fault) -> str:
        if fault in ANSWERS:
            return ANSWERS[fault]
        if fault in (Fault.HANG_BEFORE_DATA, Fault.HANG_KEPT):
            await asyncio.sleep(HANG_SECONDS)
        server.transport.abort()
        return "421 gone"
