"""What the sweep leaves of itself: its runs, what it could not take back, anonymous twins, and the backups made."""

from django.db import models

from gardien.base.models import ControllerRow, SharedRow


class Run(SharedRow):
    """One sweep over all controllers: counts alone, nobody's data."""

    as_of = models.DateTimeField(help_text="the instant up to which time was over")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="none if it was cut short: the next one takes it up")
    figures = models.JSONField(default=list, help_text="rules.Figure of each clause, over all controllers")
    residue = models.JSONField(default=dict, help_text="where old values were looked for, and found")
    attack = models.JSONField(default=dict, help_text="how far twins lead back to somebody, and by which method")
    untidied = models.JSONField(default=list, help_text="where tidying outside the tables failed, and why")
    removal = models.JSONField(default=dict, help_text="when what was deleted is gone from disk, log and backups")

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="retention_run_latest")]

    def __str__(self) -> str:
        return str(self.id)


class Outlook(ControllerRow):
    """What the last run did for one controller, and what falls due for it month by month: counts, for its pages."""

    taken_at = models.DateTimeField(help_text="the instant of the run's figures")
    figures = models.JSONField(help_text="rules.Figure of each clause, of this controller alone")
    months = models.JSONField(help_text="[clause, first day of a month, how many]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["controller_id"], name="retention_outlook_once")]

    def __str__(self) -> str:
        return str(self.id)


class Quarantined(ControllerRow):
    """One person, or one row, that the sweep could not take back, and why; it tries again each time."""

    clause = models.CharField(max_length=60)
    key = models.CharField(max_length=36, help_text="a person's reference, or a row's id")
    cause = models.CharField(max_length=80, help_text="the database's code and constraint, never a value")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller_id", "clause", "key"], name="retention_quarantined_once")
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.cause}"


class Twin(ControllerRow):
    """What is left of a record without its person: an id of its own, and only what several persons' records share.

    Rows of one controller that are alike are never fewer than `rules.LEAST_ALIKE`. `level` says how far it was
    generalised (`rules.LADDER`); a column that a level gives up is empty.
    """

    kind = models.CharField(max_length=10, help_text="of the record: quote")
    level = models.PositiveSmallIntegerField()
    period = models.CharField(max_length=7, help_text="2026-03, 2026-Q1 or 2026")
    department = models.CharField(max_length=3, blank=True)
    size = models.CharField(max_length=20, blank=True, help_text="205/55R16, or its rim as R16")
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, help_text="euros, the lower bound of a step of the level"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["controller_id", "kind", "level", "period", "department", "size", "amount"],
                name="retention_twin_alike",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class Backup(SharedRow):
    """One backup file that was made, until it is removed."""

    path = models.CharField(max_length=500, help_text="where it was written")
    made_at = models.DateTimeField(help_text="before its first row was read")
    bytes = models.PositiveBigIntegerField()
    ledger_position = models.PositiveBigIntegerField(help_text="bytes of the ledger when it began")
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)
