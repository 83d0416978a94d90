"""Jobs: how far they are, what came of each operation, and stopping them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers as out
from api.bulk import SCOPE, token_of
from api.filters import JobFilterSet, JobItemFilterSet
from api.models import Job, JobItem
from api.selectors import items_of, job_of, jobs_for
from api.services import cancel_job
from core.api.views import ApiViewSet, ListMixin, RetrieveMixin


class OwnJobViewSet(ApiViewSet):
    """What is the maker's alone; made by a token with scopes, that token's."""

    scope = SCOPE
    versioned = False
    in_bulk = False
    lookup_field = "public_id"

    def get_object(self) -> Job:
        """The job of the address. Raises NotVisibleError."""
        return job_of(self.actor, token_of(self.request), self.kwargs["public_id"])


class JobViewSet(ListMixin, RetrieveMixin, OwnJobViewSet):
    """The caller's jobs; they are kept for a week after their end."""

    serializer_class = out.JobOut
    filterset_class = JobFilterSet
    ordering_fields = {"created_at": ("pk",)}
    default_ordering = "-created_at"

    def get_queryset(self) -> QuerySet[Job]:
        """The jobs of the caller."""
        return jobs_for(self.actor, token_of(self.request))

    @extend_schema(request=None, responses=out.JobOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: Any) -> Response:
        """Do no further operation. What is done stays done."""
        return self.answer(cancel_job(public_id, actor=self.actor, token=token_of(request)))


class JobResultViewSet(ListMixin, OwnJobViewSet):
    """What came of each operation; the answers themselves are not kept, ``location`` says where to read."""

    serializer_class = out.JobResultOut
    filterset_class = JobItemFilterSet
    ordering_fields = {"index": ("no",)}
    default_ordering = "index"
    place_columns = ("job__public_id", "no")

    @cached_property
    def job(self) -> Job:
        """The job of the address. Raises NotVisibleError."""
        return self.get_object()

    def get_queryset(self) -> QuerySet[JobItem]:
        """Its operations."""
        return items_of(self.job)
