"""The REST API as a whole: root, addresses, description."""

from django.apps import AppConfig


class Config(AppConfig):
    """What spans the resources of all apps."""

    name = "api"

    def ready(self) -> None:
        """Make the sweep and the workspace's bulks know the jobs, and tokens the scopes."""
        from api import scopes, working  # noqa: F401
        from api.bulkpages import PageJobs
        from desk.bulk import jobs

        jobs.register(PageJobs())
        scopes.fill()
