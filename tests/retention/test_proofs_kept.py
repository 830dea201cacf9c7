"""A proof of consent goes five years after its purpose ended, whatever else its person agreed to since."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as asking
from gardien.consent.models import Decision
from gardien.consent.rules import How
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from gardien.retention import actions
from tests import scene
from tests.roles import swept_by

FIVE_YEARS = timedelta(days=5 * 366)


def test_a_consent_to_calls_that_was_taken_back_goes_five_years_later_and_the_no_stays(
    cast: SimpleNamespace, at: datetime
) -> None:
    scene.price_list(at)
    adviser = cast.membership("counter.adviser@tilleul.example")
    by, day, later = network.actor(adviser), timedelta(days=1), at + FIVE_YEARS
    version = commitment.in_force(clock.legal_day(at))
    question = next(each for each in asking.asked(version) if each.per_address)
    with scope.entered(network.controller(adviser)):
        known = scene.customer(adviser, at)
        place = (question.channel, "+33639981234")
        yes = consent.Answer(question.purpose, *place, True, question.document)
        told = {"subject": known.reference, "answers": [yes], "how": How.ORAL, "by": by}
        consent.decide(**told, at=at)
        consent.withdraw(subjects=[known.reference], purpose=question.purpose, how=How.ORAL, by=by, at=at + day)
        consent.decide(**told, at=at + 2 * day)
        draft = scene.draft(adviser, known, later, "12.00")
        quotes.issue(quote_id=draft.id, by=by, at=later)
    with swept_by():
        actions.sweep(as_of=later, by=Actor.program("tests"), at=later)
    with scope.entered(network.controller(adviser)):
        left = Decision.objects.filter(subject=known.reference, purpose=question.purpose)
        assert set(left.values_list("is_given", "decided_at")) == {(False, at + day), (True, at + 2 * day)}
