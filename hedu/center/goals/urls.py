"""Paths of goals and targets."""

from django.urls import path

from hedu.center.goals.views import targets, tree

app_name = "goals"
urlpatterns = [
    path("scorecard/", targets.scorecard, name="scorecard"),
    path("goals/", tree.tree, name="tree"),
    path("goals/new/", tree.add, name="add_goal"),
    path("goals/<str:code>/", tree.goal, name="goal"),
    path("goals/<str:code>/edit/", tree.edit, name="edit_goal"),
    path("goals/<str:code>/check-in/", tree.check_in, name="check_in"),
    path("goals/<str:code>/move/", tree.move, name="move_goal"),
    path("goals/<str:code>/archive/", tree.archive, name="archive_goal"),
    path("goals/<str:code>/restore/", tree.restore, name="restore_goal"),
    path("goals/<str:code>/guard/", tree.guard, name="guard"),
    path("targets/", targets.targets, name="targets"),
    path("targets/new/", targets.add, name="add_target"),
    path("targets/import/", targets.look, name="import_targets"),
    path("targets/import/take/", targets.take, name="take_targets"),
    path("targets/template.xlsx", targets.template, name="template"),
    path("targets/<str:code>/", targets.target, name="target"),
    path("targets/<str:code>/edit/", targets.edit, name="edit_target"),
    path("targets/<str:code>/phase/", targets.phase, name="phase_target"),
    path("targets/<str:code>/undo/", targets.undo, name="undo_target"),
    path("targets/<str:code>/withdraw/", targets.withdraw, name="withdraw_target"),
]
