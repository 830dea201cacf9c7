"""The repairer's customers, their vehicles, and the tokens by which they are found."""

from django.db import models

from gardien.base.models import TenantForeignKey, TenantRow, at_and_by

from . import rules


class Customer(TenantRow):
    """A customer of one repairer: a person, or a company with the person who came."""

    subject_field = "reference"

    class Kind(models.TextChoices):
        """What kind of customer."""

        PERSON = "person"
        COMPANY = "company"

    reference = models.CharField(max_length=10)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON)
    company = models.CharField(max_length=80, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    last_name = models.CharField(max_length=38)
    first_name = models.CharField(max_length=38, blank=True)
    delivery = models.CharField(max_length=38, blank=True, help_text="flat, floor, staircase")
    building = models.CharField(max_length=38, blank=True, help_text="residence, building, entrance")
    street = models.CharField(max_length=38, blank=True, help_text="number and street")
    locality = models.CharField(max_length=38, blank=True, help_text="hamlet or post-office box")
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=38, blank=True)
    country = models.CharField(max_length=2, default="FR", help_text="ISO 3166-1")
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    mobile = models.CharField(max_length=16, blank=True, help_text="E.164")
    sort_key = models.CharField(max_length=200, db_collation="C", help_text="folded company, last and first name")
    told_at = models.DateTimeField(help_text="when the details were told at the counter")
    told_to_id = models.UUIDField(help_text="the user who took them")
    reading_id = models.UUIDField(help_text="the reading of the wording that came first")
    merged_into = TenantForeignKey("self", related_name="absorbed", null=True, help_text="the record that was kept")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference"], name="customers_customer_reference"),
            models.UniqueConstraint(fields=["tenant", "reading_id"], name="customers_customer_reading"),
            models.CheckConstraint(
                condition=models.Q(kind="person") | ~models.Q(company=""), name="customers_customer_company_named"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="customers_customer_not_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "sort_key", "id"], name="customers_customer_sort"),
            models.Index(fields=["tenant", "siren"], name="customers_customer_siren"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def display_name(self) -> str:
        """Return the name as it stands on letters."""
        person = f"{self.first_name} {self.last_name}".strip()
        return f"{self.company} ({person})" if self.company else person

    @property
    def details(self) -> rules.Details:
        """Return what was told, as it stands now."""
        told = {name: getattr(self, name) for name in rules.Details.__dataclass_fields__}
        return rules.Details(**{**told, "phone": rules.kept_phone(self.phone), "mobile": rules.kept_phone(self.mobile)})

    @property
    def postal_lines(self) -> tuple[str, ...]:
        """Return the lines of a letter to this customer, the name first."""
        return rules.address_lines(self.details)


class Vehicle(TenantRow):
    """A vehicle of a customer, known by its plate.

    A car that changes owner is a row of each: theirs, and their clock's. One that comes back is one more row of theirs.
    """

    customer = TenantForeignKey(Customer, related_name="vehicles")
    plate = models.CharField(max_length=16, db_collation="C", help_text="canonical: capitals and digits only")
    plate_display = models.CharField(max_length=20)
    plate_kind = models.CharField(max_length=8)
    plate_country = models.CharField(max_length=2)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    told_at = models.DateTimeField(help_text="since when it is known as theirs")
    parted_at = models.DateTimeField(null=True, help_text="since when it is no longer theirs")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer", "plate_country", "plate"],
                condition=models.Q(parted_at=None),
                name="customers_vehicle_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "plate"], name="customers_vehicle_plate")]

    former_owners: list["Vehicle"]
    """Rows of others with this plate who parted with it; only `queries.vehicles` fills it in."""

    def __str__(self) -> str:
        return str(self.id)


class FormerPlate(TenantRow):
    """A plate that a vehicle bore before the one it bears now."""

    vehicle = TenantForeignKey(Vehicle, related_name="former_plates")
    plate = models.CharField(max_length=16, db_collation="C")
    plate_display = models.CharField(max_length=20)
    plate_kind = models.CharField(max_length=8)
    plate_country = models.CharField(max_length=2)
    until_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Note(TenantRow):
    """A short remark that helps to serve the customer."""

    customer = TenantForeignKey(Customer, related_name="notes")
    note_key = models.UUIDField(help_text="of the form that wrote it: sent twice, it writes one note")
    text = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    written_by_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "note_key"], name="customers_note_key")]

    def __str__(self) -> str:
        return str(self.id)


class Merge(TenantRow):
    """That two records are one person's: `absorbed` points to `kept` until it is undone."""

    kept = TenantForeignKey(Customer, related_name="merges")
    absorbed = TenantForeignKey(Customer, related_name="merges_away")
    merged_at = models.DateTimeField()
    merged_by_id = models.UUIDField()
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "absorbed"], condition=models.Q(undone_at=None), name="customers_merge_one"
            ),
            models.CheckConstraint(condition=at_and_by("undone"), name="customers_merge_undone"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class IntakeDraft(TenantRow):
    """What was typed of an intake that is not saved yet, sealed: it survives a closed tab and an ended session."""

    reading_id = models.UUIDField()
    sealed = models.BinaryField(help_text="the form's fields as JSON under the envelope")
    typed_at = models.DateTimeField()
    typed_by_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "reading_id"], name="customers_intake_draft_once")]

    def __str__(self) -> str:
        return str(self.id)


class SearchToken(TenantRow):
    """One word, plate, phone, e-mail address or reference by which a customer is found (`rules.tokens`).

    Looked up by equality and by prefix as a range, the only operators for which an index serves under
    row-level security (performance.md, decision 2). The tokens of a merged group stand under the record that is kept.
    """

    token = models.CharField(max_length=254, db_collation="C")
    customer = TenantForeignKey(Customer, related_name="tokens", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token", "customer"], name="customers_token_once"),
        ]
        indexes = [models.Index(fields=["tenant", "customer", "token"], name="customers_token_customer")]

    def __str__(self) -> str:
        return str(self.id)


class SearchVariant(TenantRow):
    """A word of a customer's name, whole or without one of its letters: by them it is found in spite of a slip.

    Looked up by equality, and only when `SearchToken` finds nobody.
    """

    variant = models.CharField(max_length=30, db_collation="C")
    customer = TenantForeignKey(Customer, related_name="variants", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "variant", "customer"], name="customers_variant_once"),
        ]
        indexes = [models.Index(fields=["tenant", "customer", "variant"], name="customers_variant_customer")]

    def __str__(self) -> str:
        return str(self.id)
