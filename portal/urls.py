"""Addresses of the portal (UI section 2)."""

from django.conf import settings
from django.urls import path

from portal import kit, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("me/language/", views.set_language, name="set_language"),
    path("me/theme/", views.set_theme, name="set_theme"),
]
if settings.DEBUG:
    urlpatterns.append(path("design/kit/", kit.show, name="kit"))
