"""Titles that the system gives stand in both languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proposals", "0004_parties")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="title_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="英文标题"),
        ),
    ]
