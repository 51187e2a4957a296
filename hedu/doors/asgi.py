"""The site for a server: `application` (ASGI) and `wsgi` (threads, what `hedu serve` runs)."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hedu.center.settings")

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

application = get_asgi_application()
wsgi = get_wsgi_application()
