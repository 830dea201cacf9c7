"""A letter as the bytes that every attempt sends."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from gardien.base import text

from .rules import Letter

LONGEST_TITLE = 200
LONGEST_NAME = 120
LONGEST_TEXT = 10_000
LONGEST_ADDRESS = 254
_SEVEN_BITS = SMTP.clone(cte_type="7bit")


class NotAnAddressError(ValueError):
    """The recipient's address cannot be written to by SMTP; the address itself is not repeated."""


def envelope_address(address: str) -> str:
    """Return an e-mail address as SMTP takes it: ASCII, its domain in Punycode; raise `NotAnAddressError`.

    The part before the sign @ must be ASCII: what looks like it is another mailbox.
    """
    local, sign, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
        written = Address(username=local, domain=ascii_domain).addr_spec
    except (UnicodeError, ValueError, IndexError) as error:
        raise NotAnAddressError from error
    is_odd = any(character in written for character in " \t\r\n<>,;:\"'\\()[]")
    if not (local and sign and ascii_domain) or is_odd or not written.isascii() or len(written) > LONGEST_ADDRESS:
        raise NotAnAddressError
    return written


def message_id(identifier: UUID, portal_address: str) -> str:
    """Return the Message-ID of the message with this id."""
    return f"<{identifier.hex}@{portal_address.rpartition('@')[2]}>"


def compose(letter: Letter, identifier: UUID, portal_address: str, at: datetime) -> bytes:
    """Return the whole message, 7 bits wide, with CRLF; equal for equal arguments.

    Raises `base.text.Refused` for a title, name or text too long, `NotAnAddressError` for an address.
    """
    mail = EmailMessage(policy=_SEVEN_BITS)
    mail["From"] = Address(display_name=_header(letter.sender_name, LONGEST_NAME), addr_spec=portal_address)
    mail["To"] = Address(addr_spec=envelope_address(letter.recipient))
    if letter.reply_to:
        mail["Reply-To"] = Address(addr_spec=envelope_address(letter.reply_to))
    mail["Subject"] = _header(letter.title, LONGEST_TITLE)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(identifier, portal_address)
    body = text.clean(letter.text, max_length=LONGEST_TEXT, multiline=True)
    mail.set_content(f"{body}\n", cte="quoted-printable")
    if letter.attachment:
        kind, _, subkind = letter.attachment.media_type.partition("/")
        file_name = _header(letter.attachment.name, LONGEST_NAME)
        mail.add_attachment(letter.attachment.content, kind, subkind, filename=file_name)
        mail.set_boundary(f"gardien-{identifier.hex}")
    return mail.as_bytes()


def _header(typed: str, max_length: int) -> str:
    """Return a text for a header. The library reads encoded words in it, and would write the line ends they hold."""
    return text.clean(typed, max_length=max_length).replace("=?", "= ?")
