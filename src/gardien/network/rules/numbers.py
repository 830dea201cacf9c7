"""Numbers by which the trade register knows a company and its establishments."""

from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number


class NotABusinessNumberError(ValueError):
    """A SIREN or SIRET has the wrong length or check digit."""


def business_number(siret: str) -> str:
    """Return a SIRET as fourteen digits; raise `NotABusinessNumberError`. La Poste's own rule is known.

    Luhn's rule checks the last digit; the establishments of La Poste (SIREN 356000000) but its first one have digits
    that add up to a multiple of five instead, as python-stdnum has it.
    """
    try:
        found: str = siret_number.validate(siret)
    except NumberError as error:
        raise NotABusinessNumberError from error
    return found
