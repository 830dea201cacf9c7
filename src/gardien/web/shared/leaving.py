"""Ending a role or an account, or saying why the last one of its place cannot go."""

from collections.abc import Callable

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.network import actions

from .access import Request

LAST = {
    actions.LastManagerError: gettext_lazy(
        "Nobody else manages this site, and people still work there: give somebody the role first."
    ),
    actions.LastAdministratorError: gettext_lazy(
        "The network would be without an administrator: give somebody the role first."
    ),
    actions.NotInStateError: gettext_lazy("The account has changed meanwhile: look at it again."),
}


def attempt(request: Request, act: Callable[[], object]) -> None:
    """Do it and say so, or say why nothing was done."""
    try:
        act()
    except tuple(LAST) as refusal:
        messages.error(request, str(LAST[type(refusal)]))
    else:
        messages.success(request, _("Done: it holds from the next page on."))
