"""What this room says of its tables: goods and prices, nobody's data."""

from gardien.commitment.registry import Declaration, NotPersonal

GOODS = "goods and prices of a supplier's list"

DECLARATION = Declaration(
    not_personal=tuple(
        NotPersonal(f"catalogue.{model}", ("*",), GOODS) for model in ("PriceList", "QuarantinedLine", "Article")
    )
)
