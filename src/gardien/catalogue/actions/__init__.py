"""Writing the catalogue: imports and their quarantine, the network's tables, a repairer's own prices."""

from .importing import import_tyres
from .mending import drop, mend, replay
from .pricing import (
    BrandUnknownError,
    ExtraRefusedError,
    NoSuchPriceError,
    PriceRefusedError,
    Sold,
    StepTakenError,
    Terms,
    end_price_rule,
    end_service,
    place_brand,
    set_eco_rate,
    set_price_rule,
    set_service,
)

__all__ = [
    "BrandUnknownError",
    "ExtraRefusedError",
    "NoSuchPriceError",
    "PriceRefusedError",
    "Sold",
    "StepTakenError",
    "Terms",
    "drop",
    "end_price_rule",
    "end_service",
    "import_tyres",
    "mend",
    "place_brand",
    "replay",
    "set_eco_rate",
    "set_price_rule",
    "set_service",
]
