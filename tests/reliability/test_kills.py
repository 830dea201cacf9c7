"""kill -9 of every kind of process while quotes are issued: what was acknowledged is there, numbered without a gap."""

from collections import Counter

import pytest

from tests.reliability.installation import Installation, children
from tests.reliability.storm import RECOVERY_SECONDS, Storm


def _survive(installation: Installation, quotes: int, kills: int, seed: int) -> Storm:
    storm = Storm(installation)
    storm.run(quotes, kills, seed)
    assert len(storm.kills) == kills
    assert (len(storm.acknowledged), len({id_ for id_, _ in storm.acknowledged})) == (quotes, quotes)
    assert len({number for _, number in storm.acknowledged}) == quotes
    slow = [(kind, seconds) for kind, seconds in storm.recoveries() if seconds > RECOVERY_SECONDS]
    assert slow == []
    assert storm.lost() == []
    assert installation.ask("SELECT count(*) FROM quotes_quote WHERE state = 'issued'") == [(quotes + 1,)]
    errors = [text for adviser in storm.advisers for text in adviser.bodies_of_errors]
    assert [text for text in errors if "Traceback" in text or 'lang="fr"' not in text] == []
    return storm


def _report(storm: Storm) -> None:
    answers = Counter(status for adviser in storm.advisers for _, status in adviser.answers)
    recoveries = ", ".join(f"{kind} {seconds:.1f}" for kind, seconds in storm.recoveries())
    print(f"{len(storm.acknowledged)} quotes in {storm.seconds:.0f} s, answers {dict(answers)}")
    print(f"recoveries in s: {recoveries}; jobs calm after {storm.calm_seconds:.0f} s")


def test_no_acknowledged_quote_is_lost_by_three_kills(installation: Installation) -> None:
    _report(_survive(installation, quotes=40, kills=3, seed=1))


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_no_acknowledged_quote_is_lost_by_fifteen_kills(installation: Installation, seed: int) -> None:
    storm = _survive(installation, quotes=200, kills=15, seed=seed)
    assert storm.unfinished() == []
    assert storm.lost() == []
    _report(storm)
    master = installation.web_master()
    assert installation.end() == 0
    assert children(master or -1) == []
