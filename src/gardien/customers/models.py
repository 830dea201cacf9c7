"""The repairer's customers, their vehicles, and the tokens by which they are found."""

from django.db import models

from gardien.base.models import TenantForeignKey, TenantRow


class Customer(TenantRow):
    """A customer of one repairer: a person, or a company with the person who came."""

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
    street = models.CharField(max_length=76, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=38, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    mobile = models.CharField(max_length=16, blank=True, help_text="E.164")
    sort_key = models.CharField(max_length=200, db_collation="C", help_text="folded company, last and first name")
    told_at = models.DateTimeField(help_text="when the details were told at the counter")
    told_to_id = models.UUIDField(help_text="the user who took them")
    reading_id = models.UUIDField(help_text="the reading of the wording that came first")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference"], name="customers_customer_reference"),
            models.UniqueConstraint(fields=["tenant", "reading_id"], name="customers_customer_reading"),
            models.CheckConstraint(
                condition=models.Q(kind="person") | ~models.Q(company=""), name="customers_customer_company_named"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "sort_key", "id"], name="customers_customer_sort")]

    def __str__(self) -> str:
        return self.reference

    @property
    def display_name(self) -> str:
        """Return the name as it stands on letters."""
        person = f"{self.first_name} {self.last_name}".strip()
        return f"{self.company} ({person})" if self.company else person


class Vehicle(TenantRow):
    """A vehicle of a customer, known by its plate."""

    customer = TenantForeignKey(Customer, related_name="vehicles")
    plate = models.CharField(max_length=16, db_collation="C", help_text="canonical: capitals and digits only")
    plate_display = models.CharField(max_length=20)
    plate_kind = models.CharField(max_length=8)
    plate_country = models.CharField(max_length=2)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer", "plate_country", "plate"], name="customers_vehicle_plate"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class SearchToken(TenantRow):
    """One folded word, plate, phone, e-mail address or reference of a customer.

    Looked up by equality and by prefix as a range, the only operators for which an index serves under
    row-level security (performance.md, decision 2).
    """

    token = models.CharField(max_length=254, db_collation="C")
    customer = TenantForeignKey(Customer, related_name="tokens")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token", "customer"], name="customers_token_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
