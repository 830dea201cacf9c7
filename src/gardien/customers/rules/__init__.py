"""Pure decisions of the room: how what is told is read, kept and shown, and when two records may be one person's."""

from gardien.customers.rules.addresses import EmailRefused, PostcodeRefused, parse_email, parse_postcode
from gardien.customers.rules.details import Details, VehicleDetails, columns, meet
from gardien.customers.rules.likeness import Reason, of_names
from gardien.customers.rules.merging import kept
from gardien.customers.rules.notes import LONGEST_NOTE, NoteRefused, parse_note
from gardien.customers.rules.phones import Phone, PhoneKind, PhoneRefused, kept_phone, parse_phone
from gardien.customers.rules.plates import Plate, PlateKind, PlateRefused, parse_plate
from gardien.customers.rules.postal import AddressRefused, address_lines, checked, name_lines, place_lines
from gardien.customers.rules.reach import Reached, reached
from gardien.customers.rules.siren import SirenRefused, parse_siren
from gardien.customers.rules.tags import Again, Tag

__all__ = [
    "LONGEST_NOTE",
    "AddressRefused",
    "Again",
    "Details",
    "EmailRefused",
    "NoteRefused",
    "Phone",
    "PhoneKind",
    "PhoneRefused",
    "Plate",
    "PlateKind",
    "PlateRefused",
    "PostcodeRefused",
    "Reached",
    "Reason",
    "SirenRefused",
    "Tag",
    "VehicleDetails",
    "address_lines",
    "checked",
    "columns",
    "kept",
    "kept_phone",
    "meet",
    "name_lines",
    "of_names",
    "parse_email",
    "parse_note",
    "parse_phone",
    "parse_plate",
    "parse_postcode",
    "parse_siren",
    "place_lines",
    "reached",
]
