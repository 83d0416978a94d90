"""Addresses of the pages of definitions, under /design/sla/."""

from django.urls import path

from sla import views
from sla.calendars import views as calendars

app_name = "sla"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("calendars/", calendars.chosen, name="calendars"),
    path("<slug:key>/", views.one, name="one"),
    path("<slug:key>/compare/", views.compare, name="compare"),
    path("<slug:key>/edit/", views.edit, name="edit"),
    path("<slug:key>/draft/", views.draft, name="draft"),
    path("<slug:key>/draft/drop/", views.drop_draft, name="drop_draft"),
    path("<slug:key>/publish/", views.publish, name="publish"),
    path("<slug:key>/retire/", views.retire, name="retire"),
]
