"""What every page shows: who acts, where, and which pages are theirs."""

from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gardien.commitment import roles
from gardien.network import queries as network


def page(request: Any) -> dict[str, object]:
    """Return the frame of a page; nothing personal but the user's own name."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {"is_demo": settings.GARDIEN_DEMO, "navigation": []}
    matrix = roles.matrix()
    entries = (
        ("home.view", "home", _("Home")),
        ("customers.record", "reading", _("New customer")),
        ("quotes.view", "quotes", _("Quotes")),
        ("catalogue.search", "tyres", _("Tyres")),
        ("catalogue.tariff", "tariff", _("Prices")),
        ("retention.calendar", "calendar", _("Due dates")),
        ("network.requests", "account_requests", _("Requests")),
        ("network.people", "people", _("People")),
        ("network.repairers", "repairers", _("Repairers")),
        ("catalogue.imports", "imports", _("Price lists")),
        ("catalogue.tiers", "brand_tiers", _("Brands")),
        ("clauses.view", "clauses", _("Clauses")),
        ("retention.users_calendar", "users_calendar", _("Due dates")),
        ("support.visit", "visits", _("Sites open to support")),
    )
    may = partial(matrix.allows, membership.role)
    return {
        "is_demo": settings.GARDIEN_DEMO,
        "needs_second_factor": network.needs_second_factor(request.memberships),
        "role_name": matrix.names[membership.role].get((get_language() or "fr")[:2], membership.role),
        "can_search": matrix.allows(membership.role, "customers.search"),
        "can_approve": matrix.allows(membership.role, "quotes.approve"),
        "can_accept_late": matrix.allows(membership.role, "quotes.accept_late"),
        "can_restrict": matrix.allows(membership.role, "standing.restrict"),
        "can_consult": may("archive.consult"),
        "can_manage": may("site.manage"),
        "support_access": request.support_access,
        "navigation": [
            {"url": reverse(name), "label": label, "is_here": reverse(name) == request.path}
            for action, name, label in entries
            if matrix.allows(membership.role, action)
        ],
    }
