"""What a conflict is about besides its metrics, kept: a fingerprint can be told anew when a metric is renamed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conflicts", "0002_error_facts")]

    operations = [migrations.AddField("case", "about", models.TextField(blank=True, default=""), preserve_default=False)]
