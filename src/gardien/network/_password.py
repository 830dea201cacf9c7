"""The password rule, as Django asks for it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .rules import password_bits


class EntropyValidator:
    """Refuses a password below a number of bits, 80 where nothing else protects the account (CNIL 2022-100)."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def validate(self, password: str, user: object = None) -> None:
        """Raise Django's `ValidationError` with what to do next."""
        del user
        if password_bits(password) < self.bits:
            raise ValidationError(self.get_help_text(), code="password_too_weak")

    def get_help_text(self) -> str:
        """Return what a good password is."""
        return _(
            "Choose a longer password: about 14 characters with capitals and digits, or a sentence of seven words."
        )
