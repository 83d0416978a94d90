"""Addresses of reports."""

from __future__ import annotations

from core.api.addresses import Address
from reports.api.views import SatisfactionViewSet, SLAReportViewSet

addresses = [
    Address("reports/sla/", SLAReportViewSet, {"get": "retrieve"}, "reports-sla"),
    Address("reports/satisfaction/", SatisfactionViewSet, {"get": "retrieve"}, "reports-satisfaction"),
]
