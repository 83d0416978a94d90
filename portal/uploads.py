"""Files that come with a form: taken in at once, so that a form refused for another reason keeps them."""

from __future__ import annotations

import uuid

from django import forms

from core.attachments import accept
from core.errors import RuleRefusedError
from core.models import Attachment
from portal.answers import PersonRequest
from portal.selectors.files import waiting_files

KEPT = "kept_files"


def gather(request: PersonRequest, form: forms.Form, *, field: str = "attachments") -> list[Attachment]:
    """The form's files as rows of the reader: those kept from the last try and those sent now.

    A file that is not taken becomes an error of ``field``.
    """
    files = list(waiting_files(request.user, _ids(request.POST.getlist(KEPT))))
    for upload in request.FILES.getlist(field):
        try:
            files.append(accept(uploader=request.user, name=upload.name or "", chunks=upload.chunks()))
        except RuleRefusedError as refusal:
            form.add_error(field, f"{upload.name}: {refusal.detail}")
    return files


def _ids(values: list[str]) -> list[uuid.UUID]:
    found = []
    for value in values[:20]:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found
