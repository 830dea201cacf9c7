"""Who works here: the central parties, repairers, sites, users and their roles. Shared tables."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from gardien.base import ids
from gardien.base.models import SharedRow

from .rules import PartyKind, UserState


class Address(models.Model):
    """A French postal address of an organisation."""

    street = models.CharField(max_length=76)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=38)
    email = models.EmailField()
    phone = models.CharField(max_length=16, help_text="E.164")

    class Meta:
        abstract = True


class CentralParty(SharedRow):
    """The network or the provider: one row each, named by the commitment."""

    kind = models.CharField(max_length=10, unique=True, choices=[(kind.value, kind.name) for kind in PartyKind])
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Repairer(SharedRow, Address):
    """An authorised repairer: a legal entity, controller of its customers' data. The tenant."""

    code = models.CharField(max_length=8, unique=True, help_text="stands in quote numbers")
    name = models.CharField(max_length=100)
    legal_form = models.CharField(max_length=60)
    capital = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="euros, where the form has one")
    siren = models.CharField(max_length=9, unique=True)
    vat_number = models.CharField(max_length=14)
    trade_register = models.CharField(max_length=60, help_text="its town")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Site(SharedRow, Address):
    """One establishment of a repairer: a filter inside the tenant, never the wall."""

    repairer = models.ForeignKey(Repairer, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=100)
    siret = models.CharField(max_length=14, unique=True)
    territory = models.CharField(max_length=20, default="metropolitan", help_text="of the VAT rates")
    quote_days = models.PositiveSmallIntegerField(default=30, help_text="validity of a quote, in days")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of this e-mail address."""
        return self.get(email__iexact=username)


class User(SharedRow, AbstractBaseUser):
    """A person with an account."""

    reference = models.CharField(max_length=10, unique=True)
    email = models.EmailField()
    first_name = models.CharField(max_length=38)
    last_name = models.CharField(max_length=38)
    state = models.CharField(max_length=10, default=UserState.ACTIVE.value)
    opened_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="network_user_email")]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **options: Any) -> None:
        """Give a new user a reference that is printed and never reused."""
        self.reference = self.reference or ids.reference("U")
        super().save(*args, **options)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Say whether the account may sign in."""
        return self.state == UserState.ACTIVE


class Membership(SharedRow):
    """A role of a user, at one site of a repairer or at a central party."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, help_text="a role of commitment/roles.yaml")
    site = models.ForeignKey(Site, models.PROTECT, null=True)
    central_party = models.ForeignKey(CentralParty, models.PROTECT, null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["from_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(site__isnull=True) ^ models.Q(central_party__isnull=True),
                name="network_membership_one_place",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "site", "central_party"],
                nulls_distinct=False,
                condition=models.Q(until_at__isnull=True),
                name="network_membership_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.reference} {self.role}"


class Throttle(SharedRow):
    """The failures of one account, user or network address to prove who they are: by a keyed digest, never in clear."""

    digest = models.CharField(max_length=64, unique=True, help_text="of the kind and what is counted")
    failed_at = ArrayField(models.DateTimeField(), default=list, help_text="those that still count, oldest first")
    in_a_row = models.PositiveSmallIntegerField(default=0, help_text="since the last success")
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:8]
