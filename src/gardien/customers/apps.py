"""The room's registration."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The repairer's customers and their vehicles."""

    name = "gardien.customers"

    def ready(self) -> None:
        """Register what the room declares."""
        from gardien.commitment.registry import registry

        from . import declares

        registry.register("customers", declares.DECLARATION)
