"""Every page, in every state and for every role: accessible, strict, at home, and whole on a telephone.

A normal run looks at each in light at a desk and in dark on a telephone, and again for each other role and in English
at all but its colours; of what everybody has for themselves, with and without a second factor. `make soak` looks at
everything, in both at both.
"""

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace

import pytest
from django.urls import get_resolver, resolve
from playwright.sync_api import Browser, Page, Response

from tests.conftest import as_role
from tests.stories import accounting, carded, walk, watching

SHOW_NO_PAGE = {
    *("draft", "pdf", "remove_line", "issue", "drop", "replay", "drop_line"),
    *("decide", "withdraw", "object_to_offers", "remove_note", "undo_merge", "give_vehicle", "part_with"),
    *("announce_lift", "lift", "release_hold", "release_archived"),
    *(
        "discard",
        "duplicate",
        "revise",
        "cancel",
        "send",
        "give_quote",
        "offered_pdf",
        "refused",
        "end_service",
        "end_rule",
    ),
    *("account_data", "withdraw_consent", "object", "end_session", "end_sessions"),
    *("approve_quote", "give_role", "end_role", "revoke_support", "visit", "leave_visit"),
    *("refuse_request", "write_again", "suspend", "let_in", "close_account", "end_persons_role"),
    *("unblock", "reset_second_factor", "release_users_hold"),
    *("mfa_remove_webauthn", "mfa_reauthenticate_webauthn"),
    *("version_pdf", "differences_pdf", "repairer_notice_pdf"),
}
"""Addresses that change something and lead elsewhere, or hand over a file."""

OF_BOTH_KINDS = {"two garages", "network_administrator"}
"""One who signs in by a password alone and has roles to choose from, and one who has a second factor and one role: what
they settle for themselves differs."""

States = Callable[[Page], Iterator[str]]
ALL = dict.fromkeys(watching.OPPOSITE, watching.SCHEMES)


class Walk:
    """What was seen on the way: faults in sentences, addresses by name, policies as sent."""

    def __init__(self, browser: Browser, address: str, looks: dict[int, tuple[str, ...]]) -> None:
        self.browser, self.address, self.looks = browser, address, looks
        self.is_all = looks == ALL
        self.faults = list[str]()
        self.states, self.names, self.policies = set[str](), set[str](), set[str]()

    def go(self, who: str, states: States, session: str = "") -> None:
        """Look at each state as one visitor; a state that another saw before only on a telephone."""
        with watching.visitor(self.browser, self.address, session) as (page, watch):
            page.on("response", self._answered)
            for state in states(page):
                found = [*self._look(page, state), *watch.faults]
                self.faults += [f"{who}, {state}: {fault}" for fault in found]
                watch.faults.clear()

    def _look(self, page: Page, state: str) -> list[str]:
        """Look at a state; unless all looks are asked for, colours once, whoever the visitor, whatever the language."""
        is_known = (state if self.is_all else state.removeprefix("/en")) in self.states
        self.states.add(state)
        widths = (watching.NARROW,) if is_known else (watching.WIDE, watching.NARROW)
        is_coloured = self.is_all or not is_known
        return [
            fault
            for width in widths
            for fault in watching.look(page, (width,), self.looks[width], contrast=is_coloured)
        ]

    def _answered(self, answer: Response) -> None:
        if "text/html" in answer.headers.get("content-type", ""):
            self.policies.add("; ".join(sorted(answer.headers.get("content-security-policy", "").split("; "))))
            if answer.status in {200, 422}:
                self.names.add(resolve(answer.url.removeprefix(self.address).partition("?")[0]).url_name or "")


def broken(page: Page) -> Iterator[str]:
    """Open a page whose table is away, as after a wrong migration."""
    with as_role("owner") as owner:
        owner.execute("ALTER TABLE catalogue_article RENAME TO away")
    try:
        page.goto("/pneus/?size=2055516")
        yield "500"
    finally:
        with as_role("owner") as owner:
            owner.execute("ALTER TABLE away RENAME TO catalogue_article")


def through(walked: Walk, garage: SimpleNamespace) -> Walk:
    """Walk through all pages, which other states await afterwards."""
    walked.go("anonymous", walk.anonymous)
    for role, email in walk.PERSONAS.items():
        walked.go(role, walk.own_pages, garage.sessions[email])
        if walked.is_all or role in OF_BOTH_KINDS:
            walked.go(role, walk.own_affairs, garage.sessions[email])
    walked.go("network", walk.network, garage.sessions[walk.PERSONAS["network_administrator"]])
    adviser = garage.sessions[walk.ADVISER]
    walked.go("counter", partial(walk.counter, garage=garage), adviser)
    walked.go("card", partial(carded.states, garage=garage), adviser)
    walked.go("customer", partial(walk.linked, garage=garage))
    manager = garage.sessions[walk.PERSONAS["site_manager"]]
    walked.go("manager", carded.restrictions, manager)
    walked.go("manager", partial(carded.archive, garage=garage), manager)
    walked.go("manager", partial(walk.managed, garage=garage), manager)
    walked.go("accounts", accounting.manager, manager)
    walked.go("asking", partial(accounting.stranger, garage=garage))
    walked.go("deciding", accounting.network, garage.sessions[walk.PERSONAS["network_administrator"]])
    walked.go("visiting", accounting.support, garage.sessions[walk.PERSONAS["provider_support"]])
    walked.go("ended", walk.ended, manager)
    walked.go("errors", walk.errors, adviser)
    walked.go("breakdown", broken, adviser)
    return walked


_walked: list[Walk] = []


@pytest.fixture(
    scope="module",
    params=[pytest.param(ALL, marks=pytest.mark.soak, id="all"), pytest.param(watching.OPPOSITE, id="opposite")],
)
def seen(request: pytest.FixtureRequest, browser: Browser, portal: str, garage: SimpleNamespace) -> Walk:
    """Walk once, whatever is asked for: who saw every look saw the two opposite ones."""
    if not _walked:
        _walked.append(through(Walk(browser, portal, request.param), garage))
    return _walked[0]


def test_no_page_is_at_fault_in_light_or_dark_at_a_desk_or_on_a_telephone(seen: Walk) -> None:
    assert not seen.faults, "\n" + "\n".join(seen.faults)


def test_every_address_of_the_portal_was_seen(seen: Walk) -> None:
    names = {pattern.name for part in get_resolver().url_patterns for pattern in part.url_patterns}
    assert names - SHOW_NO_PAGE == seen.names


def test_every_page_came_with_the_one_strict_policy(seen: Walk) -> None:
    assert len(seen.policies) == 1, seen.policies
    watching.assert_strict(*seen.policies)
