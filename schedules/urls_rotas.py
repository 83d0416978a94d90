"""Addresses of the configuration of rotas, under /design/on-call/."""

from django.urls import path

from schedules.views import rotas

app_name = "rotas"
urlpatterns = [
    path("", rotas.show_all, name="list"),
    path("new/", rotas.new, name="new"),
    path("<slug:key>/", rotas.one, name="one"),
    path("<slug:key>/layers/", rotas.new_layer, name="new_layer"),
    path("<slug:key>/layers/<uuid:layer_id>/", rotas.layer, name="layer"),
    path("<slug:key>/layers/<uuid:layer_id>/drop/", rotas.drop_layer, name="drop_layer"),
    path("<slug:key>/layers/<uuid:layer_id>/raise/", rotas.raise_layer, name="raise_layer"),
    path("<slug:key>/stand-ins/", rotas.add_override, name="add_override"),
    path("<slug:key>/stand-ins/<uuid:override_id>/drop/", rotas.drop_override, name="drop_override"),
]
