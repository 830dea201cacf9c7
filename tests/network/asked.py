"""Requests for accounts and second people at a site, for the tests of this folder."""

from datetime import datetime
from typing import Any

from gardien.base.actor import Actor
from gardien.network import actions
from gardien.network.models import AccountRequest, User
from gardien.network.rules import Origin

BY = Actor.program("tests")
PASSWORD = "poulie bielle carter culasse 57"


def told(email: str = "ana.morin@tilleul.example", **values: Any) -> actions.Told:
    return actions.Told(**{"email": email, "first_name": "Ana", "last_name": "Morin", **values})


def requested(at: datetime, *, is_verified: bool = True, **values: Any) -> AccountRequest:
    found = actions.request_account(told=told(**values), origin=Origin.FORM, by=BY, at=at)
    return actions.verify(request_id=found.id, by=BY, at=at) if is_verified else found


def opened(email: str, at: datetime) -> User:
    names = {"first_name": "Ana", "last_name": "Morin"}
    return actions.open_user(email=email, **names, password=PASSWORD, by=BY, at=at)
