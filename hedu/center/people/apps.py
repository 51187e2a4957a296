"""People, departments and policies as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "hedu.center.people"
    label = "people"
    verbose_name = "人员与部门"
