"""Addresses of the pages of schedules, under /design/ticket-schedules/."""

from django.urls import path

from scheduled import views

app_name = "scheduled"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:key>/", views.one, name="one"),
    path("<slug:key>/switch/", views.switch, name="switch"),
    path("<slug:key>/run/", views.run, name="run"),
    path("<slug:key>/remove/", views.remove, name="remove"),
]
