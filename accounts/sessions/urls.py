"""Addresses of the company's sessions, under /design/sessions/."""

from django.urls import path

from accounts.sessions import views

app_name = "sessions"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("<uuid:public_id>/end/", views.end, name="end"),
    path("people/<str:username>/end/", views.end_all, name="end_all"),
]
