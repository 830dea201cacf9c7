"""What the laws measure: the cast, and a scene in which every room has written all it can write."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import scene

LONG_AGO = timedelta(days=800)
"""Longer than any version keeps a customer."""
ALMOST_SO_LONG = timedelta(days=711)


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the test read the database as the app role; it leaves nothing behind."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def played(cast: SimpleNamespace, at: datetime, settings: Any, tmp_path: Path) -> SimpleNamespace:
    """Play the scene at two repairers, committed; return what an `adviser` has, by its names, and ids of `accounts`."""
    from gardien.base import scope
    from gardien.network import queries as network
    from tests.catalogue.scene import tended
    from tests.network import asked
    from tests.retention import archive_scene

    scene.price_list(at)
    scene.issued(cast.membership("counter.adviser@canal.example"), at)
    adviser = cast.membership("counter.adviser@tilleul.example")
    scene.lived(adviser, at)
    scene.answered(adviser, at)
    quote = scene.issued(adviser, at)
    with scope.entered(network.controller(adviser)):
        by = network.actor(adviser)
        scene.stood(quote.customer.reference, by, at)
        scene.kept_up(adviser, at)
        draft, line = half_written(adviser, quote.customer, at)
        reading = scene.heard(adviser, at)
    opened_again(cast.user("workshop@col.example"), by, at)
    correspondence(adviser, quote, at, settings, tmp_path)
    taken_back(adviser, at)
    return SimpleNamespace(
        adviser=adviser,
        quote=quote,
        draft=draft,
        line=line,
        customer=quote.customer,
        reading=reading,
        waiting=tended(at, adviser),
        accounts=asked.played(adviser, at),
        archived_id=archive_scene.played(adviser, at),
    )


def half_written(adviser: Any, customer: Any, at: datetime) -> tuple[Any, Any]:
    """Draft a quote with a mileage, a line taken off and a tyre; return it and the line that stays. Call in a scope."""
    from gardien.base import ids
    from gardien.catalogue import queries as catalogue
    from gardien.network import queries as network
    from gardien.quotes import actions as quotes

    by, draft = network.actor(adviser), scene.draft(adviser, customer, at, "12.50", "80.00")
    quotes.tell_mileage(quote_id=draft.id, mileage=48_200, by=by, at=at)
    line, removed = draft.lines.all()
    quotes.remove_line(quote_id=draft.id, line_id=removed.id, by=by, at=at)
    article = catalogue.search("205/55R16")[0]
    offer = quotes.Offer(catalogue.label(article), Decimal(4), article.price, Decimal(20))
    quotes.add_tyre(quote_id=draft.id, article=article, offer=offer, line_key=ids.new(), by=by, at=at)
    return draft, line


def taken_back(adviser: Any, at: datetime) -> None:
    """Sweep a customer whose time is over, warn one whose version promises it, and erase another."""
    from gardien.base import scope
    from gardien.base.actor import Actor
    from gardien.commitment import queries as commitment
    from gardien.network import queries as network
    from gardien.retention import actions
    from tests.commitment.versions_made import warning_of
    from tests.roles import swept_by

    by = Actor.program("sweep")
    scene.issued(adviser, at - LONG_AGO, plate="KX-106-AA")
    asked = scene.issued(adviser, at, plate="KX-107-AA").customer.reference
    told_again = scene.issued(adviser, at - ALMOST_SO_LONG, plate="KX-108-AA").customer.reference
    with scope.entered(network.controller(adviser)):
        scene.heard(adviser, at, told_again)
    versions = warning_of({"months": 1})
    with pytest.MonkeyPatch.context() as patch, swept_by():
        patch.setattr(commitment, "_versions", lambda _: versions)
        actions.sweep(as_of=at, by=by, at=at)
        with scope.entered(network.controller(adviser)):
            actions.erase(subjects=[asked], by=by, at=at)


def opened_again(user: Any, by: Any, at: datetime) -> None:
    """Let an account be tried again after failures, and take away its second factor."""
    from gardien.network import actions

    actions.unblock(user=user, by=by, at=at)
    actions.reset_second_factor(user=user, by=by, at=at)


def correspondence(adviser: Any, quote: Any, at: datetime, settings: Any, folder: Path) -> None:
    """Have a quote prepared for its customer, and messages about another sent, refused by both sides, and stopped; back it up."""
    from gardien.base import scope
    from gardien.messaging import actions, jobs
    from gardien.messaging.rules import Folder, Kind, Outcome, Result
    from gardien.network import queries as network
    from gardien.quotes import actions as quotes
    from gardien.retention import actions as retention
    from tests.messaging import post

    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(folder / "outbox"), post.FROM
    controller, by = network.controller(adviser), network.actor(adviser)
    told = {"subject": quote.customer.reference, "document_id": quote.id}
    mailed = scene.issued(adviser, at, plate="KX-105-AA", email="ode.lhote@courriel.example")
    with scope.entered(controller):
        quotes.send(quote_id=mailed.id, address_of="https://portail.example/{}".format, by=by, at=at)
    kinds = (Kind.SERVICE, Kind.OFFER, Kind.SERVICE, Kind.SERVICE)
    abouts = [post.about(number, **told, kind=kind) for number, kind in enumerate(kinds)]
    sent, _, failed, stopped = (post.prepare(controller, at, turn, of=about) for turn, about in enumerate(abouts))
    jobs.send(str(controller), str(sent.id))
    with scope.entered(controller):
        begun = actions.begin(message_id=failed.id, by=by, at=at)
        assert begun
        refused = Result(Outcome.REFUSED, "550")
        actions.finish(message_id=failed.id, attempt_id=begun.attempt_id, result=refused, by=by, at=at)
        actions.stop(message_id=stopped.id, by=by, at=at)
    retention.begin_backup(path=folder / "gardien.dump", by=by, at=at)
