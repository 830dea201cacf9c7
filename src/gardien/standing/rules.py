"""The closed lists of the room: the events that move a clock, what ends one, the grounds that hold a record."""

from enum import StrEnum
from typing import Final

from gardien.journal import rules as journal


class Event(StrEnum):
    """What moves a person's clock, and nothing else does (mission.md, fixed vocabularies).

    Row changes, imports, scripts, opened mails, reminders sent and missed appointments are none.
    """

    DETAILS_TOLD = "details_told"
    QUOTE_ISSUED = "quote_issued"
    QUOTE_ACCEPTED = "quote_accepted"
    QUOTE_REFUSED = "quote_refused"
    ORDERED = "ordered"
    STORAGE_STARTED = "storage_started"
    STORAGE_RENEWED = "storage_renewed"
    WHEELS_IN = "wheels_in"
    WHEELS_OUT = "wheels_out"
    APPOINTMENT_KEPT = "appointment_kept"
    RIGHTS_REQUEST_RECEIVED = "rights_request_received"
    ACCOUNT_OPENED = "account_opened"
    SIGNED_IN = "signed_in"
    ORDER_SENT = "order_sent"


BEGINS: Final = {
    Event.QUOTE_ISSUED: "client.use.quote",
    Event.STORAGE_STARTED: "client.use.storage",
    Event.STORAGE_RENEWED: "client.use.storage",
}
"""Of the events, those by which a purpose that was over goes on: the person asked for what it serves."""


BEGINS_ALL: Final = Event.DETAILS_TOLD
"""The event by which every purpose goes on: the person told their details anew."""


class EndReason(StrEnum):
    """What ends a clock at once; it never moves one."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    END_OF_SERVICES = "end_of_services"


class Ground(StrEnum):
    """Why a record may stay after its time: the commitment's derogations, and wheels that are still in custody."""

    BILLING = "billing"
    WARRANTY = "warranty"
    DISPUTE = "dispute"
    CUSTODY = "custody"


LONGEST_HOLD_YEARS: Final = 20
"""How far the last day of a hold may lie ahead: no action outlasts twenty years from the birth of its right (Code
civil, article 2232), so that a later day would keep for ever under the name of a ground."""


class Motive(StrEnum):
    """Why the archive is opened: what the holds were for, or a right of the person's."""

    BILLING = "billing"
    WARRANTY = "warranty"
    DISPUTE = "dispute"
    CUSTODY = "custody"
    RIGHTS_REQUEST = "rights_request"


class Again(StrEnum):
    """What is done again after a restore (`base.ledger`)."""

    HELD = "standing.held"
    RELEASED = "standing.released"


class Tag(journal.Tag):
    """What this room tells the journal."""

    RESTRICTED = "standing:restriction:placed"
    LIFT_ANNOUNCED = "standing:restriction:lift_announced"
    LIFTED = "standing:restriction:lifted"
    HELD = "standing:hold:placed"
    RELEASED = "standing:hold:released"
    CONSULTED = "standing:archive:consulted"
