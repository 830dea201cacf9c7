"""What was offered: quotes, their lines, their numbers and the very document that was handed over."""

from decimal import Decimal

from django.db import models

from gardien.base.models import TenantForeignKey, TenantRow
from gardien.catalogue.models import Article
from gardien.customers.models import Customer, Vehicle
from gardien.network.models import Site

from .rules import money
from .rules.vocabulary import State


class Quote(TenantRow):
    """A quote: editable as a draft, frozen with its number once issued. Amounts in euros."""

    draft_key = models.UUIDField(help_text="of the form that opened it: sent twice, it opens one draft")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    customer = TenantForeignKey(Customer, related_name="quotes")
    vehicle = TenantForeignKey(Vehicle, related_name="quotes", null=True)
    mileage = models.PositiveIntegerField(null=True, help_text="km, as told or read")
    author_id = models.UUIDField(help_text="the user who wrote it")
    state = models.CharField(max_length=12, default=State.DRAFT.value)
    drafted_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="when the person accepted or refused it")
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
            models.UniqueConstraint(fields=["tenant", "year", "rank"], name="quotes_quote_rank"),
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
        indexes = [models.Index(fields=["tenant", "-drafted_at", "id"], name="quotes_quote_latest")]

    def __str__(self) -> str:
        return self.number or str(self.id)

    @property
    def is_draft(self) -> bool:
        """Say whether it may still be changed."""
        return self.state == State.DRAFT


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
    unit_ttc = models.DecimalField(max_digits=8, decimal_places=2)
    vat_rate = models.DecimalField(max_digits=4, decimal_places=2, help_text="per cent")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "line_key"], name="quotes_line_key"),
            models.UniqueConstraint(fields=["tenant", "quote", "position"], name="quotes_line_position"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="quotes_line_quantity"),
            models.CheckConstraint(condition=models.Q(unit_ttc__gte=0), name="quotes_line_price"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def figures(self) -> money.Line:
        """Return what the money rules need of the line."""
        return money.Line(quantity=self.quantity, unit_price=self.unit_ttc, rate=self.vat_rate)

    @property
    def total_ttc(self) -> Decimal:
        """Return the line's total in euros, to the cent."""
        return money.line_total(self.figures)


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
