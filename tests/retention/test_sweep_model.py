"""The sweep against a slow obvious model, over generated histories, clocks and versions."""

from hypothesis import given

from gardien.base import clock, scope
from gardien.consent import queries as consent
from gardien.standing import queries as standing

from .histories import HISTORIES, History
from .model import MESSAGES, QUOTES, World
from .worlds import FEW, Begun, seen


@FEW
@given(HISTORIES)
def test_a_card_tells_the_instants_of_the_model(begun: Begun, history: History) -> None:
    versions = begun(history)
    world, at = World(seen(), versions), history.as_of
    now = versions.in_force(clock.legal_day(at))
    for person in world.persons():
        with scope.entered(person.controller):
            readings = consent.readings(person.references)
            told_on = clock.legal_day(readings[0].read_at)
            was_told_again = any(each.version == now.id for each in readings)
            kept = standing.explain(person.references, told_on, was_told_again=was_told_again, at=at)
        told = {each.clause: each.until_at for each in kept if each.clause in (QUOTES, MESSAGES)}
        clauses = [clause for clause in (QUOTES, MESSAGES) if world.retention(person, clause, at)]
        assert told == {clause: world.instant(person, clause, at) for clause in clauses}
