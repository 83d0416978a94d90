"""Where the steps of a flow stand: everything has a place, and nothing lies on anything else."""

from __future__ import annotations

import json
import random
import re
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.layout import Picture, picture
from workflows.reference import SEED

KINDS = ("log", "set", "approval")


def flow(nodes, start=""):
    return {"start": start or next(iter(nodes)), "nodes": nodes}


def log(after=""):
    return {"kind": "log", "next": after} if after else {"kind": "log"}


def overlapping(boxes):
    return [
        (a, b)
        for a, b in combinations(boxes, 2)
        if a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h
    ]


def assert_sound(graph, found: Picture):
    assert sorted(card.node_id for card in found.nodes) == sorted(graph["nodes"])
    assert [card.number for card in found.nodes] == list(range(1, len(graph["nodes"]) + 1))
    assert overlapping([*found.nodes, *found.labels]) == []
    for box in (*found.nodes, *found.labels, *found.frames):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.w <= found.width
        assert box.y + box.h <= found.height


def place(found, node_id):
    return next(card for card in found.nodes if card.node_id == node_id)


def test_steps_stand_below_each_other():
    found = picture(flow({"a": log("b"), "b": log("c"), "c": {"kind": "end"}}))
    assert [(card.node_id, card.x, card.number) for card in found.nodes] == [
        ("a", 0, 1),
        ("b", 0, 2),
        ("c", 0, 3),
    ]
    assert place(found, "a").y + 64 < place(found, "b").y
    assert [(line.source, line.target, line.kind) for line in found.lines] == [
        ("a", "b", "next"),
        ("b", "c", "next"),
    ]
    assert found.lines[0].d == "M124 64L124 94"


def test_the_branches_of_a_fork_stand_side_by_side_in_a_frame():
    nodes = {
        "both": {"kind": "fork", "branches": ["left", "right"], "join": "meet"},
        "left": log("meet"),
        "right": log("more"),
        "more": log("meet"),
        "meet": {"kind": "join", "next": "fin"},
        "fin": {"kind": "end"},
    }
    graph = flow(nodes)
    found = picture(graph)
    assert_sound(graph, found)
    left, right, frame = place(found, "left"), place(found, "right"), found.frames[0]
    assert left.y == right.y
    assert left.x + left.w < right.x
    for node_id in ("both", "left", "right", "more"):
        card = place(found, node_id)
        assert frame.x < card.x
        assert card.x + card.w < frame.x + frame.w
        assert frame.y < card.y
        assert card.y + card.h < frame.y + frame.h
    assert place(found, "meet").y >= frame.y + frame.h
    assert (place(found, "both").depth, left.depth, place(found, "meet").depth) == (0, 1, 0)
    assert [card.node_id for card in found.nodes] == ["both", "left", "right", "more", "meet", "fin"]


def test_blocks_lie_inside_blocks():
    nodes = {
        "each": {"kind": "for_each", "body": "attempt", "next": "fin"},
        "attempt": {"kind": "try", "body": "call", "catch": "note", "next": "each"},
        "call": log("attempt"),
        "note": log("attempt"),
        "fin": {"kind": "end"},
    }
    graph = flow(nodes)
    found = picture(graph)
    assert_sound(graph, found)
    outer, inner = found.frames
    assert (outer.node_id, inner.node_id, outer.depth, inner.depth) == ("each", "attempt", 0, 1)
    assert outer.x < inner.x
    assert inner.x + inner.w < outer.x + outer.w
    assert inner.y + inner.h <= outer.y + outer.h
    assert {(line.source, line.target) for line in found.lines} == {
        ("each", "attempt"),
        ("attempt", "each"),
        ("attempt", "call"),
        ("attempt", "note"),
        ("call", "attempt"),
        ("note", "attempt"),
        ("each", "fin"),
    }


