"""Addresses of the pages of roles, under /design/roles/."""

from django.urls import path

from accounts.roles import views

app_name = "roles"
urlpatterns = [
    path("", views.show_all, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:key>/", views.one, name="one"),
    path("<slug:key>/give/", views.give, name="give"),
    path("<slug:key>/take/", views.take, name="take"),
]
