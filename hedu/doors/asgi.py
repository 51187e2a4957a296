"""The site for a server: `application` (ASGI) and `wsgi` (threads, what `hedu serve` runs)."""

from __future__ import annotations

import os
import threading
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hedu.center.settings")

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

application = get_asgi_application()
wsgi = get_wsgi_application()


def _leave_with(supervisor: int) -> None:
    """End once the process that started us is gone: an orphan would hold the port and answer from old code."""
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os._exit(1)


if supervised_by := os.environ.get("HEDU_SUPERVISOR"):
    threading.Thread(target=_leave_with, args=(int(supervised_by),), daemon=True).start()
