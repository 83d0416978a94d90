"""Addresses of the what-if pages, under /design/sla/what-if/."""

from django.urls import path

from sla.whatif import views

app_name = "what_if"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:public_id>/", views.one, name="one"),
]
