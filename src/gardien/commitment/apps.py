"""The room's registration."""

from django.apps import AppConfig


class CommitmentConfig(AppConfig):
    """What was promised."""

    name = "gardien.commitment"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("commitment", declares.DECLARATION)
