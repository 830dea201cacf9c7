"""Where in France a customer lives, as coarse as their department."""

from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Left

_NOBODYS = ("00", "96", "99")
_SOUTH, _NORTH, _CORSICA = ("200", "201"), ("202", "203", "204", "205", "206"), ("20",)
_OVERSEAS = ("97", "98")


def department(customer: str = "") -> Case:
    """Return the expression of a customer's department, `customer` being the look-up that leads to them: `customer__`.

    The post's numbers tell it: two digits; three overseas (971, 988); of Corsica 2A where Ajaccio sorts (200, 201) and
    2B where Bastia does (202 to 206). Empty abroad, without a postcode, for the army's (00) and for those never given
    out.
    """
    code, country = f"{customer}postcode", f"{customer}country"

    def begins(*heads: str) -> Q:
        found = Q()
        for head in heads:
            found |= Q(**{f"{code}__startswith": head})
        return found

    return Case(
        When(~Q(**{country: "FR"}) | Q(**{code: ""}) | begins(*_NOBODYS), then=Value("")),
        When(begins(*_SOUTH), then=Value("2A")),
        When(begins(*_NORTH), then=Value("2B")),
        When(begins(*_CORSICA), then=Value("")),
        When(begins(*_OVERSEAS), then=Left(code, 3)),
        default=Left(code, 2),
        output_field=CharField(),
    )
