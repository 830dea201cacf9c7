"""What this room says of its tables: goods and prices, nobody's data."""

from gardien.commitment.registry import Declaration, NotPersonal

GOODS = "goods and prices of a supplier's list"
PRICES = "a repairer's own tariff, a business's and nobody's data"
PLACES = "where the network places brands, and dated amounts set by law or by those who collect them"

DECLARATION = Declaration(
    not_personal=(
        *(
            NotPersonal(f"catalogue.{model}", ("*",), GOODS)
            for model in ("PriceList", "QuarantinedLine", "Article", "Listing")
        ),
        *(NotPersonal(f"catalogue.{model}", ("*",), PRICES) for model in ("Service", "PriceRule")),
        *(NotPersonal(f"catalogue.{model}", ("*",), PLACES) for model in ("BrandTier", "EcoRate")),
    )
)
