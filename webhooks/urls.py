"""Addresses of the pages of webhooks, under /design/webhooks/."""

from django.urls import path

from webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:public_id>/", views.one, name="one"),
    path("<uuid:public_id>/test/", views.test, name="test"),
    path("<uuid:public_id>/rotate/", views.rotate, name="rotate"),
    path("<uuid:public_id>/remove/", views.remove, name="remove"),
    path("<uuid:public_id>/replay/", views.replay_dead, name="replay_dead"),
    path("<uuid:public_id>/replay/<uuid:delivery_id>/", views.replay, name="replay"),
]
