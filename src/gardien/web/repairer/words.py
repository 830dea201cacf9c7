"""What the card calls the events, ways, channels and reasons that other rooms keep as codes."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy

from gardien.commitment import roles
from gardien.network.queries import Colleague
from gardien.web.shared.words import GROUNDS

EVENTS = {
    "details_told": gettext_lazy("details told at the counter"),
    "quote_issued": gettext_lazy("quote issued"),
    "quote_accepted": gettext_lazy("quote accepted"),
    "quote_refused": gettext_lazy("quote refused"),
    "ordered": gettext_lazy("order from a quote"),
    "storage_started": gettext_lazy("storage started"),
    "storage_renewed": gettext_lazy("storage renewed"),
    "wheels_in": gettext_lazy("wheels taken in"),
    "wheels_out": gettext_lazy("wheels given back"),
    "appointment_kept": gettext_lazy("appointment kept"),
    "rights_request_received": gettext_lazy("request about their data received"),
}
"""Of `standing.rules.Event`, those of customers."""

WAYS = {
    "oral": gettext_lazy("orally"),
    "form": gettext_lazy("by a form"),
    "link": gettext_lazy("by a link"),
    "stop": gettext_lazy("by the word STOP"),
    "post": gettext_lazy("by letter"),
    "counter": gettext_lazy("at the counter"),
}
"""Of `consent.rules.How`."""

CHANNELS = {
    "email": gettext_lazy("E-mail"),
    "sms": gettext_lazy("SMS"),
    "post": gettext_lazy("Post"),
    "phone": gettext_lazy("Phone"),
}
"""Of `consent.rules.Channel`, those by which an offer can be sent."""

ENDINGS = {
    "consent_withdrawn": gettext_lazy("consent withdrawn"),
    "objection": gettext_lazy("objection"),
    "end_of_services": gettext_lazy("end of services"),
}
"""Of `standing.rules.EndReason`."""

MOTIVES = {**GROUNDS, "rights_request": gettext_lazy("request about their data")}
"""Of `standing.rules.Motive`."""

REFUSED = {
    "price": gettext_lazy("the price"),
    "elsewhere": gettext_lazy("went elsewhere"),
    "delay": gettext_lazy("too long to wait"),
    "postponed": gettext_lazy("later"),
    "other": gettext_lazy("another reason"),
}
"""Of `quotes.rules.vocabulary.RefusalReason`."""

CANCELLED = {
    "consent_withdrawn": gettext_lazy("the customer withdrew their consent"),
    "mistake": gettext_lazy("issued by mistake"),
}
"""Of `quotes.rules.vocabulary.CancelReason`."""

REASONS = {
    "same_plate": gettext_lazy("same plate"),
    "same_phone": gettext_lazy("same phone"),
    "same_email": gettext_lazy("same e-mail"),
    "same_siren": gettext_lazy("same SIREN"),
    "same_name": gettext_lazy("same name"),
    "near_name": gettext_lazy("similar name"),
    "former_plate": gettext_lazy("had this plate"),
}
"""Of `customers.rules.Reason`."""

ENDED = {
    "client.use.quote": gettext_lazy(
        "The consent to quotes is withdrawn: their drafts are deleted and their open quotes cancelled."
    ),
    "client.use.storage": gettext_lazy("The consent to storage is withdrawn."),
    "client.phone-prospecting": gettext_lazy("The consent to sales calls is withdrawn: nobody calls to sell any more."),
    "": gettext_lazy("The consent is withdrawn."),
}
"""What a withdrawal did, by purpose; empty for any other."""

PLACES = {
    "customers.Customer": gettext_lazy("Customer"),
    "customers.Vehicle": gettext_lazy("Vehicle"),
    "customers.FormerPlate": gettext_lazy("Former plate"),
    "quotes.Quote": gettext_lazy("Quote"),
    "quotes.QuoteLine": gettext_lazy("Line"),
    "quotes.QuoteOption": gettext_lazy("Offer"),
    "quotes.QuoteDocument": gettext_lazy("Paper"),
    "network.User": gettext_lazy("User"),
    "network.Membership": gettext_lazy("Role"),
}
"""Of the places that the archive keeps columns of, those that people know."""

COLUMNS = {
    "last_name": gettext_lazy("Last name"),
    "first_name": gettext_lazy("First name"),
    "company": gettext_lazy("Company"),
    "siren": gettext_lazy("SIREN"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Landline"),
    "mobile": gettext_lazy("Mobile phone"),
    "street": gettext_lazy("Number and street"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("Town"),
    "delivery": gettext_lazy("Flat, floor, staircase"),
    "building": gettext_lazy("Residence, building, entrance"),
    "locality": gettext_lazy("Hamlet or PO box"),
    "country": gettext_lazy("Country"),
    "plate_display": gettext_lazy("Number plate"),
    "make": gettext_lazy("Make"),
    "model": gettext_lazy("Model"),
    "mileage": gettext_lazy("Mileage"),
    "number": gettext_lazy("Number"),
    "label": gettext_lazy("Label"),
    "quantity": gettext_lazy("Quantity"),
    "total_ht": gettext_lazy("Total without VAT"),
    "total_vat": gettext_lazy("VAT"),
    "total_ttc": gettext_lazy("Total with VAT"),
    "reference": gettext_lazy("Reference"),
}
"""Of the columns that the archive keeps, those that people know."""

Staff = Mapping[UUID, Colleague]


def by_whom(staff: Staff, user_id: UUID | None) -> str:
    """Return who did something as colleagues know them, `L. E. (Conseiller comptoir)`; empty for a program."""
    colleague = staff.get(user_id) if user_id else None
    if colleague is None:
        return ""
    return f"{colleague.initials} ({roles.matrix().names[colleague.role][get_language() or 'fr']})"
