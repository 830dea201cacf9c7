"""Addresses that look like another: what an approver is shown, in whatever alphabet they are written."""

from datetime import datetime
from typing import Any

import pytest

from gardien.customers.rules import parse_email
from gardien.network import queries
from gardien.network.rules import Doubt, resemblance
from tests.network.asked import requested

LOOK_ALIKES = (
    "c\u0430nal.example",  # Cyrillic a
    "\u0441\u0430nal.example",  # Cyrillic es and a
    "can\u03b1l.example",  # Greek alpha
    "cana\u0142.example",
    "can\u00e4l.example",
    "\u0107\u00e0\u00f1\u00e4\u013a.example",  # an accent on each letter
    "\u0441\u0430\u043f\u0430\u04cf.example",  # no letter of ours
)


@pytest.mark.parametrize("domain", LOOK_ALIKES)
def test_a_look_alike_in_other_letters_is_shown(cast: Any, at: datetime, domain: str) -> None:
    email = parse_email(f"responsable@{domain}")
    assert email.isascii()
    assert queries.doubts(requested(at, email=email)) == [Doubt.OTHER_LETTERS, Doubt.LIKE_A_DOMAIN]


def test_a_domain_in_other_letters_is_always_shown_and_one_in_ours_is_not(cast: Any, at: datetime) -> None:
    for email in (
        parse_email("ana@ch\u00e2teau-fort.example"),
        "ana@xn--0.example",
        "ana@a.xn--chteau-fort-ueb.example",
    ):
        assert queries.doubts(requested(at, email=email)) == [Doubt.OTHER_LETTERS]
    assert queries.doubts(requested(at, email="ana@xnn--fort.example")) == []


def test_an_address_is_shown_as_mail_programs_show_it_and_with_nothing_invisible() -> None:
    assert resemblance.in_letters("ana@xn--canl-noa.example") == "ana@can\u00e4l.example"
    for same in ("ana@canal.example", "ana@xn--ab-g4t.example", "ana@xn--.example", "ana@xn--ib9b.example"):
        assert resemblance.in_letters(same) == same
