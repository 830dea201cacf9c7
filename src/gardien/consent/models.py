"""What each person was told, by whom and when, what they then decided, and to whose offers an address objects."""

from typing import ClassVar

from django.db import models

from gardien.base.models import ControllerRow


class Reading(ControllerRow):
    """One reading of the wording to the person who bears, or will bear, the reference `subject`."""

    subject = models.CharField(max_length=10)
    version = models.CharField(max_length=10, help_text="commitment version, its day of effect")
    language = models.CharField(max_length=2)
    wording_sha256 = models.CharField(max_length=64)
    read_by_id = models.UUIDField()
    read_at = models.DateTimeField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "subject"], name="consent_reading_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"


class Acknowledgement(ControllerRow):
    """That a user said they have read the users' notice of a version: an act of its own, no consent to anything."""

    subject = models.CharField(max_length=10)
    version = models.CharField(max_length=10, help_text="commitment version, its day of effect")
    language = models.CharField(max_length=2)
    notice_sha256 = models.CharField(max_length=64)
    acknowledged_at = models.DateTimeField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "subject", "version"], name="consent_acknowledged")]

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"


class Decision(ControllerRow):
    """One yes or no of a person to one purpose, append-only: the latest of a purpose and address holds."""

    subject = models.CharField(max_length=10)
    purpose = models.CharField(max_length=60, help_text="id of the clause that asks, such as client.phone-prospecting")
    channel = models.CharField(max_length=10, blank=True, help_text="rules.Channel, empty if it is for every channel")
    address_digest = models.CharField(
        max_length=64, blank=True, help_text="keyed digest of the one number or address that it is about"
    )
    basis = models.CharField(max_length=20)
    is_given = models.BooleanField()
    how = models.CharField(max_length=10, help_text="rules.How")
    recorded_by_id = models.UUIDField(null=True, help_text="the user who took it down; none if a program did")
    decided_at = models.DateTimeField()
    version = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    wording_sha256 = models.CharField(max_length=64, help_text="of what was read or shown")
    quote_id = models.UUIDField(null=True, help_text="the quote whose verso carried it")

    is_append_only: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(address_digest="") | ~models.Q(channel=""), name="consent_decision_by_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(wording_sha256__regex="^[0-9a-f]{64}$"), name="consent_decision_worded"
            ),
        ]
        indexes = [
            models.Index(fields=["controller_id", "subject", "-decided_at"], name="consent_decision_subject"),
            models.Index(fields=["controller_id", "address_digest"], name="consent_decision_address"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose}"


class Objection(ControllerRow):
    """That the bearer of an address objects to offers, append-only: a keyed digest alone, which survives their erasure.

    Said anew it is one more row: the retention of an address runs from its latest.
    """

    channel = models.CharField(max_length=10, help_text="rules.Channel")
    sender = models.CharField(max_length=20, help_text="whose offers: `controller` or `partners`")
    digest = models.CharField(max_length=64)
    how = models.CharField(max_length=10, help_text="rules.How")
    objected_at = models.DateTimeField()

    is_append_only: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller_id", "channel", "sender", "digest", "objected_at"], name="consent_objection_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
