"""What is prepared is sent at least once, one message per document and address, and every attempt is on record."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.messaging import _mime, actions, queries, rules
from gardien.messaging.jobs import send
from gardien.messaging.models import Message
from gardien.messaging.rules import Attachment, Outcome, Result, State
from tests.conftest import as_role
from tests.messaging import post
from tests.messaging.sink import Fault, Sink

Opens = Callable[..., Sink]
BY = Actor.program("test")


def test_a_message_is_sent_and_leaves_neither_letter_nor_clear_address(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    message = post.prepare(garage, at)
    assert post.queued() == [{"controller": str(garage), "message": str(message.id)}]
    assert post.run(garage, message) is None
    (copy,) = opened.taken
    assert (copy.recipient, copy.message_id) == ("destinataire1@courriel.example", message.message_id)
    stands = post.stands(garage, message)
    assert (stands.state, stands.attempts, stands.last_code, bytes(stands.letter)) == (State.SENT, 1, "250", b"")
    assert post.tries(garage, message) == [(1, Outcome.ACCEPTED, "250")]
    assert queries.recipient(stands) == "destinataire1@courriel.example"
    assert post.tags() == [rules.Tag.PREPARED, rules.Tag.SENT]


def test_neither_the_outbox_nor_the_queue_nor_the_journal_tells_an_address(
    garage: UUID, at: datetime, sink: Opens
) -> None:
    sink()
    post.prepare(garage, at)
    with as_role("backup") as connection:
        for table in ("messaging_message", "messaging_attempt", "procrastinate_jobs", "journal_entry"):
            text = connection.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t").fetchone()
            assert text is not None
            assert ("courriel" in text[0], b"courriel".hex() in text[0]) == (False, False)


def test_the_attempt_is_on_record_before_the_message_leaves(garage: UUID, at: datetime, sink: Opens) -> None:
    seen: list[tuple[Any, ...]] = []

    def look() -> None:
        with as_role("audit") as connection:
            seen.extend(connection.execute("SELECT number, outcome, ended_at FROM messaging_attempt").fetchall())

    sink(on_data=look)
    post.run(garage, post.prepare(garage, at))
    assert seen == [(1, "started", None)]


def test_one_document_goes_to_one_address_once(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    message = post.prepare(garage, at)
    assert post.prepare(garage, at).id == message.id
    post.run(garage, message)
    assert post.prepare(garage, at).state == State.SENT
    assert len(post.queued()) == 1
    other = post.prepare(garage, at, recipient="autre@courriel.example")
    newer = post.prepare(garage, at, 2, recipient="destinataire1@courriel.example")
    assert len({message.message_id, other.message_id, newer.message_id}) == 3
    for each in (message, other, newer):
        post.run(garage, each)
    assert len(opened.taken) == 3
    assert post.prepare(ids.new(), at).message_id != message.message_id


def test_nothing_is_prepared_if_the_transaction_is_undone(garage: UUID, at: datetime, sink: Opens) -> None:
    sink()
    with pytest.raises(ZeroDivisionError), scope.entered(garage):
        actions.prepare(about=post.about(), letter=post.letter(), by=post.BY, at=at)
        _ = 1 / 0
    assert post.queued() == post.tags() == []


CUT_OFF = [
    (Fault.DROP_BEFORE_DATA, Outcome.UNKNOWN, "dropped", 0),
    (Fault.DROP_UNKEPT, Outcome.UNKNOWN, "dropped", 0),
    (Fault.DROP_KEPT, Outcome.UNKNOWN, "dropped", 1),
    (Fault.BUSY_RCPT, Outcome.DEFERRED, "451", 0),
    (Fault.BUSY_DATA, Outcome.DEFERRED, "452", 0),
    (Fault.HANG_BEFORE_DATA, Outcome.UNKNOWN, "timeout", 0),
    (Fault.HANG_KEPT, Outcome.UNKNOWN, "timeout", 1),
]


@pytest.mark.parametrize(("fault", "outcome", "code", "kept"), CUT_OFF)
def test_what_was_not_acknowledged_is_tried_again_with_the_same_bytes(
    fault: Fault, outcome: Outcome, code: str, kept: int, garage: UUID, at: datetime, sink: Opens
) -> None:
    opened = sink(lambda _, number: fault if number == 1 else None)
    message = post.prepare(garage, at)
    assert post.run(garage, message) == rules.FIRST_WAIT
    assert (post.stands(garage, message).state, post.stands(garage, message).last_code) == (State.PREPARED, code)
    assert post.run(garage, message) is None
    assert post.tries(garage, message) == [(1, outcome, code), (2, Outcome.ACCEPTED, "250")]
    assert [copy.message_id for copy in opened.taken] == [message.message_id] * (kept + 1)
    assert len({copy.sha256 for copy in opened.taken}) == 1


@pytest.mark.parametrize(("fault", "code"), [(Fault.REFUSE_RCPT, "550"), (Fault.REFUSE_DATA, "554")])
def test_what_is_refused_for_good_has_failed_is_shown_and_can_be_prepared_again(
    fault: Fault, code: str, garage: UUID, at: datetime, sink: Opens
) -> None:
    opened = sink(lambda _, number: fault if number == 1 else None)
    message = post.prepare(garage, at)
    assert post.run(garage, message) is None
    with scope.entered(garage):
        assert [(each.id, each.last_code) for each in queries.failed()] == [(message.id, code)]
        assert queries.counts(at)["failed"] == 1
    assert post.run(garage, message) is None
    assert opened.attempts["destinataire1@courriel.example"] == 1
    assert post.prepare(garage, at).message_id == message.message_id
    post.run(garage, message)
    assert [copy.message_id for copy in opened.taken] == [message.message_id]
    assert post.stands(garage, message).state == State.SENT


def test_a_server_that_is_away_is_tried_again_until_it_is_given_up(garage: UUID, at: datetime, sink: Opens) -> None:
    sink().stop()
    message = post.prepare(garage, at)
    assert [post.run(garage, message), post.run(garage, message)] == [rules.FIRST_WAIT, 2 * rules.FIRST_WAIT]
    assert post.tries(garage, message)[0] == (1, Outcome.DEFERRED, "unreachable")
    with scope.entered(garage):
        begun = actions.begin(message_id=message.id, by=BY, at=at)
        assert begun
        late = at + rules.GIVE_UP
        gone = Result(Outcome.DEFERRED, "unreachable")
        told = {"message_id": message.id, "attempt_id": begun.attempt_id, "result": gone, "by": BY, "at": late}
        assert actions.finish(**told) is None
    assert post.stands(garage, message).state == State.FAILED


def test_an_attempt_that_a_killed_worker_left_open_is_unknown_and_followed_by_another(
    garage: UUID, at: datetime, sink: Opens
) -> None:
    sink()
    message = post.prepare(garage, at)
    with scope.entered(garage):
        actions.begin(message_id=message.id, by=BY, at=at)
    post.run(garage, message)
    assert post.tries(garage, message) == [(1, Outcome.UNKNOWN, ""), (2, Outcome.ACCEPTED, "250")]


def test_a_stopped_message_does_not_leave(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    message = post.prepare(garage, at)
    with scope.entered(garage):
        actions.stop(message_id=message.id, by=BY, at=at)
        assert actions.stop(message_id=message.id, by=BY, at=at).state == State.STOPPED
    post.run(garage, message)
    assert opened.taken == []
    assert post.tags() == [rules.Tag.PREPARED, rules.Tag.STOPPED]


def test_the_end_of_a_purpose_stops_what_is_not_sent_and_counts_what_was(
    garage: UUID, at: datetime, sink: Opens
) -> None:
    sink()
    sent, waiting, other = (post.prepare(garage, at, number) for number in (1, 2, 3))
    post.run(garage, sent)
    with scope.entered(garage):
        Message.objects.filter(id=other.id).update(purpose="client.use.storage")
        kept = actions.end_purpose(("C-7K3M9QXA",), "client.use.quote", by=BY, at=at)
    assert [(each.what, each.count) for each in kept] == [("messages envoyés", 1)]
    states = [post.stands(garage, each).state for each in (sent, waiting, other)]
    assert states == [State.SENT, State.STOPPED, State.PREPARED]


def test_a_job_with_anothers_controller_finds_nothing(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    message = post.prepare(garage, at)
    with pytest.raises(queries.NoSuchMessageError):
        send(str(ids.new()), str(message.id))
    assert (opened.taken, post.tries(garage, message)) == ([], [])


def test_an_attachment_that_is_not_the_document_is_refused(garage: UUID, at: datetime, sink: Opens) -> None:
    sink()
    with pytest.raises(actions.WrongDocumentError):
        post.prepare(garage, at, attachment=Attachment("devis.pdf", b"%PDF another"))
    with pytest.raises(_mime.NotAnAddressError):
        post.prepare(garage, at, recipient="élodie@courriel.example")
    assert post.queued() == post.tags() == []


def test_without_a_way_to_send_nothing_is_prepared(garage: UUID, at: datetime, settings: Any) -> None:
    settings.GARDIEN_MAIL = None
    assert not queries.can_send()
    with pytest.raises(actions.NoRouteError):
        post.prepare(garage, at)


def test_the_letter_holds_the_very_document(garage: UUID, at: datetime, sink: Opens) -> None:
    opened = sink()
    message = post.prepare(garage, at)
    post.run(garage, message)
    mail = _mime_read(opened.taken[0].content)
    (attached,) = mail.iter_attachments()
    assert hashlib.sha256(attached.get_content()).hexdigest() == message.document_sha256


def _mime_read(content: bytes) -> Any:
    from email import message_from_bytes
    from email.policy import default

    return message_from_bytes(content, policy=default)


def test_what_no_job_carries_any_more_is_stuck(garage: UUID, at: datetime, sink: Opens) -> None:
    sink()
    message = post.prepare(garage, at)
    with scope.entered(garage):
        assert list(queries.stuck(at + queries.STUCK_AFTER)) == []
        late = at + queries.STUCK_AFTER + timedelta(seconds=1)
        assert [each.id for each in queries.stuck(late)] == [message.id]
        assert (queries.counts(late)["stuck"], queries.counts(late)["prepared"]) == (1, 1)


def test_a_promise_of_no_offers_is_measured(garage: UUID, at: datetime, sink: Opens) -> None:
    sink()
    message = post.prepare(garage, at)
    with scope.entered(garage):
        assert queries.offers_to_customers() == (1, 0)
        Message.objects.filter(id=message.id).update(purpose="client.messages.email")
        assert queries.offers_to_customers() == (1, 1)
