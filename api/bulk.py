"""Many calls in one: done at once, or taken in as a job (API A-32, A-33)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.tokens import token_of
from api import serializers as out
from api.inprocess import Answer, call, call_alone, request_within
from api.models import Job
from api.operations import Asked, Operation, check_for_job, read, refused
from api.selectors import jobs_for
from api.services import start_job
from core.api.once import came_before
from core.api.problems import MEDIA_TYPE
from core.api.views import ApiViewSet
from core.errors import NotVisibleError

SCOPE = "bulk"
_PREFER = OpenApiParameter("Prefer", str, "header", description="respond-async: as a job, also a small bulk.")
_LATER = OpenApiResponse(out.JobOut, description="Taken in as a job, whose address is in Location.")


class _Undone(Exception):  # noqa: N818 - it is an outcome
    """An operation of an atomic bulk was refused; nothing of the others stays."""

    def __init__(self, operation: Operation, index: int, answer: Answer) -> None:
        super().__init__(operation.ref)
        self.operation, self.index, self.answer = operation, index, answer


class BulkViewSet(ApiViewSet):
    """Operations on other addresses, each with the rights, limits and rules of a single call."""

    scope = SCOPE
    versioned = False
    in_bulk = False
    more_refusals: ClassVar[dict[str, str]] = {
        "404": "not_found: of the operation that undid all, as the other refusals here may be",
        "412": "stale_version: likewise",
        "428": "version_missing: likewise",
    }
    lookup_field = "public_id"
    key_of_all = ""

    def get_queryset(self) -> QuerySet[Job]:
        """The jobs of the caller: a repeat is answered with the job that the first call made."""
        return jobs_for(self.actor, token_of(self.request))

    def get_object(self) -> Job:
        """The job that an earlier call made. Raises NotVisibleError."""
        row = self.get_queryset().filter(public_id=self.kwargs["public_id"]).first()
        if row is None:
            raise NotVisibleError
        return row

    def _once(self, handler: Any, key: str, request: Request, /, *args: Any, **kwargs: Any) -> HttpResponse:
        """A job is made once. What is done at once is repeatable operation by operation."""
        if self._as_job(read(request.data)):
            return super()._once(handler, key, request, *args, **kwargs)
        self.key_of_all = key
        answer: HttpResponse = handler(request, *args, **kwargs)
        return answer

    @extend_schema(request=out.BulkIn, responses={200: out.BulkOut, 202: _LATER}, parameters=[_PREFER])
    def create(self, request: Request) -> Response:
        """Run up to 1,000 operations in order, each in its own transaction; above 100 as a job."""
        asked = read(request.data)
        if self._as_job(asked):
            return self._take_in(asked)
        return self._all_or_nothing(asked) if asked.atomic else self._one_by_one(asked)

    def _as_job(self, asked: Asked) -> bool:
        """Whether this becomes a job. Raises BadInputError when it must and cannot."""
        preferred = {each.split(";")[0].strip().lower() for each in self._header("Prefer").split(",")}
        if asked.atomic or not (asked.must_be_job or "respond-async" in preferred):
            return False
        errors = check_for_job(asked.operations)
        if errors and asked.must_be_job:
            raise refused(errors)
        return not errors  # a preference may be passed over (RFC 7240)

    def _header(self, name: str) -> str:
        return str(self.request.headers.get(name, ""))

    def _take_in(self, asked: Asked) -> Response:
        job = start_job(
            actor=self.actor,
            token=token_of(self.request),
            operations=asked.operations,
            language=get_language() or "en",
            request_id=getattr(self.request._request, "request_id", ""),
        )
        data = out.JobOut(job, context=self.get_serializer_context()).data
        response = Response(data, status=status.HTTP_202_ACCEPTED)
        response["Location"] = f"/api/v1/jobs/{job.public_id}/"
        if "respond-async" in self._header("Prefer").lower():
            response["Preference-Applied"] = "respond-async"
        return response

    def _one_by_one(self, asked: Asked) -> Response:
        was_here = self._came_before()
        answers = [call_alone(request) for request in self._requests(asked)]
        return self._told(asked, answers, was_here=was_here)

    def _all_or_nothing(self, asked: Asked) -> Response:
        try:
            with transaction.atomic():
                was_here = self._came_before()
                answers = [
                    _done(each, index, call(request))
                    for index, (each, request) in enumerate(
                        zip(asked.operations, self._requests(asked), strict=True)
                    )
                ]
        except _Undone as undone:
            return _first_refusal(undone)
        return self._told(asked, answers, was_here=was_here)

    def _requests(self, asked: Asked) -> Iterator[Any]:
        """Each operation as a request, made when its turn has come; the limit told is that of the last."""
        outer = self.request._request
        for index, operation in enumerate(asked.operations):
            inner = request_within(outer, operation, key=self._key_of(index))
            yield inner
            counted = getattr(inner, "throttle", None) or getattr(outer, "throttle", None)
            outer.throttle = counted  # type: ignore[attr-defined] # as CallerThrottle sets it

    def _key_of(self, index: int) -> str:
        """The key of one operation of a bulk that has one."""
        told = f"{self.key_of_all}\0{index}".encode()
        return f"bulk:{hashlib.sha256(told).hexdigest()}" if self.key_of_all else ""

    def _came_before(self) -> bool:
        return bool(self.key_of_all) and came_before(self.request, self.key_of_all)

    def _told(self, asked: Asked, answers: list[Answer], *, was_here: bool) -> Response:
        results = [_result(each, answer) for each, answer in zip(asked.operations, answers, strict=True)]
        failed = sum(answer.is_refusal for answer in answers)
        response = Response({"results": results, "summary": {"ok": len(answers) - failed, "failed": failed}})
        if was_here:
            response["Idempotency-Replayed"] = "true"
        return response


def _done(operation: Operation, index: int, answer: Answer) -> Answer:
    """The answer. Raises _Undone when it is a refusal."""
    if answer.is_refusal:
        raise _Undone(operation, index, answer)
    return answer


def _result(operation: Operation, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"ref": operation.ref, "status": answer.status}
    for name, header in (("etag", "ETag"), ("location", "Location")):
        if header in answer.headers:
            told[name] = answer.headers[header]
    if "Idempotency-Replayed" in answer.headers:
        told["replayed"] = True
    return told | {"problem" if answer.is_refusal else "body": answer.body}


def _first_refusal(undone: _Undone) -> Response:
    """The refusal as a single call would have got it, with the operation it is about; nothing was done."""
    answer = undone.answer
    told = answer.body | {"ref": undone.operation.ref, "index": undone.index}
    response = Response(told, status=answer.status, content_type=MEDIA_TYPE)
    for name in ("ETag", "Retry-After"):
        if name in answer.headers:
            response[name] = answer.headers[name]
    return response
