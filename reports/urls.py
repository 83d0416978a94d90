"""Addresses of reports (UI section 2), all under /w/reports/."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.start, name="start"),
    path("sla/", views.sla, name="sla"),
    path("sla/clocks/", views.clocks, name="sla_clocks"),
    path("sla/export/", views.export, name="sla_export"),
    path("satisfaction/", views.satisfaction, name="satisfaction"),
    path("satisfaction/export/", views.satisfaction_export, name="satisfaction_export"),
]
