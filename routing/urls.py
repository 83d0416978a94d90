"""Addresses of the pages of rules, under /design/rules/."""

from django.urls import path

from routing import views

app_name = "routing"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("preview/", views.preview, name="preview"),
    path("priority/", views.matrix, name="matrix"),
    path("<uuid:public_id>/", views.one, name="one"),
    path("<uuid:public_id>/move/", views.move, name="move"),
    path("<uuid:public_id>/switch/", views.switch, name="switch"),
    path("<uuid:public_id>/remove/", views.remove, name="remove"),
]
