"""Where a person stands at one controller, by their reference: no foreign key, so that it outlives their rows."""

from typing import ClassVar

from django.db import models

from gardien.base.models import ControllerRow, at_and_by


class Fact(ControllerRow):
    """One activity of a person, append-only: the only thing that moves a clock."""

    subject = models.CharField(max_length=10, help_text="customer or user reference")
    event = models.CharField(max_length=30, help_text="rules.Event")
    happened_at = models.DateTimeField()
    source_id = models.UUIDField(help_text="of the row that it is about: told twice, it is one fact")

    is_append_only: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller_id", "subject", "event", "source_id"], name="standing_fact_once"
            )
        ]
        indexes = [models.Index(fields=["controller_id", "subject", "-happened_at"], name="standing_fact_last")]

    def __str__(self) -> str:
        return f"{self.subject} {self.event}"


class Ending(ControllerRow):
    """The end of a purpose for a person, append-only: what rests on nothing else is due from then on."""

    subject = models.CharField(max_length=10)
    purpose = models.CharField(max_length=60, help_text="id of a clause, such as client.use.quote")
    reason = models.CharField(max_length=20, help_text="rules.EndReason")
    ended_at = models.DateTimeField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "subject", "-ended_at"], name="standing_ending_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose}"


class Resumption(ControllerRow):
    """That a purpose which was over goes on for a person, append-only: it is no activity and moves no clock."""

    subject = models.CharField(max_length=10)
    purpose = models.CharField(max_length=60)
    resumed_at = models.DateTimeField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "subject", "-resumed_at"], name="standing_resumption_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose}"


class Restriction(ControllerRow):
    """A freeze (GDPR, article 18): the database refuses every use, change and deletion that is not declared exempt."""

    subject_field = "subject"

    subject = models.CharField(max_length=10)
    placed_at = models.DateTimeField()
    placed_by_id = models.UUIDField()
    announced_at = models.DateTimeField(null=True, help_text="when the person was told that it would be lifted")
    announced_by_id = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller_id", "subject"],
                condition=models.Q(lifted_at=None),
                name="standing_restriction_one",
            ),
            models.CheckConstraint(condition=at_and_by("announced"), name="standing_restriction_announced"),
            models.CheckConstraint(
                condition=at_and_by("lifted")
                & models.Q(models.Q(lifted_at=None) | models.Q(announced_at__isnull=False)),
                name="standing_restriction_lifted",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Hold(ControllerRow):
    """A lawful ground to keep some categories of a person's data past their time, until a day: never a blanket."""

    subject_field = "subject"

    subject = models.CharField(max_length=10)
    ground = models.CharField(max_length=10, help_text="rules.Ground")
    category = models.CharField(max_length=30, help_text="of the commitment's categories, or derived:<record>")
    legal_reference = models.CharField(max_length=120)
    placed_at = models.DateTimeField()
    placed_by_id = models.UUIDField()
    until_date = models.DateField()
    released_at = models.DateTimeField(null=True)
    released_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller_id", "subject", "ground", "category"],
                condition=models.Q(released_at=None),
                name="standing_hold_one",
            ),
            models.CheckConstraint(condition=at_and_by("released"), name="standing_hold_released"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.ground}"


class Closure(ControllerRow):
    """That a person's record is gone, append-only: what is still kept under their reference runs on from here."""

    subject = models.CharField(max_length=10)
    last_at = models.DateTimeField(null=True, help_text="their last activity, where there was one")
    ended_at = models.DateTimeField(help_text="when their record was anonymised or erased")

    is_append_only: ClassVar[bool] = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["controller_id", "subject"], name="standing_closure_once")]

    def __str__(self) -> str:
        return self.subject


class RemovalWarning(ControllerRow):
    """That a person was warned that their time under a clause will be over, append-only.

    A later activity makes it void; without one it stays at least as long as the clause says from the warning on.
    """

    subject_field = "subject"

    subject = models.CharField(max_length=10)
    clause = models.CharField(max_length=60, help_text="the retention clause that promises the warning")
    due_at = models.DateTimeField(help_text="the instant of which they were warned")
    warned_at = models.DateTimeField()
    message_id = models.UUIDField(null=True, help_text="of the letter; none where there was no way to write to them")

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "subject", "-warned_at"], name="standing_warning_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.clause}"


class Archived(ControllerRow):
    """What a hold keeps of a person whose record is gone: the fields of its one category, sealed, and nothing else."""

    subject_field = "subject"

    subject = models.CharField(max_length=10)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="archived")
    clause = models.CharField(max_length=60, help_text="the retention clause whose time was over")
    sealed = models.BinaryField(help_text="rows by place as JSON, under the envelope")
    due_at = models.DateTimeField(help_text="when the time under the clause was over")
    archived_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller_id", "hold", "clause"], name="standing_archived_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.clause}"


class Consultation(ControllerRow):
    """That somebody opened what is archived of a person, and why, append-only."""

    subject = models.CharField(max_length=10)
    archived_id = models.UUIDField(help_text="of the row that was opened")
    motive = models.CharField(max_length=20, help_text="rules.Motive")
    explanation = models.CharField(max_length=200)
    consulted_at = models.DateTimeField()
    consulted_by_id = models.UUIDField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "subject", "-consulted_at"], name="standing_consulted")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(motive="") & ~models.Q(explanation=""), name="standing_consultation_motivated"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.motive}"
