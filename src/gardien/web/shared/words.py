"""What pages of several doors call the codes of lower rooms."""

from django.utils.translation import gettext_lazy

GROUNDS = {
    "billing": gettext_lazy("billing"),
    "warranty": gettext_lazy("warranty"),
    "dispute": gettext_lazy("dispute"),
    "custody": gettext_lazy("wheels in custody"),
}
"""Of `standing.rules.Ground`."""
