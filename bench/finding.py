"""``./run bench lists`` and ``./run bench search`` (BENCH W2, W4): pages of lists, counts of views, search.

As ``bench.api``: the tables grow by appending, and at each size every work is measured in turn with the page
of fifty rows by primary key, as wide as a ticket, under the same server. What a search answers is compared
with what the generator of the tickets says before anything is measured.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from bench import api_paths as paths
from bench.api import Asked, Bench, Known, Work, run
from bench.client import Request, ask, get, median_of
from bench.find_words import Word, look, words
from bench.smoke import settle

AGENTS, VIEWS = 30, 30
MOST_STATEMENTS = 12
FLAT, GROWING = 1.3, 3.0
KOREAN_TO_PAGE, KOREAN_TO_LATIN = 5.0, 1.5
PAGE_MS = 150.0  # UI section 10: what one agent waits for a page of the list
ENTRIES = "/entries/"
PLACE = "wide"
ALONE = "list page, one agent"


def run_lists(*, reps: int, count: int, size: int) -> int:
    """Lists, their twentieth page, and thirty agents with thirty views each; the exit code."""
    return run(kind=Lists, reps=reps, count=count, size=size)


def run_search(*, reps: int, count: int, size: int) -> int:
    """Search for words that are common, rare, everywhere and nowhere, in both scripts; the exit code."""
    return run(kind=Searches, reps=reps, count=count, size=size)


@dataclass
class Measured(Bench):
    """What both have in common: sessions of agents, and the page by primary key beside every work."""

    cookies: list[str] = field(default_factory=list)
    kept: list[list[str]] = field(default_factory=list)
    views: ClassVar[tuple[str, ...]] = ()

    def prepare(self, first: int, last: int) -> None:
        """Let the agents sign in, once; each keeps ``views``, whose addresses are in ``kept`` then."""
        if not self.cookies:
            found = self.work("sessions", str(AGENTS), *self.views)
            self.cookies, self.kept = found["cookies"], found["views"]

    def page(self, path: str, agent: int = 0) -> Request:
        """A page of the workspace for one of the agents."""
        return "GET", path, {"Cookie": self.cookies[agent % AGENTS], "Accept-Language": "ko"}, None

    def beside(self) -> dict[str, Asked]:
        """The page of fifty rows by primary key."""
        request = get(ENTRIES, self.floor.token)
        whole = Known(lambda body: len(body["results"]) == paths.PAGE)
        return {PLACE: Asked(lambda _turn: request, whole)}

    def measure(self, size: int) -> None:
        """All works at this size, the page by primary key and ours in turn."""
        self.count_statements(size)
        works = self.all_works(size)
        for _ in range(self.reps):
            for each in works:
                self.one(each)
        settle(self.stack)
        for each in works:
            self.judge(each, size)
        self.judge_together({each.name: each for each in works}, size)

    def all_works(self, size: int) -> list[Work]:
        """What is measured."""
        raise NotImplementedError  # lists and searches each have their own

    def judge_together(self, works: dict[str, Work], size: int) -> None:
        """What one work says about another."""

    def addresses(self) -> dict[str, str]:
        """Whose statements are counted."""
        raise NotImplementedError  # the same

    def count_statements(self, size: int) -> None:
        """SQL statements of one page of each sort."""
        found = self.work("pages", *self.addresses().values())
        for name, figure in zip(self.addresses(), found["statements"], strict=True):
            self.report.goal(
                f"statements of {name} at {size:,}", figure, MOST_STATEMENTS, at_most=True, unit="statements"
            )


def p95(results: Asked) -> float:
    """The median of the repetitions' p95."""
    return median_of(results.results, lambda result: result.percentile(0.95))[0]


def shows_rows(status: int, body: bytes) -> bool:
    """Whether it is a page with a full list."""
    return status == 200 and body.count(b'<article class="row"') == paths.PAGE


