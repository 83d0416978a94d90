"""The sequence of CI numbers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cmdb", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE cmdb_ci_number START 1001", "DROP SEQUENCE cmdb_ci_number")]
