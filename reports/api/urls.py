"""Addresses of reports."""

from __future__ import annotations

from core.api.addresses import Address
from reports.api.views import SLAReportViewSet

addresses = [Address("reports/sla/", SLAReportViewSet, {"get": "retrieve"}, "reports-sla")]
