"""Addresses of flows and their runs, all under /design/flows/."""

from django.urls import path

from workflows.views import flows, runs

app_name = "workflows"
urlpatterns = [
    path("", flows.show_all, name="list"),
    path("new/", flows.new, name="new"),
    path("runs/", runs.show_all, name="runs"),
    path("runs/<uuid:public_id>/", runs.show, name="run"),
    path("runs/<uuid:public_id>/act/<slug:action>/", runs.act, name="act"),
    path("<slug:key>/", flows.show, name="flow"),
    path("<slug:key>/compare/", flows.compare_versions, name="compare"),
    path("<slug:key>/draft/", flows.draft, name="draft"),
    path("<slug:key>/publish/", flows.publish, name="publish"),
    path("<slug:key>/retire/", flows.retire, name="retire"),
]
