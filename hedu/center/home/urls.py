"""Paths of home."""

from django.urls import path

from hedu.center.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("home/metrics/", views.metrics, name="metrics"),
    path("home/moved/", views.moved, name="moved"),
    path("home/guide/", views.guide, name="guide"),
    path("admin/system/", views.system, name="system"),
]
