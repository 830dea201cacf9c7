"""What happened, append-only: references only, no foreign keys, so that erasing a person never breaks it."""

from typing import ClassVar

from django.db import models

from gardien.base.models import ControllerRow


class Entry(ControllerRow):
    """One thing that happened, on behalf of one controller."""

    at = models.DateTimeField()
    tag = models.CharField(max_length=100)
    actor_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=40)
    subject = models.CharField(max_length=10, blank=True, help_text="customer or user reference")
    references = models.JSONField(default=dict)

    is_append_only: ClassVar[bool] = True

    class Meta:
        indexes = [models.Index(fields=["controller_id", "at"], name="journal_entry_at")]

    def __str__(self) -> str:
        return self.tag
