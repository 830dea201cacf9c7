"""What was offered: quotes, their lines, their numbers and the very document that was handed over."""

from decimal import Decimal

from django.db import models

from gardien.base.models import TenantForeignKey, TenantRow
from gardien.catalogue.models import Article
from gardien.customers.models import Customer, Vehicle
from gardien.network.models import Site

from .rules import money
from .rules.vocabulary import MOST_OPTIONS, OPEN, State, option_letter


class Quote(TenantRow):
    """A quote: editable as a draft, frozen with its number once issued. Amounts in euros."""

    draft_key = models.UUIDField(help_text="of the form that opened it: sent twice, it opens one draft")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    customer = TenantForeignKey(Customer, related_name="quotes")
    vehicle = TenantForeignKey(Vehicle, related_name="quotes", null=True)
    mileage = models.PositiveIntegerField(null=True, help_text="km, as told or read")
    author_id = models.UUIDField(help_text="the user who wrote it")
    state = models.CharField(max_length=12, default=State.DRAFT.value)
    revises = TenantForeignKey(
        "self", related_name="revisions", null=True, help_text="the quote that this one replaces"
    )
    revision = models.PositiveSmallIntegerField(default=1)
    reused_parts = models.CharField(max_length=3, blank=True, help_text="vocabulary.ReusedParts, empty if not asked")
    drafted_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text="when it was first given to the mail, or handed over")
    answered_at = models.DateTimeField(null=True, help_text="when the person accepted or refused it")
    chosen_option = models.PositiveSmallIntegerField(null=True, help_text="of its options, the one accepted")
    refusal_reason = models.CharField(max_length=10, blank=True, help_text="vocabulary.RefusalReason")
    late_reason = models.CharField(max_length=200, blank=True, help_text="why it was accepted after its last day")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=20, blank=True, help_text="vocabulary.CancelReason")
    year = models.PositiveSmallIntegerField(null=True, help_text="of issue, in Paris")
    rank = models.PositiveIntegerField(null=True, help_text="from 1 per repairer and year")
    number = models.CharField(max_length=30, null=True)  # noqa: DJ001 -- unique, and a draft has none
    valid_until_date = models.DateField(null=True)
    rounding_policy = models.CharField(max_length=20, default=money.Policy.TTC_FIRST.value)
    total_ht = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    total_vat = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    total_ttc = models.DecimalField(max_digits=16, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "draft_key"], name="quotes_quote_draft_key"),
            models.UniqueConstraint(fields=["tenant", "number"], name="quotes_quote_number"),
            models.UniqueConstraint(fields=["tenant", "year", "rank", "revision"], name="quotes_quote_rank"),
            models.UniqueConstraint(fields=["tenant", "revises"], name="quotes_quote_revised_once"),
            models.CheckConstraint(
                condition=models.Q(revision=1, revises=None) | models.Q(revision__gt=1, revises__isnull=False),
                name="quotes_quote_revision",
            ),
            models.CheckConstraint(
                name="quotes_quote_issued_whole",
                condition=models.Q(
                    models.Q(state="draft", number__isnull=True, rank__isnull=True, issued_at__isnull=True)
                    | models.Q(
                        ~models.Q(state="draft"),
                        number__isnull=False,
                        year__isnull=False,
                        rank__isnull=False,
                        issued_at__isnull=False,
                        valid_until_date__isnull=False,
                        total_ttc__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="quotes_quote_answered",
                condition=models.Q(state__in=("accepted", "refused"), answered_at__isnull=False)
                | models.Q(~models.Q(state__in=("accepted", "refused")), answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="quotes_quote_cancelled",
                condition=models.Q(models.Q(state="cancelled", cancelled_at__isnull=False), ~models.Q(cancel_reason=""))
                | models.Q(~models.Q(state="cancelled"), cancelled_at__isnull=True, cancel_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-drafted_at", "id"], name="quotes_quote_latest"),
            models.Index(
                fields=["tenant", "valid_until_date", "id"],
                condition=models.Q(state__in=sorted(OPEN)),
                name="quotes_quote_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.id)

    @property
    def is_draft(self) -> bool:
        """Say whether it may still be changed."""
        return self.state == State.DRAFT

    @property
    def is_open(self) -> bool:
        """Say whether the person may still answer it."""
        return self.state in OPEN

    @property
    def chosen_letter(self) -> str:
        """Return how people call the option that was accepted, nothing if there was none."""
        return option_letter(self.chosen_option) if self.chosen_option else ""

    @property
    def policy(self) -> money.Policy:
        """Return how its amounts are told and rounded."""
        return money.Policy(self.rounding_policy)


class QuoteLine(TenantRow):
    """One line: what, how many, at which price all taxes included; a snapshot, not a link to a price."""

    class Kind(models.TextChoices):
        """What kind of thing is sold."""

        TYRE = "tyre"
        SERVICE = "service"

    quote = TenantForeignKey(Quote, related_name="lines")
    line_key = models.UUIDField(help_text="of the form that added it: sent twice, it adds one line")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    article = models.ForeignKey(Article, models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=6, decimal_places=2)
    option = models.PositiveSmallIntegerField(default=0, help_text="1 to 3: of that option; 0: of all")
    detail = models.CharField(max_length=200, blank=True, help_text="season, label and marks, as they were")
    family = models.CharField(max_length=10, blank=True, help_text="vocabulary.Family of a part, else empty")
    label_excuse = models.CharField(max_length=120, blank=True, help_text="why the tyre is quoted without its label")
    unit_price = models.DecimalField(
        max_digits=8, decimal_places=2, help_text="euros, as the quote's policy tells them"
    )
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0), help_text="euros off the line")
    vat_rate = models.DecimalField(max_digits=4, decimal_places=2, help_text="per cent")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "line_key"], name="quotes_line_key"),
            models.UniqueConstraint(fields=["tenant", "quote", "position"], name="quotes_line_position"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="quotes_line_quantity"),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0, discount__gte=0), name="quotes_line_price"),
            models.CheckConstraint(condition=models.Q(option__lte=MOST_OPTIONS), name="quotes_line_option"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def figures(self) -> money.Line:
        """Return what the money rules need of the line."""
        return money.Line(self.quantity, self.unit_price, self.vat_rate, self.discount)

    @property
    def letter(self) -> str:
        """Return how people call the line's option, nothing if all have it."""
        return option_letter(self.option) if self.option else ""

    @property
    def total(self) -> Decimal:
        """Return the line's total in euros to the cent, as the quote's policy tells it."""
        return money.line_total(self.figures)


class QuoteOption(TenantRow):
    """What one option of an issued quote comes to, with the lines that all options have."""

    quote = TenantForeignKey(Quote, related_name="options")
    option = models.PositiveSmallIntegerField(help_text="1 to 3")
    total_ht = models.DecimalField(max_digits=16, decimal_places=2)
    total_vat = models.DecimalField(max_digits=16, decimal_places=2)
    total_ttc = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        ordering = ["option"]
        constraints = [models.UniqueConstraint(fields=["tenant", "quote", "option"], name="quotes_option_once")]

    def __str__(self) -> str:
        return str(self.option)

    @property
    def letter(self) -> str:
        """Return how people call it: A, B or C."""
        return option_letter(self.option)


class Counter(TenantRow):
    """The last rank given to a quote of one repairer in one year; locked by the transaction that issues."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "year"], name="quotes_counter_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class QuoteDocument(TenantRow):
    """The PDF of an issued quote, sealed, with what it promised: it is never made again."""

    quote = TenantForeignKey(Quote, related_name="documents")
    sealed = models.BinaryField(help_text="the PDF under the envelope")
    sha256 = models.CharField(max_length=64, help_text="of the PDF")
    version = models.CharField(max_length=10, help_text="commitment version of the verso")
    verso_sha256 = models.CharField(max_length=64)
    replaced = models.CharField(max_length=200, blank=True, help_text="characters the fonts lack")
    made_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, help_text="when a job last opened it and found the same bytes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "quote"], name="quotes_document_once")]

    def __str__(self) -> str:
        return self.sha256
