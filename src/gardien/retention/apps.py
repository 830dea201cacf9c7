"""The room's registration."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """What time takes back."""

    name = "gardien.retention"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("retention", declares.DECLARATION)
