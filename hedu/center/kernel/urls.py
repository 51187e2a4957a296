"""Paths of the kernel."""

from django.urls import path

from hedu.center.kernel import views

app_name = "kernel"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("me/", views.profile, name="profile"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("me/tokens/<int:token>/revoke/", views.revoke_token, name="revoke_token"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/<int:notification>/", views.open_notification, name="open_notification"),
    path("notifications/read/", views.read_notifications, name="read_notifications"),
    path("comments/<slug:kind>/<str:object_id>/", views.comments, name="comments"),
    path("comments/<int:comment>/delete", views.delete_comment, name="delete_comment"),
    path("documents/<slug:kind>/<str:object_id>/", views.documents, name="documents"),
    path("documents/<int:document>", views.document, name="document"),
    path("documents/<int:document>/remove", views.remove_document, name="remove_document"),
    path("people-named/", views.people, name="people_named"),
    path("admin/audit/", views.audit, name="audit"),
    path("demo/people/", views.demo_people, name="demo_people"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
]
