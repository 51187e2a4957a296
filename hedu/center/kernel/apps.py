"""The kernel as a Django app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "hedu.center.kernel"
    label = "kernel"
    verbose_name = "合度"

    def ready(self) -> None:
        from hedu.center.kernel import checks, wordings  # noqa: F401  (registers system checks)

        wordings.compile_stale()
