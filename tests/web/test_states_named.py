"""Each state of an account and of a request has a name that people read, and none is named that does not exist."""

from gardien.network.rules import RequestState, UserState
from gardien.web.shared.templatetags import gardien


def test_every_state_has_its_own_name() -> None:
    assert set(gardien.USER_STATES) == set(UserState)
    assert set(gardien.REQUEST_STATES) == set(RequestState)
    assert len({gardien.user_state(state) for state in UserState}) == len(UserState)
    assert len({gardien.request_state(state) for state in RequestState}) == len(RequestState)
