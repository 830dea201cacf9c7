"""Pure decisions of the room: how plates, telephone numbers and addresses are read, kept and shown."""

from gardien.customers.rules.addresses import EmailRefused, PostcodeRefused, parse_email, parse_postcode
from gardien.customers.rules.phones import Phone, PhoneKind, PhoneRefused, parse_phone
from gardien.customers.rules.plates import Plate, PlateKind, PlateRefused, parse_plate
from gardien.customers.rules.tags import Tag

__all__ = [
    "EmailRefused",
    "Phone",
    "PhoneKind",
    "PhoneRefused",
    "Plate",
    "PlateKind",
    "PlateRefused",
    "PostcodeRefused",
    "Tag",
    "parse_email",
    "parse_phone",
    "parse_plate",
    "parse_postcode",
]
