"""Addresses of the people of the company, under /design/people/."""

from django.urls import path

from accounts.people import views

app_name = "people"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("<str:username>/", views.one, name="one"),
    path("<str:username>/switch/", views.switch, name="switch"),
]
