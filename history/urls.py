"""Addresses of history pages, all under /w/history/."""

from django.urls import path

from history import views

app_name = "history"
urlpatterns = [path("<slug:sort>/<str:key>/", views.record, name="record")]
