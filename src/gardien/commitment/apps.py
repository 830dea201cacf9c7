"""The room's registration."""

from django.apps import AppConfig


class CommitmentConfig(AppConfig):
    """What was promised."""

    name = "gardien.commitment"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry  # noqa: PLC0415 -- models are loaded by now

        from . import declares  # noqa: PLC0415

        registry.register("commitment", declares.DECLARATION)
