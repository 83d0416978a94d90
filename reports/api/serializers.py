"""The figures of reports as JSON."""

from __future__ import annotations

from rest_framework import serializers

from core.api.fields import Out
from reports.selectors import Report
from sla.api.fields import duration


class TallyOut(Out):
    """How many clocks ended how; ``overdue`` are missed and still open, ``met_percent`` is rounded down."""

    met = serializers.IntegerField()
    missed = serializers.IntegerField()
    overdue = serializers.IntegerField()
    count = serializers.IntegerField()
    met_percent = serializers.FloatField(source="percent", allow_null=True)


class RowOut(Out):
    """The figures for one thing; ``key`` is its value as a filter, ``none`` for clocks without one."""

    key = serializers.CharField()
    name = serializers.CharField()
    figures = TallyOut(source="tally")


class SLAReportOut(Out):
    """Compliance with service levels in a period of whole days in ``time_zone``."""

    first_day = serializers.DateField(source="asked.period.first")
    last_day = serializers.DateField(source="asked.period.last")
    time_zone = serializers.CharField(source="asked.zone")
    total = TallyOut()
    median_left = serializers.SerializerMethodField()
    services = RowOut(many=True)
    teams = RowOut(many=True)
    priorities = RowOut(many=True)
    months = RowOut(many=True)

    def get_median_left(self, report: Report) -> str | None:
        """Business time left at the end of completed clocks, ISO 8601, negative when overrun."""
        return None if report.median_s is None else duration(report.median_s)


class SaidOut(Out):
    """What people said of one group's tickets; ``mean`` is 1 to 5, ``good_percent`` the share of 4 and 5."""

    key = serializers.CharField()
    name = serializers.CharField()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    good_percent = serializers.FloatField(allow_null=True)


class SatisfactionOut(Out):
    """How tickets went for people who were asked in a period of whole days in ``time_zone``."""

    first_day = serializers.DateField(source="asked.period.first")
    last_day = serializers.DateField(source="asked.period.last")
    time_zone = serializers.CharField(source="asked.zone")
    total = SaidOut()
    groups = SaidOut(many=True)
