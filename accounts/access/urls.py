"""Addresses of the pages that explain access, under /design/access/."""

from django.urls import path

from accounts.access import views

app_name = "access"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("guests/", views.guests, name="guests"),
]
