"""What home keeps of a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Desk(models.Model):
    """A person's home: when they put the first-steps guide away."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    guide_hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.user_id)
