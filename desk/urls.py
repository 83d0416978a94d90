"""Addresses of the workspace (UI section 2), all under /w/."""

from django.urls import path

from desk import queues
from desk.views import actions, clocks, detail, lists, new, pages, problems, relations, search, sla

app_name = "desk"
urlpatterns = [
    path("", lists.start, name="start"),
    path("palette", search.palette, name="palette"),
    path("search/", search.search, name="search"),
    path("suggest/people/", search.suggest, {"sort": "people"}, name="suggest_people"),
    path("suggest/items/", search.suggest, {"sort": "items"}, name="suggest_items"),
    path("files/<uuid:public_id>/", detail.file, name="file"),
    path("incidents/new/", new.incident, name="new_incident"),
    path("problems/new/", problems.new, name="new_problem"),
    *[path(f"{key}/", lists.show, {"path": key}, name=key) for key in queues.PATHS],
    path("<slug:path>/take/", actions.take, name="take"),
    path("<slug:path>/filters/", lists.choose_filters, name="filters"),
    path("<slug:path>/fresh/", lists.fresh, name="fresh"),
    path("<slug:path>/<slug:number>/", detail.show, name="ticket"),
    path("<slug:path>/<slug:number>/row/", lists.row, name="row"),
    path("<slug:path>/<slug:number>/times/", clocks.times, name="times"),
    path("<slug:path>/<slug:number>/edit/", actions.edit, name="edit"),
    path("<slug:path>/<slug:number>/edit/<slug:key>/", detail.property_row, name="property"),
    path("<slug:path>/<slug:number>/assign/", actions.assign, name="assign"),
    path("<slug:path>/<slug:number>/move/<slug:name>/", actions.move, name="move"),
    path("<slug:path>/<slug:number>/say/", actions.say, name="say"),
    path("<slug:path>/<slug:number>/draft/", actions.draft, name="draft"),
    path("<slug:path>/<slug:number>/watch/", relations.watch, name="watch"),
    path("<slug:path>/<slug:number>/unwatch/", relations.unwatch, name="unwatch"),
    path("<slug:path>/<slug:number>/link/", relations.link, name="link"),
    path("<slug:path>/<slug:number>/unlink/", relations.unlink, name="unlink"),
    path("<slug:path>/<slug:number>/tasks/", relations.add_task, name="add_task"),
    path("<slug:path>/<slug:number>/join/", relations.join, name="join"),
    path("<slug:path>/<slug:number>/part/", relations.part, name="part"),
    path("<slug:path>/<slug:number>/problem/", problems.open_from, name="open_problem"),
    path("<slug:path>/<slug:number>/analysis/", problems.analysis, name="analysis"),
    path("<slug:path>/<slug:number>/tell/", problems.tell, name="tell"),
    path("<slug:path>/<slug:number>/acknowledge/", pages.acknowledge, name="acknowledge"),
    path("<slug:path>/<slug:number>/sla/", sla.show, name="ticket_sla"),
    path("<slug:path>/<slug:number>/sla/repair/", sla.repair, name="repair_sla"),
]
