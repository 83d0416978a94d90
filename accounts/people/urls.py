"""Addresses of the people of the company, under /design/people/."""

from django.urls import path

from accounts.people import views

app_name = "people"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("<str:username>/", views.one, name="one"),
    path("<str:username>/switch/", views.switch, name="switch"),
    path("<str:username>/skills/", views.give_skill, name="give_skill"),
    path("<str:username>/skills/remove/", views.take_skill, name="take_skill"),
]
