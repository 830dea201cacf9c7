"""What this room says of customers: the eight categories, records derived from the service, and their clauses."""

from dataclasses import replace

from gardien.commitment.registry import (
    Activity,
    Declaration,
    Exempt,
    Holding,
    Keeper,
    NotPersonal,
    Occurrence,
    Proof,
    Replay,
    Root,
    Withdrawal,
)
from gardien.consent import actions as consent
from gardien.standing.rules import Event

from . import actions, queries
from .queries import intakes
from .rules import Again

ADDRESS = ("delivery", "building", "street", "locality", "postcode", "city", "country")
PLATE = ("plate", "plate_display", "plate_kind", "plate_country")


def _of(place: str, columns: tuple[str, ...], category: str, found_by: str = "reference") -> Holding:
    return Holding(place, columns, category, ("client.use.quote",), "client.retention.quotes", found_by)


def _draft(columns: tuple[str, ...], category: str) -> Holding:
    """Return what was typed of an intake that was never saved: nobody's record yet, so that it runs on its own."""
    return replace(_of("customers.IntakeDraft", columns, category, "reading_id"), dated_by="typed_at")


def _unheld(place: str, columns: tuple[str, ...], category: str, found_by: str = "customer.reference") -> Holding:
    """Return what no hold keeps: keys that spell other categories too, and remarks, which no ground needs."""
    return replace(_of(place, columns, category, found_by), is_archived=False)


DECLARATION = Declaration(
    holdings=(
        _of("customers.Customer", ("last_name",), "last_name"),
        _unheld("customers.Customer", ("sort_key",), "last_name", "reference"),
        _of("customers.Customer", ("first_name",), "first_name"),
        _of("customers.Customer", ADDRESS, "address"),
        _of("customers.Customer", ("email",), "email"),
        _of("customers.Customer", ("phone",), "phone"),
        _of("customers.Customer", ("mobile",), "mobile"),
        _of("customers.Customer", ("kind", "company"), "derived:company"),
        _of("customers.Customer", ("siren",), "derived:siren"),
        _of("customers.Customer", ("id", "reference", "merged_into_id"), "derived:reference"),
        _of("customers.Customer", ("told_at", "told_to_id", "reading_id"), "derived:proof"),
        _of("customers.Vehicle", PLATE, "plate", "customer.reference"),
        _of("customers.Vehicle", ("told_at", "parted_at"), "derived:proof", "customer.reference"),
        _of("customers.FormerPlate", PLATE, "plate", "vehicle.customer.reference"),
        _of(
            "customers.FormerPlate",
            ("id", "vehicle_id", "until_at"),
            "derived:reference",
            "vehicle.customer.reference",
        ),
        _unheld("customers.Note", ("text",), "derived:quote"),
        _of(
            "customers.Note",
            ("id", "customer_id", "note_key", "written_at", "written_by_id"),
            "derived:reference",
            "customer.reference",
        ),
        _of(
            "customers.Merge",
            ("id", "kept_id", "absorbed_id", "merged_at", "merged_by_id", "undone_at", "undone_by_id"),
            "derived:proof",
            "kept.reference",
        ),
        _draft(("sealed",), "address"),
        _draft(("id", "reading_id", "typed_at", "typed_by_id"), "derived:proof"),
        _of("customers.Vehicle", ("make", "model"), "derived:quote", "customer.reference"),
        _of("customers.Vehicle", ("id", "customer_id"), "derived:reference", "customer.reference"),
        _unheld("customers.SearchToken", ("token",), "derived:reference"),
        _unheld("customers.SearchToken", ("id", "customer_id"), "derived:reference"),
        _unheld("customers.SearchVariant", ("variant",), "last_name"),
        _unheld("customers.SearchVariant", ("id", "customer_id"), "derived:reference"),
    ),
    not_personal=tuple(
        NotPersonal(f"customers.{model}", ("tenant_id",), "names the repairer")
        for model in (
            *("Customer", "Vehicle", "FormerPlate", "Note", "Merge", "IntakeDraft"),
            *("SearchToken", "SearchVariant"),
        )
    ),
    roots=(Root("client", "customers.Customer", group="merged_into", parts=actions.part_again),),
    occurrences=(Occurrence("end_of_purpose", intakes.never_recorded),),
    activity=(Activity(Event.DETAILS_TOLD, actions.record),),
    withdrawals=(Withdrawal(("client.use.quote", "client.use.storage"), actions.end_use, actions.resume_use),),
    exempt=tuple(
        Exempt(action, "does again what was done while no restriction was in force, on a restored database")
        for action in (actions.rectify_again, actions.change_plate_again, actions.remove_notes_again)
    ),
    replays=(
        Replay(Again.RECTIFIED, actions.rectify_again),
        Replay(Again.PLATE_CHANGED, actions.change_plate_again),
        Replay(Again.NOTE_REMOVED, actions.remove_notes_again),
    ),
    keepers=(Keeper("client.collection", consent.record_reading),),
    proofs=(Proof("client.collection", queries.told_without_reading, is_scoped=True),),
)
