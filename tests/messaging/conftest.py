"""A controller, a sink, and a portal that sends to it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from gardien.base import ids
from tests.messaging import post
from tests.messaging.sink import Plan, Sink


@pytest.fixture
def garage(committed: None) -> UUID:
    """The id of a controller; the outbox refers to it by id alone."""
    return ids.new()


@pytest.fixture
def sink(settings: Any) -> Iterator[Callable[..., Sink]]:
    """Return a function that opens a sink with a plan, to which the portal sends from then on."""
    opened: list[Sink] = []

    def opens(plan: Plan = lambda *_: None, **told: Any) -> Sink:
        opened.append(Sink(plan, **told))
        settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = opened[-1].server(timeout=1), post.FROM
        return opened[-1]

    yield opens
    for each in opened:
        each.stop()