class Lists(Measured):
    """W2, and the counts of views: each of thirty agents has thirty in the rail, on every page."""

    views = tuple(
        f"{path}?view=open&sort={sort}&group={paths.TEAM.format(team)}{more}"
        for path, more in (("all", ""), ("incidents", ""), ("all", "&priority=1&priority=2"))
        for sort in ("priority", "newest")
        for team in range(1, 6)
    )[:VIEWS]

    def far(self) -> str:
        """The address of the list's twentieth page, walked to as a reader does."""
        place = urlsplit(self.stack.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        path = self.addresses()["list page"]
        for _ in range(19):
            body = ask(connection, self.page(path))[1].decode()
            at = body.find("after=")
            if at < 0:
                break
            following = body[at + 6 : body.index('"', at)].split("&")[0]
            path = f"{self.addresses()['list page']}&after={following}"
        return path

    def addresses(self) -> dict[str, str]:
        """Open tickets of the busiest team, priority then newest; and all open ones."""
        team = paths.TEAM.format(1)
        return {
            "list page": f"/w/incidents/?view=open&group={team}",
            "all open, newest": "/w/all/?view=open&sort=newest",
        }

    def all_works(self, size: int) -> list[Work]:
        """Pages of lists, and thirty views of thirty agents, each with the counts of its rail."""
        near, far = self.page(self.addresses()["list page"]), self.page(self.far())
        return [
            Work(ALONE, Asked(lambda _turn: near, shows_rows), self.beside(), self.count, clients=1),
            Work("list page", Asked(lambda _turn: near, shows_rows), self.beside(), self.count),
            Work("list page 20", Asked(lambda _turn: far, shows_rows), self.beside(), self.count),
            Work(
                f"{AGENTS} agents, {VIEWS} views",
                Asked(
                    lambda turn: self.page(self.kept[turn // VIEWS % AGENTS][turn % VIEWS], turn // VIEWS),
                    shows_list,
                ),
                self.beside(),
                max(self.count, AGENTS * VIEWS),
            ),
        ]

    def judge_together(self, works: dict[str, Work], size: int) -> None:
        """What one agent waits for, with nobody else at work."""
        alone = works[ALONE]
        self.report.goal(
            f"{ALONE} at {size:,}, p95", p95(alone.ours), PAGE_MS,
            at_most=True, unit="ms", noisy=alone.is_noisy,
        )  # fmt: skip


def shows_list(status: int, body: bytes) -> bool:
    """Whether it is a page with a list and the counts of the rail."""
    return status == 200 and b'<article class="row"' in body and b'<nav class="views"' in body


class Searches(Measured):
    """W4."""

    asked: dict[str, list[Word]]

    def prepare(self, first: int, last: int) -> None:
        """Ask the generator; compare what the search says with it."""
        super().prepare(first, last)
        if first == 1:
            self.asked = words()
        look([each for group in self.asked.values() for each in group], first, last)
        place = urlsplit(self.stack.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        for name, group in self.asked.items():
            for word in group:
                found = ask(connection, get(path_of(word), self.token))
                if found[0] != 200 or numbers_in(found[1]) != word.answer():
                    self.report.wrong += 1
                    self.report.say(f"WRONG: {name} {word.text}: {found[0]} {found[1][:200]!r}")
            hits = sum(len(each.in_title) + len(each.in_text) for each in group) / len(group)
            self.report.say(f"{name}: {len(group)} words, {hits:,.0f} tickets each in the mean")

    def addresses(self) -> dict[str, str]:
        """The search page and the palette."""
        word = quote(self.asked["Korean"][0].text)
        return {"search page": f"/w/search/?q={word}", "palette": f"/w/palette?q={word}"}

    def all_works(self, size: int) -> list[Work]:
        """Each sort of word over REST, and the page of the search."""
        works = [self.searching(name, group) for name, group in self.asked.items()]
        page = [self.page(f"/w/search/?q={quote(each.text)}") for each in self.asked["Korean"]]

        def shown() -> Asked:
            return Asked(
                lambda turn: page[turn % len(page)], lambda status, body: status == 200 and b"<mark>" in body
            )

        return [
            *works,
            Work("search page, Korean", shown(), self.beside(), self.count),
            Work("search page, Korean, one agent", shown(), self.beside(), self.count, clients=1),
        ]

    def searching(self, name: str, group: list[Word]) -> Work:
        """One sort of words, one after the other; an answer is right that has the generator's page."""
        requests = [get(path_of(each), self.token) for each in group]
        right = {json.dumps(each.answer()) for each in group}

        def good(status: int, body: bytes) -> bool:
            return status == 200 and json.dumps(numbers_in(body)) in right

        asked = Asked(lambda turn: requests[turn % len(requests)], good)
        return Work(f"search {name}", asked, self.beside(), self.count)

    def judge_together(self, works: dict[str, Work], size: int) -> None:
        """Korean against the page by primary key, and against Latin words that come as often."""
        korean, latin = works["search Korean"], works["search COMMON"]
        for name, limit, other in (
            (f"a page of {paths.PAGE} by primary key", KOREAN_TO_PAGE, korean.beside[PLACE]),
            ("search COMMON", KOREAN_TO_LATIN, latin.ours),
        ):
            self.report.goal(
                f"search Korean at {size:,} against {name}, p95",
                p95(korean.ours) / max(p95(other), 0.001),
                limit, at_most=True, unit="×", noisy=self.is_noisy,
            )  # fmt: skip

    def compare_sizes(self) -> None:
        """Whether a search at the greatest size is not much slower than at a tenth of it."""
        for name, by_size in self.p95.items():
            if len(by_size) > 1:
                before, last = sorted(by_size)[-2:]
                self.report.goal(
                    f"{name}, p95 at {last:,} against {before:,}",
                    by_size[last] / max(by_size[before], 0.001),
                    GROWING, at_most=True, unit="×", noisy=self.is_noisy,
                )  # fmt: skip


def path_of(word: Word) -> str:
    """The tickets that hold it, fifty at most."""
    return f"/api/v1/search/?type=ticket&limit={paths.PAGE}&q={quote(word.text)}"


def numbers_in(body: bytes) -> list[Any]:
    """The numbers that an answer has."""
    return [each["key"] for each in json.loads(body)["results"]]
