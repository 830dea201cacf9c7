"""What can be sold: articles of imported price lists, written by imports only, and each repairer's own prices.

`Service` and `PriceRule` are a repairer's, all others are shared.
"""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gardien.base.models import SharedRow, TenantRow

from .rules import pricing
from .rules.label import LabelStatus


class PriceList(SharedRow):
    """One import of one file, with what became of its lines so far: mending moves a line out of quarantine."""

    file_name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, help_text="of the file")
    supplier = models.CharField(max_length=60, help_text="whose article ids these are")
    currency = models.CharField(max_length=3, blank=True, help_text="of amounts without sign or column")
    imported_at = models.DateTimeField()
    read = models.PositiveIntegerField()
    imported = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()

    class Meta:
        ordering = ["-imported_at"]
        constraints = [
            models.CheckConstraint(
                name="catalogue_list_nothing_lost",
                condition=models.Q(
                    read=models.F("imported") + models.F("updated") + models.F("unchanged") + models.F("quarantined")
                ),
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class QuarantinedLine(SharedRow):
    """A line of a price list that was not imported, with the reason, its cells by field, and what became of it."""

    class State(models.TextChoices):
        """Waiting lines and dropped ones count as quarantined, mended ones as what they became."""

        WAITING = "waiting"
        MENDED = "mended"
        DROPPED = "dropped"

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="quarantine")
    line = models.PositiveIntegerField(help_text="1 is the header")
    reason = models.CharField(max_length=40, help_text="a code of rules.Reason")
    parameters = models.JSONField(default=dict)
    values = models.JSONField(default=dict, help_text="cells by field, empty ones left out")
    text = models.CharField(max_length=400, blank=True, help_text="the line, as it stood")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    settled_at = models.DateTimeField(null=True, help_text="when it was mended or dropped")

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "line"], name="catalogue_quarantine_line"),
            models.CheckConstraint(
                name="catalogue_quarantine_settled",
                condition=models.Q(state="waiting", settled_at__isnull=True)
                | models.Q(~models.Q(state="waiting"), settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class Article(SharedRow):
    """A tyre: one row per EAN, or per supplier and id where no EAN is known.

    Its facts are those of the supplier who first described it; others only fill what is empty. `supplier`, `source_id`,
    `price`, `currency`, `price_list`, `lifecycle`, `valid_from_date` and `eco_fee` are those of the listing in front:
    in euros before others, then the cheapest.
    """

    ean = models.CharField(max_length=14, blank=True)
    described_by = models.CharField(max_length=60, help_text="the supplier whose facts these are")
    brand = models.CharField(max_length=200)
    brand_key = models.CharField(max_length=200, db_collation="C", help_text="the brand, folded")
    pattern = models.CharField(max_length=200, blank=True)
    designation = models.CharField(max_length=200)
    words_key = models.TextField(db_collation="C", help_text="brand, pattern and designation, folded")
    season = models.CharField(max_length=10, blank=True)
    size_key = models.CharField(max_length=20, db_collation="C", help_text="such as 205/55R16")
    rim_inch = models.DecimalField(max_digits=3, decimal_places=1)
    load_index = models.PositiveSmallIntegerField(null=True)
    load_index_twin = models.PositiveSmallIntegerField(null=True)
    speed_symbol = models.CharField(max_length=2, blank=True)
    speed_kmh = models.PositiveSmallIntegerField(default=0, help_text="what the symbol allows; 0 without one")
    load_version = models.CharField(max_length=2, blank=True)
    is_run_flat = models.BooleanField(default=False)
    run_flat_text = models.CharField(max_length=60, blank=True, help_text="as the supplier writes it")
    has_mud_snow_mark = models.BooleanField(default=False)
    oe_marks = ArrayField(models.CharField(max_length=6), default=list)
    tyre_class = models.CharField(max_length=2, default="C1")
    fuel_efficiency = models.CharField(max_length=1, blank=True)
    wet_grip = models.CharField(max_length=1, blank=True)
    noise_class = models.CharField(max_length=1, blank=True)
    noise_db = models.PositiveSmallIntegerField(null=True)
    has_snow_grip = models.BooleanField(default=False, help_text="3PMSF")
    has_ice_grip = models.BooleanField(default=False)
    regulation = models.CharField(max_length=10, blank=True)
    label_status = models.CharField(max_length=7, default=LabelStatus.MISSING.value)
    label_exemption = models.CharField(max_length=12, blank=True, help_text="a code of rules.label.Exemption")
    eprel_id = models.CharField(max_length=12, blank=True)
    supplier = models.CharField(max_length=60)
    source_id = models.CharField(max_length=200, help_text="the supplier's id")
    price = models.DecimalField(max_digits=8, decimal_places=2, help_text="per tyre, all taxes included")
    currency = models.CharField(max_length=3)
    lifecycle = models.CharField(max_length=11, blank=True)
    valid_from_date = models.DateField(null=True)
    eco_fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, help_text="euros per tyre, VAT included")
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="articles")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ean"], condition=~models.Q(ean=""), name="catalogue_article_ean"),
            models.CheckConstraint(
                name="catalogue_article_label",
                condition=models.Q(label_status="exempt", label_exemption__gt="")
                | models.Q(~models.Q(label_status="exempt"), label_exemption=""),
            ),
        ]
        indexes = [models.Index(fields=["size_key", "price", "id"], name="catalogue_article_size")]

    def __str__(self) -> str:
        return f"{self.brand} {self.pattern} {self.designation}"


