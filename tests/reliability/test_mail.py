"""No mail is lost by a sink that drops, defers, hangs and refuses while the worker is killed; copies are the same bytes.

A normal run has a worker that waits less between two tries, `make soak` the portal's own.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from gardien.portal import stack
from tests.messaging import post
from tests.reliability import hasty
from tests.reliability.mail_storm import MailStorm

Make = Callable[[int, int, list[str]], MailStorm]
pytestmark = pytest.mark.usefixtures("committed")
MOST_COPIES = 4
"""Two faults that keep the message, one kill while it is handed over, and the copy that was acknowledged."""


@pytest.fixture
def storm(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Return a function that makes a storm of so many mails, a seed and a worker, to whose sink every process sends."""
    made: list[MailStorm] = []

    def make(mails: int, seed: int, worker: list[str]) -> MailStorm:
        made.append(MailStorm(mails, seed, worker))
        monkeypatch.setenv("GARDIEN_MAIL_URL", made[-1].sink.url())
        monkeypatch.setenv("GARDIEN_MAIL_FROM", post.FROM)
        settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = made[-1].sink.server(), post.FROM
        return made[-1]

    yield make
    for each in made:
        each.sink.stop()


def _weather(storm: MailStorm, kills: int, at: datetime) -> None:
    storm.prepare(at)
    storm.run(kills)
    assert len(storm.kills) == kills
    assert storm.wrong() == []
    print(storm.report())
    assert max(len(taken) for taken in storm.sink.copies().values()) <= MOST_COPIES
    storm.is_mild = True
    storm.prepare(at)
    storm.run(0)
    assert storm.wrong() == []
    assert storm.states() == {"sent": storm.mails}


def test_forty_mails_survive_every_fault_and_two_kills(storm: Make, at: datetime) -> None:
    _weather(storm(40, 106, hasty.ARGUMENTS), kills=2, at=at)


@pytest.mark.soak
def test_two_thousand_mails_survive_ten_kills(storm: Make, at: datetime) -> None:
    _weather(storm(2000, 7, stack.worker_arguments()), kills=10, at=at)
