"""Abstract tables: every table of a room is a tenant's, a controller's or shared by all.

`base.walls` turns these classes into composite keys, policies and grants.
"""

from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models

from . import ids, scope

_Scoped = TypeVar("_Scoped", bound=models.Model)


def at_and_by(stem: str) -> models.Q:
    """Return the condition that binds a pair of columns, such as `lifted_at` and `lifted_by_id`: both or neither."""
    at, by = f"{stem}_at", f"{stem}_by_id"
    return models.Q(**{at: None, by: None}) | models.Q(**{f"{at}__isnull": False, f"{by}__isnull": False})


class ScopedManager(models.Manager[_Scoped]):
    """The manager of scoped tables: only rows of the present controller (`base.scope`)."""

    def get_queryset(self) -> models.QuerySet[_Scoped]:
        """Return the rows of the present controller; raise `scope.NoScopeError` where there is none."""
        field: str = self.model.scope_field  # type: ignore[attr-defined]
        return super().get_queryset().filter(**{field: scope.current()})


class Row(models.Model):
    """A row with a UUIDv7 key made in Python, so that it is known before it is written and never reused."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)

    scope_field: ClassVar[str | None] = None
    subject_field: ClassVar[str | None] = None
    """The column of a person's reference where that person's restriction freezes the row; a tenant's row is then the
    root of all that leads to it, and hidden as well."""
    is_append_only: ClassVar[bool] = False

    class Meta:
        abstract = True


class SharedRow(Row):
    """A row that belongs to no single controller: organisations, users, articles, dated tables.

    Those of a room whose application says `is_networks` are read by the network's database role, but for
    `secret_columns`.
    """

    secret_columns: ClassVar[frozenset[str]] = frozenset()

    class Meta(Row.Meta):
        abstract = True


class ControllerRow(Row):
    """A row of one controller, a repairer or a central party, without a foreign key to it."""

    controller_id = models.UUIDField(default=scope.current, editable=False)

    scope_field = "controller_id"
    objects = ScopedManager()

    class Meta(Row.Meta):
        abstract = True


class TenantRow(Row):
    """A row of one repairer."""

    tenant = models.ForeignKey(
        settings.GARDIEN_TENANT_MODEL,
        models.PROTECT,
        default=scope.current,
        editable=False,
        related_name="+",
    )

    scope_field = "tenant_id"
    objects = ScopedManager()

    class Meta(Row.Meta):
        abstract = True


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key between two tenant tables.

    Django's own constraint, which would accept another tenant's row, is left out: `base.walls` writes
    `FOREIGN KEY (tenant_id, x_id) REFERENCES other (tenant_id, id)` in its place.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)


class LedgerMark(SharedRow):
    """That a line of the ledger (`base.ledger`) was committed: written in the transaction of what the line tells.

    A line that the file calls done and that no mark confirms was undone by a restore, and must be done again.
    """

    def __str__(self) -> str:
        return str(self.id)
