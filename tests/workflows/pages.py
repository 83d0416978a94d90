"""What the tests of the pages of flows and runs share: somebody's browser, addresses, runs to look at."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.factories.workflows import fresh, go, make_run

WAIT = {
    "hold": {"kind": "wait_signal", "name": "ready", "key": "x", "label": {"ko": "대기", "en": "Hold on"}}
}


def browser(person):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def run_url(run, **query):
    url = reverse("workflows:run", args=[run.public_id])
    return f"{url}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else url


def act(client, run, action, **given):
    return client.post(reverse("workflows:act", args=[run.public_id, action]), given)


def failed_run():
    run = make_run(
        {
            "boom": {
                "kind": "raise_error",
                "code": "no_stock",
                "message": "Nothing left.",
                "label": {"ko": "재고 없음", "en": "Out of stock"},
            }
        }
    )
    go()
    return fresh(run)
