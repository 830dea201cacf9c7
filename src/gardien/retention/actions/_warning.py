"""Warning persons that their time under a clause will be over, in the transaction and scope of the caller."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gardien.base import clock, ids, scope
from gardien.base.actor import Actor
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.consent.rules import Channel
from gardien.journal import actions as journal
from gardien.messaging import actions as messaging
from gardien.messaging import queries as outbox
from gardien.messaging import rules as letters
from gardien.network import queries as network
from gardien.network.rules import PartyKind
from gardien.standing import actions as standing

from ..queries import clocks
from ..queries.clocks import Clause
from ..rules import Due, Tag
from . import _erasing

DOCUMENT = "removal_warning"
"""What the outbox calls these letters."""


def warn(clause: Clause, people: Sequence[Due], groups: dict[str, _erasing.Group], *, by: Actor, at: datetime) -> None:
    """Write to persons, whose records the caller has locked, when they are due, and put it on record.

    Where there is no way to write to somebody it says so, and their time runs all the same.
    """
    if not people:
        return
    found = _addresses(clause, [reference for head, _ in people for _, reference in groups[head]])
    sender, reply_to = _sender(clause)
    purpose = _purpose(clause, letters.population(people[0][0]), at)
    for head, due_at in people:
        warning_id = ids.new()
        address = next(filter(None, (found.get(reference, "") for _, reference in groups[head])), "")
        digest = hashlib.sha256(str(warning_id).encode()).hexdigest()
        about = letters.About(head, purpose, DOCUMENT, warning_id, digest)
        letter = _letter(clause, address, sender, reply_to, due_at)
        message_id = _sent(about, letter, by, at) if address and purpose else None
        told: dict[str, Any] = {"clause": clause.id, "due_at": due_at, "message_id": message_id}
        standing.warn(warning_id=warning_id, subject=head, **told, by=by, at=at)
        journal.record(Tag.WARNED, by=by, at=at, subject=head, warning=warning_id)


def _purpose(clause: Clause, population: policy.Population, at: datetime) -> str:
    """Return the first of a clause's purposes for which the gate lets a letter of service pass; empty if for none."""
    version = commitment.in_force(clock.legal_day(at))
    for purpose in (each for rule in clause.rules.values() if rule for each in rule.purposes):
        of = letters.Question(population, purpose, Channel.EMAIL, letters.Kind.SERVICE)
        if letters.refusal(of, version) is None:
            return purpose
    return ""


def _addresses(clause: Clause, references: Sequence[str]) -> dict[str, str]:
    root = clause.root
    records: Any = clocks.model(root.place)._default_manager
    return dict(records.filter(**{f"{root.reference}__in": references}).values_list(root.reference, root.email))


def _sender(clause: Clause) -> tuple[str, str]:
    """Return on whose behalf it is written, and the address for answers, where there is one."""
    if clause.population == "user":
        return network.central_party(PartyKind.NETWORK).name, ""
    repairer = network.repairers().get(id=scope.current())
    return repairer.name, repairer.email


def _letter(clause: Clause, address: str, sender: str, reply_to: str, due_at: datetime) -> letters.Letter:
    text = _(
        "Hello,\n\nOn %(day)s what we keep of you reaches the end of its time (%(clause)s in our commitment), and is "
        "taken out.\n\nShould we keep it, tell us before that day. Otherwise you have nothing to do.\n\n%(sender)s\n"
    )
    titles = [each.clauses[clause.id].title for each in clause.versions if clause.id in each.clauses]
    day = date_format(clock.legal_day(due_at), "j F Y")
    facts = {"day": day, "clause": titles[-1].fill("fr", {}), "sender": sender}
    return letters.Letter(
        recipient=address,
        title=_("What we keep of you reaches the end of its time"),
        text=text % facts,
        sender_name=sender,
        reply_to=reply_to,
    )


def _sent(about: letters.About, letter: letters.Letter, by: Actor, at: datetime) -> UUID | None:
    """Put a letter into the outbox; return its id, none where it cannot leave."""
    if not outbox.can_send():
        return None
    for each in (letter, replace(letter, reply_to="")):  # one bad address for answers costs nobody their letter
        with suppress(messaging.NotAnAddressError):
            message = messaging.prepare(about=about, letter=each, by=by, at=at)
            return None if message.state == letters.State.REFUSED else message.id
    return None
