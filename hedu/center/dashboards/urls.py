"""Paths of the explorer, of saved views and of boards."""

from django.urls import path, re_path

from hedu.center.dashboards.views import boards, exploring, saved

app_name = "dashboards"
urlpatterns = [
    path("explore/", exploring.explore, name="explore"),
    path("explore/save/", exploring.save_view, name="save_view"),
    path("explore/boards/", exploring.boards_to_add, name="boards_to_add"),
    path("views/", saved.views, name="views"),
    path("views/<int:view>/", saved.view, name="view"),
    re_path(r"^views/(?P<view>\d+)/export\.(?P<form>\w{1,8})$", saved.export_view, name="export_view"),
    path("views/<int:view>/rename/", saved.rename_view, name="rename_view"),
    path("views/<int:view>/share/", saved.share_view, name="share_view"),
    path("views/<int:view>/duplicate/", saved.duplicate_view, name="duplicate_view"),
    path("views/<int:view>/delete/", saved.delete_view, name="delete_view"),
    path("views/<int:view>/restore/", saved.restore_view, name="restore_view"),
    path("dashboards/", boards.boards, name="boards"),
    path("dashboards/new/", boards.new_board, name="new_board"),
    path("dashboards/new/tile/", boards.new_with_tile, name="new_with_tile"),
    path("dashboards/<int:board>/", boards.board, name="board"),
    path("dashboards/<int:board>/layout/", boards.save_layout, name="save_layout"),
    path("dashboards/<int:board>/tiles/", boards.add_tile, name="add_tile"),
    path("dashboards/<int:board>/views/", boards.add_view, name="add_view"),
    path("dashboards/<int:board>/export.xlsx", boards.export_board, name="export_board"),
    path("dashboards/<int:board>/rename/", boards.rename_board, name="rename_board"),
    path("dashboards/<int:board>/share/", boards.share_board, name="share_board"),
    path("dashboards/<int:board>/duplicate/", boards.duplicate_board, name="duplicate_board"),
    path("dashboards/<int:board>/delete/", boards.delete_board, name="delete_board"),
    path("dashboards/<int:board>/restore/", boards.restore_board, name="restore_board"),
    path("dashboards/<int:board>/star/", boards.star, name="star"),
]
