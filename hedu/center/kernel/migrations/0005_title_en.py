from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0004_outbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='title_en',
            field=models.CharField(blank=True, max_length=60, verbose_name='英文职务'),
        ),
    ]
