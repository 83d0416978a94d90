"""The two ways the event log looks for events, built without holding up writes."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0003_event_position")]

    operations = [
        AddIndexConcurrently(
            model_name="outboxevent",
            index=models.Index(
                fields=["id"], condition=models.Q(("position", None)), name="outbox_unnumbered"
            ),
        ),
        AddIndexConcurrently(
            model_name="outboxevent",
            index=models.Index(
                fields=["position"],
                condition=models.Q(("position__isnull", False)),
                name="outbox_position",
            ),
        ),
    ]
