"""The gate is asked before a message is prepared and again before it leaves: offers need leave, service does not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.consent import actions as consent
from gardien.consent.rules import Channel, How, Sender
from gardien.messaging import rules
from gardien.messaging.models import Message
from gardien.messaging.rules import Cause, Kind, State
from tests.messaging import post
from tests.messaging.sink import Sink

Opens = Callable[..., Sink]
BY = Actor.program("test")


def test_the_gate_refuses_an_offer_writes_why_and_queues_nothing(garage: UUID, at: datetime, sink: Opens) -> None:
    sink()
    message = post.prepare(garage, at, of=post.about(kind=Kind.OFFER))
    assert (message.state, message.refused_cause, bytes(message.letter)) == (State.REFUSED, Cause.OFFERS, b"")
    assert (post.queued(), post.tags()) == ([], [rules.Tag.REFUSED])
    again = post.prepare(garage, at)
    assert (again.id, again.state, again.refused_cause) == (message.id, State.PREPARED, "")


def test_the_gate_is_asked_again_when_the_message_leaves(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    message = post.prepare(garage, at)
    with scope.entered(garage):
        Message.objects.filter(id=message.id).update(kind=Kind.OFFER)
    post.run(garage, message)
    assert (post.stands(garage, message).state, opened.taken) == (State.REFUSED, [])


def objected(controller: UUID, at: datetime, address: str) -> None:
    """Record that the bearer of an address objects to the controller's own offers."""
    with scope.entered(controller):
        told = {"channel": Channel.EMAIL, "address": address, "sender": Sender.CONTROLLER, "how": How.LINK}
        consent.object_(**told, by=BY, at=at)


def offering(number: int, **told: Any) -> rules.About:
    """Return what an offer to a user is about; the version in force lets it pass unless they object."""
    return post.about(number, subject="U-7K3M9QXA", purpose="user.messages.email", kind=Kind.OFFER, **told)


def test_an_address_that_objects_gets_no_offer_and_still_the_quote_it_asked_for(
    garage: UUID, at: datetime, sink: Opens
) -> None:
    sink()
    objecting = {"recipient": "Ode.Lhote@courriel.example"}
    objected(garage, at, "ode.lhote@COURRIEL.example")
    refused = post.prepare(garage, at, 1, of=offering(1), **objecting)
    others = (
        post.prepare(garage, at, 1, of=offering(1), recipient="autre@courriel.example"),
        post.prepare(garage, at, 2, of=offering(2, sender=Sender.PARTNERS), **objecting),
        post.prepare(ids.new(), at, 3, of=offering(3), **objecting),
        post.prepare(garage, at, 4, **objecting),
    )
    assert (refused.state, refused.refused_cause) == (State.REFUSED, Cause.OBJECTED)
    assert [(other.state, other.refused_cause) for other in others] == [(State.PREPARED, "")] * 4
    assert len(post.queued()) == 4


def test_an_objection_that_comes_before_an_offer_has_left_stops_it(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    offer, quote = post.prepare(garage, at, 1, of=offering(1)), post.prepare(garage, at, 2)
    for number in (1, 2):
        objected(garage, at, f"destinataire{number}@courriel.example")
    for each in (offer, quote):
        post.run(garage, each)
    assert [post.stands(garage, each).state for each in (offer, quote)] == [State.REFUSED, State.SENT]
    assert [copy.recipient for copy in opened.taken] == ["destinataire2@courriel.example"]
