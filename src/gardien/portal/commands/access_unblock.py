"""`gardien access unblock`: the way back for who failed too often, or lost what proves who they are."""

import argparse

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.network import actions
from gardien.network.models import User
from gardien.portal import stack
from gardien.portal.config import Config

BY = Actor.program("unblock")


def run(options: argparse.Namespace, _: Config) -> int:
    """Forget the failures of an account, and with `--factor` its second factor; refuse an address nobody has."""
    user = User.objects.filter(email__iexact=options.email).first()
    if user is None:
        raise stack.RefusedError("No account has this e-mail address.")
    actions.unblock(user=user, by=BY, at=clock.now())
    if options.factor:
        actions.reset_second_factor(user=user, by=BY, at=clock.now())
    print(f"{user.reference} may sign in again.")
    return 0
