"""Enumerations of configuration items."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CIStatus(models.TextChoices):
    """Where a configuration item stands in its life (PROCESSES CMDB-03)."""

    PLANNED = "planned", _("Planned")
    IN_STOCK = "in_stock", _("In stock")
    IN_USE = "in_use", _("In use")
    MAINTENANCE = "maintenance", _("In maintenance")
    RETIRED = "retired", _("Retired")
    DISPOSED = "disposed", _("Disposed")
