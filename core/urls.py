"""Addresses outside the pages and the API."""

from django.urls import path

from core import design, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("problems/<slug:slug>", views.problem, name="problem"),  # as "type" of a problem names it
    path("design/", design.start, name="design"),
]
