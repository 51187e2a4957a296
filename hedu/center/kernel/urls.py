"""Paths of the kernel."""

from django.urls import path

from hedu.center.kernel.views import administering, asked, entering, own, talking

app_name = "kernel"
urlpatterns = [
    path("health/", entering.health, name="health"),
    path("language/", entering.language, name="language"),
    path("theme/", entering.theme, name="theme"),
    path("me/", own.profile, name="profile"),
    path("me/tokens/", own.tokens, name="tokens"),
    path("me/tokens/<int:token>/revoke/", own.revoke_token, name="revoke_token"),
    path("me/hearing/", asked.hearing, name="hearing"),
    path("inbox/", asked.tasks, name="inbox"),
    path("inbox/read/", asked.read_tasks, name="read_tasks"),
    path("inbox/take-back/", asked.take_back, name="take_back"),
    path("inbox/<int:task>/", asked.open_task, name="open_task"),
    path("inbox/<int:task>/do/<int:place>/", asked.do_task, name="do_task"),
    path("notifications/", own.notifications, name="notifications"),
    path("notifications/<int:notification>/", own.open_notification, name="open_notification"),
    path("notifications/read/", own.read_notifications, name="read_notifications"),
    path("comments/<slug:kind>/<str:object_id>/", talking.comments, name="comments"),
    path("comments/<int:comment>/delete", talking.delete_comment, name="delete_comment"),
    path("documents/<slug:kind>/<str:object_id>/", talking.documents, name="documents"),
    path("documents/<int:document>", talking.document, name="document"),
    path("documents/<int:document>/remove", talking.remove_document, name="remove_document"),
    path("people-named/", talking.people, name="people_named"),
    path("admin/audit/", administering.audit, name="audit"),
    path("admin/jobs/", administering.jobs, name="jobs"),
    path("admin/jobs/<int:job>/<slug:deed>/", administering.job_deed, name="job_deed"),
    path("admin/channels/", administering.channels, name="channels"),
    path("admin/channels/<int:channel>/<slug:deed>/", administering.channel_deed, name="channel_deed"),
    path("demo/people/", entering.demo_people, name="demo_people"),
    path("demo/sign-in/", entering.demo_sign_in, name="demo_sign_in"),
]
