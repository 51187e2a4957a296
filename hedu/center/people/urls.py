"""Paths about people."""

from django.urls import path

from hedu.center.people import views

app_name = "people"
urlpatterns = [
    path("departments/", views.departments, name="departments"),
    path("departments/new/", views.add_department, name="add_department"),
    path("departments/<slug:code>/", views.department, name="department"),
    path("memberships/<int:membership>/end/", views.unassign, name="unassign"),
    path("absences/<int:absence>/end/", views.end_absence, name="end_absence"),
    path("people/<str:username>/", views.person, name="person"),
    path("admin/users/", views.users, name="users"),
    path("admin/users/invite/", views.invite, name="invite"),
    path("admin/users/<str:username>/link/", views.renew_invitation, name="renew_invitation"),
    path("admin/users/<str:username>/activity/", views.activity, name="activity"),
    path("admin/policies/", views.policies, name="policies"),
    path("admin/policies/new/", views.grant, name="grant"),
    path("admin/policies/<int:policy>/withdraw/", views.withdraw, name="withdraw"),
]
