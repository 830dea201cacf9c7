"""The room's registration."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """What each person was told and agreed to."""

    name = "gardien.consent"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry  # noqa: PLC0415 -- models are loaded by now

        from . import declares  # noqa: PLC0415

        registry.register("consent", declares.DECLARATION)
