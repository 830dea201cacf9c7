"""What can be sold: articles of imported price lists. Shared tables, written by imports only."""

from django.db import models

from gardien.base.models import SharedRow


class PriceList(SharedRow):
    """One import of one file, with what became of its lines."""

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
    """A line of a price list that was not imported, with the reason."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="quarantine")
    line = models.PositiveIntegerField(help_text="1 is the header")
    reason = models.CharField(max_length=40, help_text="a code of rules.Reason")
    parameters = models.JSONField(default=dict)

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["price_list", "line"], name="catalogue_quarantine_line")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class Article(SharedRow):
    """A tyre as one supplier lists it: its designation taken apart, its price in the list's own currency."""

    supplier = models.CharField(max_length=60)
    source_id = models.CharField(max_length=200, help_text="the supplier's id")
    ean = models.CharField(max_length=14, blank=True)
    brand = models.CharField(max_length=200)
    pattern = models.CharField(max_length=200, blank=True)
    designation = models.CharField(max_length=200)
    season = models.CharField(max_length=10, blank=True)
    size_key = models.CharField(max_length=20, db_collation="C", help_text="such as 205/55R16")
    load_index = models.PositiveSmallIntegerField(null=True)
    load_index_twin = models.PositiveSmallIntegerField(null=True)
    speed_symbol = models.CharField(max_length=2, blank=True)
    load_version = models.CharField(max_length=2, blank=True)
    is_run_flat = models.BooleanField(default=False)
    oe_marks = models.CharField(max_length=40, blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, help_text="per tyre, all taxes included")
    currency = models.CharField(max_length=3)
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="articles")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "source_id"], name="catalogue_article_source")]
        indexes = [models.Index(fields=["size_key", "price", "id"], name="catalogue_article_size")]

    def __str__(self) -> str:
        return f"{self.brand} {self.pattern} {self.designation}"
