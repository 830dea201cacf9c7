"""By which channels the network and its partners may make one offers, and one's objection to each."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.commitment.policy import Version
from gardien.consent import actions as consent
from gardien.consent import queries as agreed
from gardien.consent.rules import Channel, How, Sender
from gardien.web.shared import reading
from gardien.web.shared.access import Request, actor, page, users_data

SENDERS = {
    Sender.CONTROLLER: gettext_lazy("Offers of the network"),
    Sender.PARTNERS: gettext_lazy("Offers of its partners"),
}
CHANNELS = {
    Channel.EMAIL: gettext_lazy("by e-mail"),
    Channel.POST: gettext_lazy("by post"),
    Channel.PHONE: gettext_lazy("by telephone"),
    Channel.SMS: gettext_lazy("by text message"),
}


@dataclass(frozen=True)
class Offer:
    """Offers of one sender by one channel; `state` is `objected`, `allowed`, `asks` (for consent) or `no_address`."""

    channel: Channel
    sender: Sender
    state: str

    @property
    def name(self) -> str:
        """Return whose offers these are, by what."""
        return f"{SENDERS[self.sender]} – {CHANNELS[self.channel]}"


def of(request: Request) -> list[Offer]:
    """Return the offers that the version in force has for users; call in the network's scope."""
    version = reading.version()
    return [Offer(channel, sender, _state(request, version, channel, sender)) for channel, sender in offered(version)]


def offered(version: Version) -> list[tuple[Channel, Sender]]:
    """Return by which channels a version lets whom make offers to users."""
    clauses = [clause for id_, clause in version.clauses.items() if id_.startswith("user.messages.")]
    listed = [
        (channel, sender)
        for channel in CHANNELS
        for sender in SENDERS
        for clause in clauses
        if clause.content == "offers" and f"by_{channel}" in clause.channels and sender in clause.senders
    ]
    return list(dict.fromkeys(listed))


@page("account.view", "POST")
@users_data
def object_(request: Request) -> HttpResponse:
    """Object to a sender's offers by one channel."""
    channel, _sep, sender = request.POST.get("offer", "").partition(":")
    try:
        told = Channel(channel), Sender(sender)
    except ValueError as error:
        raise BadRequest from error
    address = _address(request, told[0])
    if told not in offered(reading.version()) or not address:
        raise BadRequest
    consent.object_(channel=told[0], address=address, sender=told[1], how=How.FORM, by=actor(request), at=clock.now())
    messages.success(request, _("Your objection is recorded: no such offer reaches you by this channel any more."))
    return redirect("account")


def _state(request: Request, version: Version, channel: Channel, sender: Sender) -> str:
    address = _address(request, channel)
    if not address:
        return "no_address"
    if agreed.has_objected(channel, address, sender):
        return "objected"
    clause = version.clauses.get(f"user.messages.{channel}")
    return "asks" if clause and clause.permission == "opt_in" else "allowed"


def _address(request: Request, channel: Channel) -> str:
    """Return where this account is reached by a channel; no account has a postal address."""
    held = {Channel.EMAIL: request.user.email, Channel.PHONE: request.user.phone, Channel.SMS: request.user.phone}
    return held.get(channel, "")
