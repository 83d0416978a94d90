"""Addresses of the portal (UI section 2)."""

from django.conf import settings
from django.urls import path

from portal import kit
from portal.views import home, preferences, report, requests

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("report/", report.report, name="report"),
    path("my/", requests.mine, name="mine"),
    path("my/<str:number>/", requests.one, name="request"),
    path("my/<str:number>/reply/", requests.reply, name="reply"),
    path("my/<str:number>/draft/", requests.draft, name="draft"),
    path("my/<str:number>/move/<slug:name>/", requests.move, name="move"),
    path("files/<uuid:public_id>/", requests.file, name="file"),
    path("me/language/", preferences.set_language, name="set_language"),
    path("me/theme/", preferences.set_theme, name="set_theme"),
]
if settings.DEBUG:
    urlpatterns.append(path("design/kit/", kit.show, name="kit"))
