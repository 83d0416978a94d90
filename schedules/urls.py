"""Addresses of the pages of calendars, under /design/calendars/."""

from django.urls import path

from schedules.views import calendars as views

app_name = "schedules"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:key>/", views.one, name="one"),
    path("<slug:key>/following/", views.follow, name="follow"),
    path("<slug:key>/days/", views.set_day, name="set_day"),
    path("<slug:key>/days/drop/", views.drop_day, name="drop_day"),
    path("<slug:key>/country/", views.load_country, name="load_country"),
    path("<slug:key>/file/", views.load_file, name="load_file"),
]
