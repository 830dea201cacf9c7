from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys of support's records become plain ids: the same columns, without the constraint that kept accounts."""

    dependencies = [("network", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="accountrequest",
            name="left_at",
            field=models.DateTimeField(
                help_text="since when its person has nothing here: asked and never confirmed, or refused", null=True
            ),
        ),
        migrations.RunSQL(
            "UPDATE network_accountrequest SET left_at = coalesce(decided_at, requested_at)"
            " WHERE state IN ('requested', 'refused')",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="accountrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at__isnull", False), ("state__in", ("requested", "refused"))),
                    models.Q(("left_at__isnull", True), ("state__in", ("verified", "approved"))),
                    _connector="OR",
                ),
                name="network_request_left",
            ),
        ),
        migrations.AddField(
            model_name="repairer",
            name="services_ended_at",
            field=models.DateTimeField(help_text="of its notice: nobody works in the portal for it", null=True),
        ),
        migrations.AlterField(
            model_name="supportaccess", name="opened_by", field=models.UUIDField(db_column="opened_by_id")
        ),
        migrations.RenameField(model_name="supportaccess", old_name="opened_by", new_name="opened_by_id"),
        migrations.AlterField(
            model_name="supportaccess",
            name="opened_by_id",
            field=models.UUIDField(help_text="of the manager; the row outlives the account"),
        ),
        migrations.AlterField(model_name="supportread", name="user", field=models.UUIDField(db_column="user_id")),
        migrations.RenameField(model_name="supportread", old_name="user", new_name="user_id"),
        migrations.AlterField(
            model_name="supportread",
            name="user_id",
            field=models.UUIDField(help_text="of who read; the row outlives the account"),
        ),
    ]