def test_words_on_ways_have_a_place_of_their_own():
    nodes = {
        "ask": {
            "kind": "branch",
            "cases": [{"if": {}, "to": "yes"}, {"if": {}, "to": "yes"}],
            "default": "no",
        },
        "yes": log("fin"),
        "no": log("fin"),
        "fin": {"kind": "end"},
    }
    graph = flow(nodes)
    found = picture(
        graph, label_of=lambda _source, way: f"{way.kind}{way.number}" if way.kind != "next" else ""
    )
    assert_sound(graph, found)
    assert [(label.text, label.target) for label in found.labels] == [
        ("case1", "yes"),
        ("case2", "yes"),
        ("default0", "no"),
    ]
    wide = picture(graph, label_of=lambda *_words: "조건이 아주 길어서 다 보일 수 없는 경우의 이름")
    assert {label.w for label in wide.labels} == {176}


@pytest.mark.parametrize("path", sorted(SEED.glob("*.json")), ids=lambda path: path.stem)
def test_the_flows_we_ship_are_drawn(path):
    graph = json.loads(path.read_text(encoding="utf-8"))["graph"]
    found = picture(graph, label_of=lambda _source, way: way.kind if way.kind != "next" else "")
    assert_sound(graph, found)
    assert not [line for line in found.lines if line.kind == "stray"]
    assert found == picture(graph, label_of=lambda _source, way: way.kind if way.kind != "next" else "")


def test_a_way_past_other_steps_does_not_run_through_them():
    nodes = {
        "a": {"kind": "branch", "cases": [{"if": {}, "to": "b"}], "default": "d"},
        "b": log("c"),
        "c": log("d"),
        "d": {"kind": "end"},
    }
    found = picture(flow(nodes))
    line = next(line for line in found.lines if (line.source, line.target) == ("a", "d"))
    xs = {float(x) for x, _y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", line.d)}
    middle = place(found, "b")
    assert any(x < middle.x or x > middle.x + middle.w for x in xs)


def test_graphs_with_mistakes_are_drawn_too():
    circle = flow({"a": log("b"), "b": log("a"), "lost": log("nowhere"), "odd": log("lost")})
    found = picture(circle)
    assert_sound(circle, found)
    assert [line.kind for line in found.lines if (line.source, line.target) == ("b", "a")] == ["stray"]
    crossing = flow(
        {
            "each": {"kind": "for_each", "body": "in", "next": "out"},
            "in": log("out"),
            "out": {"kind": "end"},
        }
    )
    assert_sound(crossing, picture(crossing))
    for nothing in (
        None,
        {},
        {"nodes": []},
        {"nodes": {}},
        {"nodes": {"a": 3}},
        {"nodes": {"a": log()}, "start": []},
    ):
        assert isinstance(picture(nothing), Picture)
    assert picture({"nodes": {"a": log()}, "start": ["x"]}).nodes[0].node_id == "a"


def _random_graph(rng, count):
    """A legal flow: each step leads to later ones, some begin blocks."""
    nodes = {}
    names = [f"n{at}" for at in range(count)]
    for at, name in enumerate(names):
        later = names[at + 1 :]
        if not later:
            nodes[name] = {"kind": "end"}
        elif rng.random() < 0.3 and len(later) > 3:
            cases = [{"if": {}, "to": rng.choice(later[:8])} for _each in range(rng.randint(1, 3))]
            nodes[name] = {"kind": "branch", "cases": cases, "default": later[0]}
        elif rng.random() < 0.1:
            body = f"{name}_in"
            nodes[name] = {"kind": rng.choice(["for_each", "loop_until"]), "body": body, "next": later[0]}
            nodes[body] = log(f"{name}_end")
            nodes[f"{name}_end"] = log(name)
        else:
            nodes[name] = log(later[0])
    return flow(nodes)


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_nothing_overlaps_whatever_the_flow(seed, count):
    graph = _random_graph(random.Random(seed), count)
    found = picture(graph, label_of=lambda _source, way: "label" if way.kind in ("case", "default") else "")
    assert_sound(graph, found)


def test_two_hundred_steps_are_drawn_in_a_moment():
    graph = _random_graph(random.Random(7), 170)
    assert len(graph["nodes"]) >= 190
    began = time.process_time()
    found = picture(graph, label_of=lambda _source, way: "label" if way.kind in ("case", "default") else "")
    assert time.process_time() - began < 2  # about 0.3 s; the figure is for a busy machine
    assert len(found.nodes) == len(graph["nodes"])
