"""Addresses of the audit trail."""

from core.api.addresses import Address
from history.api.views import AuditViewSet

addresses = [Address("audit/", AuditViewSet, {"get": "list"}, "audit-list")]
