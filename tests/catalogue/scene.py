"""All that the catalogue can write, in plain actions."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.catalogue import actions, queries
from gardien.catalogue.actions import Sold, Terms
from gardien.catalogue.models import PriceList, QuarantinedLine
from gardien.catalogue.rules.pricing import Extra, Tier
from gardien.network import queries as network


def tended(at: datetime, adviser: Any) -> QuarantinedLine:
    """Mend, give up and replay lines of the last import, place a brand, set prices of the adviser's repairer and end some.

    Return a line that still waits.
    """
    by = Actor.program("scene")
    found = PriceList.objects.latest("imported_at")
    lines = list(queries.quarantine(found))
    told = {**lines[0].values, "ean": "", "source_id": "MENDED"}
    actions.mend(line_id=lines[0].id, values=told, by=by, at=at)
    actions.drop(line_id=lines[1].id, by=by, at=at)
    actions.replay(price_list_id=found.id, currency=None, by=by, at=at)
    actions.place_brand(brand="Kestrane", tier=Tier.QUALITY, by=by, at=at)
    actions.set_eco_rate(tyre_class="C1", from_date=clock.legal_day(at), amount_ttc=Decimal("1.50"), by=by, at=at)
    with scope.entered(network.controller(adviser)):
        fitting = Sold("Montage", Decimal("29.00"), Decimal("20.00"), Extra.FITTING, Decimal(22))
        actions.set_service(service_id=None, sold=fitting, by=by, at=at)
        ended = actions.set_service(
            service_id=None, sold=Sold("Géométrie", Decimal("89.00"), Decimal("20.00")), by=by, at=at
        )
        actions.end_service(service_id=ended.id, by=by, at=at)
        rules = [
            actions.set_price_rule(
                rule_id=None, priority=rank, percent=Decimal("5.00"), terms=Terms(oe_mark="J"), by=by, at=at
            )
            for rank in (1, 2)
        ]
        actions.end_price_rule(rule_id=rules[1].id, by=by, at=at)
    return queries.quarantine(found).filter(state="waiting")[0]
