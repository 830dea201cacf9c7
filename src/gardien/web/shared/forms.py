"""Fields that read what people type by the rooms' rules, and keep it when it is refused.

Texts have no `maxlength`: a browser would cut what is pasted without a word, and counts an emoji as two.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import text as base_text

MAX_TYPED = 4_000
MAX_AMOUNT_TYPED = 40
NOT_LISTED = {"invalid_choice": gettext_lazy("Choose one of the list.")}

_AMOUNT = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)


class ReadField(forms.CharField):
    """A text read by `read`, a rule that returns a value or raises `base.text.Refused`."""

    def __init__(self, read: Callable[[str], Any], *, empty: Any, **options: Any) -> None:
        super().__init__(strip=True, empty_value="", **options)
        self.read, self.empty, self.longest = read, empty, MAX_TYPED

    def to_python(self, value: Any) -> str:
        """Take the text as it came; a text longer than any field is refused before anything reads it."""
        typed = str(value or "")
        if len(typed) > MAX_TYPED:
            raise ValidationError(
                _("This is too long: shorten it to %(max_length)d characters.") % {"max_length": self.longest}
            )
        return typed.replace("\x00", "").strip()

    def clean(self, value: Any) -> Any:
        """Return what the rule reads in the text, `empty` for no text, or refuse with the rule's sentence."""
        typed = super().clean(value)
        if not typed:
            return self.empty
        try:
            return self.read(typed)
        except base_text.Refused as refused:
            raise ValidationError(_(refused.msgid) % refused.params, code=refused.code) from None


class TextField(ReadField):
    """One line of plain text of at most `length` characters."""

    def __init__(self, length: int, **options: Any) -> None:
        super().__init__(lambda typed: base_text.clean(typed, max_length=length), empty="", **options)
        self.longest = length


class AmountField(forms.DecimalField):
    """An amount or a quantity with at most two decimals, comma or point, thousands apart or not."""

    default_error_messages = {"invalid": gettext_lazy("Type a number, such as 129,90.")}

    def __init__(self, most: Decimal, least: Decimal, **options: Any) -> None:
        super().__init__(max_value=most, min_value=least, decimal_places=2, max_digits=12, **options)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.widget.is_localized = True

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read French and plain notations; refuse any other sign: a minus, letters and exponents included."""
        typed = str(value or "")
        if len(typed) > MAX_AMOUNT_TYPED:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        typed = "".join(typed.split()).removesuffix("€").replace(",", ".")
        if not typed:
            return None
        if not _AMOUNT.fullmatch(typed):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(typed)
