"""Addresses of who is on call, under /w/on-call/; ``feeds/`` is for programs, which cannot sign in."""

from django.urls import path

from schedules.views import feeds, on_call

app_name = "on_call"
urlpatterns = [
    path("", on_call.now, name="now"),
    path("links/", feeds.make_link, name="make_link"),
    path("links/<uuid:feed_id>/end/", feeds.end_link, name="end_link"),
    path("feeds/<str:token>/calendar.ics", feeds.feed, name="feed"),
    path("me/turns/calendar.ics", feeds.my_turns, name="my_turns"),
    path("<slug:key>/calendar.ics", feeds.rota, name="rota_file"),
    path("<slug:key>/hand-over/", on_call.hand_over, name="hand_over"),
    path("<slug:key>/stand-ins/<uuid:override_id>/drop/", on_call.drop, name="drop"),
]
