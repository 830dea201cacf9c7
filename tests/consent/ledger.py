"""Answers of persons who bear a reference alone."""

from datetime import datetime
from typing import Any

from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions, queries
from gardien.consent.rules import Channel, How
from tests.quotes.counter import Counter, day

FIRST, SECOND = commitment.versions().all
USE, CALLS = "client.use.quote", "client.phone-prospecting"
NUMBER, OTHER = "+33639981234", "+33639985678"
AT = day(2026, 11, 22)


def asked(purpose: str, version: Any = FIRST) -> documents.Document:
    return queries.wording(version, purpose, "fr")


def use(*, is_given: bool, purpose: str = USE) -> actions.Answer:
    return actions.Answer(purpose, "", "", is_given, asked(purpose))


def call(number: str, *, is_given: bool) -> actions.Answer:
    return actions.Answer(CALLS, Channel.PHONE, number, is_given, asked(CALLS, SECOND))


def decide(counter: Counter, subject: str, *answers: actions.Answer, at: datetime = AT, **what: Any) -> Any:
    return counter.do(actions.decide, at, **{"subject": subject, "answers": answers, "how": How.ORAL, **what})


def withdraw(counter: Counter, subject: str, purpose: str, at: datetime = AT, address: str = "", **what: Any) -> Any:
    if address:
        what |= {
            "channel": Channel.PHONE,
            "address_digest": counter.read(queries.address_digest, Channel.PHONE, address),
        }
    return counter.do(actions.withdraw, at, **{"subjects": [subject], "purpose": purpose, "how": How.ORAL, **what})
