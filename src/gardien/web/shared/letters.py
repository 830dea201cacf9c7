"""Letters about accounts: composed by doors, for the network knows nothing of messages (docs/decisions/0022).

Each is called in the network's scope and returns whether the letter leaves: not where this installation sends no
mail, nor where the gate refuses, nor (`to_verify`) where enough were asked for.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import links, scope
from gardien.base.actor import Actor
from gardien.messaging import actions as messaging
from gardien.messaging import queries as outbox
from gardien.messaging import rules
from gardien.network import queries as network
from gardien.network.rules import PartyKind

from .account_forms import role_names

if TYPE_CHECKING:
    from gardien.network.models import AccountRequest, User

PURPOSE = "user.use.accounts"
VERIFY_HOURS = 24
PASSWORD_HOURS = 72
NOT_WRITTEN = gettext_lazy(
    "The request is recorded, but no letter leaves: enough were asked for within a day, or this portal sends none."
)


def to_verify(found: "AccountRequest", request: Any, *, by: Actor, at: datetime) -> bool:
    """Ask the bearer of a request's address to confirm it, by a link that is good for a day; not too often a day."""
    if not network.may_get_a_letter(found):
        return False
    link = links.Link(
        purpose=network.VERIFY,
        controller=scope.current(),
        object_id=found.id,
        sha256=network.request_digest(found),
        expires_at=at + timedelta(hours=VERIFY_HOURS),
    )
    text = _(
        "Hello,\n\nSomebody, you perhaps, asks for access to the repairers' portal with this address.\n\n"
        "To confirm that it is you: %(address)s\n\n"
        "The link is good for %(hours)d hours. If it was not you, do nothing: without it nothing happens.\n\n"
        "%(network)s\n"
    )
    facts = {"address": _address(request, "confirm_request", link), "hours": VERIFY_HOURS}
    letter = _letter(found.email, _("Confirm your address"), text, facts)
    return _send(found.reference, "account_request", found.id, link.sha256, letter, by, at)


def to_welcome(user: "User", request: Any, *, by: Actor, at: datetime) -> bool:
    """Tell a person that their account waits for a password, by a link that is good for three days and once."""
    link = links.Link(
        purpose=network.PASSWORD,
        controller=scope.current(),
        object_id=user.id,
        sha256=network.password_digest(user),
        expires_at=at + timedelta(hours=PASSWORD_HOURS),
    )
    text = _(
        "Hello,\n\nYour account is approved. Choose its password: %(address)s\n\n"
        "The link is good for %(hours)d hours, and once.\n\n%(network)s\n"
    )
    facts = {"address": _address(request, "choose_password", link), "hours": PASSWORD_HOURS}
    letter = _letter(user.email, _("Your account is approved"), text, facts)
    digest = hashlib.sha256(f"{link.sha256}{at.isoformat()}".encode()).hexdigest()
    return _send(user.reference, "account", user.id, digest, letter, by, at)


def to_renew(user: "User", address: str, *, by: Actor, at: datetime) -> bool:
    """Send the holder of an account the address where a forgotten password is replaced."""
    text = _(
        "Hello,\n\nSomebody, you perhaps, has forgotten the password of your account.\n\n"
        "Choose another one: %(address)s\n\n"
        "The link is good for one hour, and once. If it was not you, do nothing: your password stays as it is.\n\n"
        "%(network)s\n"
    )
    letter = _letter(user.email, _("Choose another password"), text, {"address": address})
    return _send(user.reference, "account", user.id, hashlib.sha256(address.encode()).hexdigest(), letter, by, at)


def to_tell(found: "AccountRequest", *, by: Actor, at: datetime) -> bool:
    """Tell a person what became of their request: a role more on their account, or a refusal."""
    if found.user:
        title, text = (
            _("Your account has a new role"),
            _("Hello,\n\nYour request is approved: sign in as usual, and choose the role.\n\n%(network)s\n"),
        )
    else:
        title, text = (
            _("Your request is refused"),
            _(
                "Hello,\n\nYour request for access is refused. Ask the manager of your site, or the network.\n\n"
                "%(network)s\n"
            ),
        )
    reference = found.user.reference if found.user else found.reference
    digest = hashlib.sha256(f"{found.id}{found.state}".encode()).hexdigest()
    return _send(reference, "account_request", found.id, digest, _letter(found.email, title, text, {}), by, at)


def to_managers(user: "User", role: str, place: Any, *, by: Actor, at: datetime) -> None:
    """Tell the managers of a site that the network gave somebody a role there; nobody where `place` is a party.

    No name stands in it: a letter to one person would outlast what is kept of the other.
    """
    text = _(
        "Hello,\n\nThe network has given somebody the role “%(role)s” at %(site)s: "
        "the page of your team says to whom.\n\n"
        "If you do not know why, end the role there, and ask the network.\n\n%(network)s\n"
    )
    for manager in network.managers_of(place, at):
        if manager.id == user.id:
            continue
        facts = {"role": dict(role_names("site"))[role], "site": place.name}
        letter = _letter(manager.email, _("A new role at your site"), text, facts)
        digest = hashlib.sha256(f"{user.id}{role}{place.id}{at.isoformat()}".encode()).hexdigest()
        _send(manager.reference, "account", user.id, digest, letter, by, at)


def _address(request: Any, name: str, link: links.Link) -> str:
    address: str = request.build_absolute_uri(reverse(name, args=[links.token(link)]))
    return address


def _letter(recipient: str, title: str, text: str, facts: Mapping[str, object]) -> rules.Letter:
    sender = network.central_party(PartyKind.NETWORK).name
    return rules.Letter(recipient=recipient, title=title, text=text % {**facts, "network": sender}, sender_name=sender)


def _send(
    subject: str, kind: str, identifier: UUID, digest: str, letter: rules.Letter, by: Actor, at: datetime
) -> bool:
    if not outbox.can_send():
        return False
    about = rules.About(
        subject=subject, purpose=PURPOSE, document_kind=kind, document_id=identifier, document_sha256=digest
    )
    message = messaging.prepare(about=about, letter=letter, by=by, at=at)
    return message.state != rules.State.REFUSED
