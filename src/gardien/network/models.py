"""Who works here: the central parties, repairers, sites, users and their roles. Shared tables."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from gardien.base import ids
from gardien.base.models import ControllerRow, SharedRow
from gardien.base.text import fold

from .rules import MOST_QUOTE_TEXT, MOST_SUPPORT_HOURS, PartyKind, RequestState, UserState


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
    services_ended_at = models.DateTimeField(null=True, help_text="of its notice: nobody works in the portal for it")

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
    quote_text = models.CharField(max_length=MOST_QUOTE_TEXT, blank=True, help_text="printed on each quote")
    most_discount = models.PositiveSmallIntegerField(
        null=True, help_text="per cent; beyond it a manager issues the quote; none: never"
    )

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
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    state = models.CharField(max_length=10, default=UserState.ACTIVE.value)
    opened_at = models.DateTimeField()
    session_stamp = models.UUIDField(default=ids.new, help_text="part of what sessions prove: a new one ends them all")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()
    secret_columns = frozenset({"password", "session_stamp"})

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="network_user_email"),
            models.CheckConstraint(condition=models.Q(state__in=sorted(UserState)), name="network_user_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **options: Any) -> None:
        """Give a new user a reference that is printed and never reused."""
        self.reference = self.reference or ids.reference("U")
        super().save(*args, **options)

    @property
    def sort_key(self) -> str:
        """Return what people are ordered by: the folded names, the last one first."""
        return fold(f"{self.last_name} {self.first_name}")

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Say whether the account may sign in."""
        return self.state == UserState.ACTIVE

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what each session must show on every request; a new password or stamp makes it another."""
        proven = f"{self.password}{self.session_stamp}"
        return salted_hmac("gardien.network.User", proven, secret=secret, algorithm="sha256").hexdigest()


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
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="network_membership_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.reference} {self.role}"


class AccountRequest(SharedRow):
    """A request for an account, or for a role more. It opens nothing: an account exists once it is approved."""

    reference = models.CharField(max_length=10, unique=True, help_text="the user's, if an account is opened for it")
    email = models.EmailField()
    first_name = models.CharField(max_length=38)
    last_name = models.CharField(max_length=38)
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    company = models.CharField(max_length=100, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, help_text="where a manager or the network wants a role")
    role = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=20, help_text="rules.Origin")
    state = models.CharField(max_length=10, default=RequestState.REQUESTED.value)
    refusal = models.CharField(max_length=20, blank=True, help_text="rules.Refusal")
    requested_at = models.DateTimeField()
    requested_by_id = models.UUIDField(null=True, help_text="none if the person asked")
    verified_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="requests")
    left_at = models.DateTimeField(
        null=True, help_text="since when its person has nothing here: asked and never confirmed, or refused"
    )

    class Meta:
        indexes = [models.Index(Lower("email"), "requested_at", name="network_request_email")]
        constraints = [
            models.CheckConstraint(
                name="network_request_decided",
                condition=models.Q(
                    state__in=("requested", "verified"), decided_at__isnull=True, decided_by_id__isnull=True
                )
                | models.Q(state__in=("approved", "refused"), decided_at__isnull=False, verified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="network_request_refusal",
                condition=models.Q(models.Q(state="refused"), ~models.Q(refusal=""))
                | models.Q(~models.Q(state="refused"), refusal=""),
            ),
            models.CheckConstraint(
                name="network_request_left",
                condition=models.Q(state__in=("requested", "refused"), left_at__isnull=False)
                | models.Q(state__in=("verified", "approved"), left_at__isnull=True),
            ),
            models.CheckConstraint(
                name="network_request_user",
                condition=models.Q(state="approved", user__isnull=False)
                | models.Q(~models.Q(state="approved"), user__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class SupportAccess(SharedRow):
    """That a site has let the provider's support in at its repairer, until an instant: none by default."""

    site = models.ForeignKey(Site, models.PROTECT)
    ticket = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, help_text="rules.SupportReason")
    opened_by_id = models.UUIDField(help_text="of the manager; the row outlives the account")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-from_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="network_support_time_boxed",
                condition=models.Q(until_at__gt=models.F("from_at"))
                & models.Q(until_at__lte=models.F("from_at") + timedelta(hours=MOST_SUPPORT_HOURS)),
            )
        ]

    def __str__(self) -> str:
        return self.ticket


class SupportRead(ControllerRow):
    """One page that support asked for while a site had let it in; the row lies behind the repairer's wall."""

    access = models.ForeignKey(SupportAccess, models.PROTECT, related_name="+")
    user_id = models.UUIDField(help_text="of who read; the row outlives the account")
    action = models.CharField(max_length=40, help_text="of commitment/roles.yaml")
    object_id = models.UUIDField(null=True, help_text="what the address named")
    read_at = models.DateTimeField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "-read_at"], name="network_support_read")]

    def __str__(self) -> str:
        return self.action


class Throttle(SharedRow):
    """The failures of one account, user or network address to prove who they are: by a keyed digest, never in clear."""

    digest = models.CharField(max_length=64, unique=True, help_text="of the kind and what is counted")
    failed_at = ArrayField(models.DateTimeField(), default=list, help_text="those that still count, oldest first")
    in_a_row = models.PositiveSmallIntegerField(default=0, help_text="since the last success")
    last_at = models.DateTimeField()

    secret_columns = frozenset({"id", "digest", "failed_at", "in_a_row", "last_at"})

    def __str__(self) -> str:
        return self.digest[:8]
