"""Jobs of messaging: all that leaves, leaves here."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from gardien.base import clock, jobs, scope
from gardien.base.actor import Actor

from . import _transports, actions, rules

BY = Actor.program("messaging.send")


@jobs.task("messaging.send", max_age=timedelta(minutes=4), retry=jobs.RetryLater())
def send(controller: str, message: str) -> None:
    """Try once to hand a message over, at least until somebody took it: each attempt is on record before it starts.

    While the person's data is restricted nothing leaves, and nothing is given up. A transport waits for one answer at a
    time, eight at the most: the age is theirs at the usual time limit.
    """
    owner, message_id = UUID(controller), UUID(message)
    if settings.GARDIEN_MAIL is None:
        raise actions.NoRouteError
    try:
        with scope.entered(owner):
            begun = actions.begin(message_id=message_id, by=BY, at=clock.now())
    except scope.RestrictedError:
        raise jobs.TryLater(rules.LONGEST_WAIT) from None
    if begun is None:
        return
    result = _transports.transport(settings.GARDIEN_MAIL).deliver(
        begun.content, name=begun.name, sender=settings.GARDIEN_MAIL_FROM, recipient=begun.recipient
    )
    with scope.entered(owner):
        wait = actions.finish(message_id=message_id, attempt_id=begun.attempt_id, result=result, by=BY, at=clock.now())
    if wait is not None:
        raise jobs.TryLater(wait)
