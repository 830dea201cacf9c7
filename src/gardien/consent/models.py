"""Which wording was read aloud to whom, by whom and when: the artefact that an oral notice leaves."""

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
