"""Addresses of the pages of connectors, under /design/connect/."""

from django.urls import path

from connectors import views

app_name = "connectors"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:key>/", views.one, name="one"),
    path("<slug:key>/secrets/<slug:name>/", views.secret, name="secret"),
    path("<slug:key>/test/", views.test, name="test"),
]