class Listing(SharedRow):
    """What one supplier asks for an article, under the supplier's own id."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="listings")
    supplier = models.CharField(max_length=60)
    source_id = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=8, decimal_places=2, help_text="per tyre, all taxes included")
    currency = models.CharField(max_length=3)
    lifecycle = models.CharField(max_length=11, blank=True)
    valid_from_date = models.DateField(null=True)
    eco_fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, help_text="euros per tyre, VAT included")
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="+", help_text="where it was last seen")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "source_id"], name="catalogue_listing_source")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.source_id}"


class BrandTier(SharedRow):
    """Where the network places a brand. A brand without a row has no tier."""

    brand_key = models.CharField(max_length=200, unique=True, db_collation="C", help_text="the brand, folded")
    tier = models.CharField(max_length=8, choices=[(tier.value, tier.name) for tier in pricing.Tier])

    def __str__(self) -> str:
        return f"{self.brand_key}: {self.tier}"


class EcoRate(SharedRow):
    """The eco-contribution of a class of tyres from a day on, until a later row of that class."""

    tyre_class = models.CharField(max_length=2)
    from_date = models.DateField()
    amount_ttc = models.DecimalField(max_digits=8, decimal_places=2, help_text="euros per tyre, VAT included")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tyre_class", "from_date"], name="catalogue_eco_rate_day"),
            models.CheckConstraint(condition=models.Q(amount_ttc__gte=0), name="catalogue_eco_rate_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.tyre_class} {self.from_date}"


class Service(TenantRow):
    """Something a repairer sells beside tyres, at its own price.

    With `extra` it is a part of the fitted price, per tyre, from a rim on; without, it stands for itself.
    """

    label = models.CharField(max_length=200)
    extra = models.CharField(max_length=10, blank=True, help_text="fitting, balancing or valve, else empty")
    rim_from_inch = models.DecimalField(max_digits=3, decimal_places=1, default=Decimal(0))
    unit_ttc = models.DecimalField(max_digits=8, decimal_places=2, help_text="euros, VAT included")
    vat_rate = models.DecimalField(max_digits=4, decimal_places=2, help_text="per cent")

    class Meta:
        ordering = ["extra", "rim_from_inch", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "extra", "rim_from_inch"],
                condition=~models.Q(extra=""),
                name="catalogue_service_step",
            ),
            models.CheckConstraint(
                condition=models.Q(extra__in=("", "fitting", "balancing", "valve")), name="catalogue_service_extra"
            ),
            models.CheckConstraint(condition=models.Q(unit_ttc__gte=0), name="catalogue_service_price"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PriceRule(TenantRow):
    """A repairer's mark-up on a list's price; what is empty asks for nothing, the lowest priority that fits counts."""

    priority = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    brand_key = models.CharField(max_length=200, blank=True, db_collation="C", help_text="the brand, folded")
    rim_from_inch = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    rim_to_inch = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    season = models.CharField(max_length=10, blank=True)
    oe_mark = models.CharField(max_length=6, blank=True)

    class Meta:
        ordering = ["priority"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "priority"], name="catalogue_rule_priority"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=pricing.LOWEST_PERCENT, percent__lte=pricing.HIGHEST_PERCENT),
                name="catalogue_rule_percent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def figures(self) -> pricing.Rule:
        """Return what the pricing rules need of it."""
        return pricing.Rule(
            id=self.id,
            priority=self.priority,
            percent=self.percent,
            brand_key=self.brand_key,
            rim_from_inch=self.rim_from_inch,
            rim_to_inch=self.rim_to_inch,
            season=self.season,
            oe_mark=self.oe_mark,
        )
