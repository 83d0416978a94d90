"""Addresses of the portal (UI section 2)."""

from django.conf import settings
from django.urls import path

from portal import kit
from portal.views import approvals, catalog, home, me, notices, preferences, report, requests, search, survey

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggestions, name="suggestions"),
    path("people/", search.people, name="people"),
    path("catalog/", catalog.browse, name="catalog"),
    path("catalog/item/<slug:key>/", catalog.item, name="item"),
    path("catalog/item/<slug:key>/refresh/", catalog.refresh, name="item_refresh"),
    path("catalog/<slug:category>/", catalog.browse, name="category"),
    path("report/", report.report, name="report"),
    path("my/", requests.mine, name="mine"),
    path("my/<str:number>/", requests.one, name="request"),
    path("my/<str:number>/reply/", requests.reply, name="reply"),
    path("my/<str:number>/draft/", requests.draft, name="draft"),
    path("my/<str:number>/move/<slug:name>/", requests.move, name="move"),
    path("my/<str:number>/survey/", survey.answer, name="survey"),
    path("files/<uuid:public_id>/", requests.file, name="file"),
    path("approvals/", approvals.inbox, name="approvals"),
    path("approvals/<uuid:public_id>/", approvals.one, name="approval"),
    path("approvals/<uuid:public_id>/decide/", approvals.decide_one, name="decide"),
    path("a/<str:token>/", approvals.by_link, name="decision_link"),
    path("s/<str:token>/", survey.by_link, name="survey_link"),
    path("me/", me.profile, name="me"),
    path("me/delegations/", me.hand_over, name="delegate"),
    path("me/delegations/<uuid:public_id>/end/", me.take_back, name="take_back"),
    path("me/notifications/", notices.preferences, name="notices"),
    path("me/language/", preferences.set_language, name="set_language"),
    path("me/theme/", preferences.set_theme, name="set_theme"),
]
if settings.DEBUG:
    urlpatterns.append(path("design/kit/", kit.show, name="kit"))
