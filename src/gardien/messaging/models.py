"""The outbox: what was prepared, and each attempt to hand it over. References only; letter and address are sealed."""

from django.db import models

from gardien.base.models import ControllerRow
from gardien.consent.rules import Channel, Sender

from .rules import Kind, Outcome, State


class Message(ControllerRow):
    """One document for one address. The sealed letter is there until it is sent or stopped, then it is emptied."""

    subject = models.CharField(max_length=10, help_text="customer or user reference")
    purpose = models.CharField(max_length=60, help_text="id of a clause, such as client.use.quote")
    kind = models.CharField(max_length=10, default=Kind.SERVICE.value)
    channel = models.CharField(max_length=10, default=Channel.EMAIL.value)
    sender = models.CharField(max_length=20, default=Sender.CONTROLLER.value)
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    document_sha256 = models.CharField(max_length=64)
    recipient = models.BinaryField(help_text="the address, under the envelope")
    recipient_digest = models.CharField(max_length=64, help_text="keyed digest of the address")
    letter = models.BinaryField(default=bytes, help_text="the whole message as it is sent, under the envelope")
    message_id = models.CharField(max_length=320, help_text="of RFC 5322, the same on every attempt")
    state = models.CharField(max_length=20, default=State.PREPARED.value)
    refused_cause = models.CharField(max_length=30, blank=True, help_text="rules.Cause")
    attempts = models.PositiveIntegerField(default=0)
    last_code = models.CharField(max_length=20, blank=True, help_text="of the last attempt: an SMTP code or a word")
    version = models.CharField(max_length=10, help_text="commitment version by which the gate decided")
    prepared_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it was sent, refused, given up or stopped")

    subject_field = "subject"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller_id", "document_sha256", "recipient_digest"], name="messaging_message_once"
            ),
            models.CheckConstraint(
                name="messaging_message_ended",
                condition=models.Q(state="prepared", ended_at__isnull=True, next_attempt_at__isnull=False)
                | models.Q(~models.Q(state="prepared"), ended_at__isnull=False, next_attempt_at__isnull=True),
            ),
            models.CheckConstraint(
                name="messaging_message_cause",
                condition=models.Q(models.Q(state="refused_by_gate"), ~models.Q(refused_cause=""))
                | models.Q(~models.Q(state="refused_by_gate"), refused_cause=""),
            ),
        ]
        indexes = [
            models.Index(fields=["controller_id", "document_id"], name="messaging_message_document"),
            models.Index(fields=["controller_id", "subject"], name="messaging_message_subject"),
            models.Index(fields=["controller_id", "state", "next_attempt_at"], name="messaging_message_state"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.document_kind} {self.state}"


class Attempt(ControllerRow):
    """One attempt to hand a message over, committed before a byte is sent."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default=Outcome.STARTED.value)
    code = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller_id", "message", "number"], name="messaging_attempt_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"
