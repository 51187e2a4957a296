"""What uses metrics is called in both languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_rollups")]

    operations = [
        migrations.AddField(
            model_name="usage",
            name="title_en",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
