"""Lets Django's static files find what ``core.assets`` makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from core import assets


class GeneratedFinder(BaseFinder):
    """Finds ``app.css`` and the other generated files; makes them first where they are missing or old."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure, nothing to report."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """The file's path, in a list when all are asked for."""
        if path not in assets.GENERATED:
            return []
        found = str(assets.generate(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every generated file with the storage that holds it."""
        for name in assets.GENERATED:
            assets.generate(name)
        storage = FileSystemStorage(location=str(assets.folder()))
        for name in assets.GENERATED:
            yield name, storage
