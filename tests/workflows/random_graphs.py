"""Random legal graphs: decisions, blocks inside blocks, lines, waits, failures."""

from __future__ import annotations

import random
from typing import Any

Node = dict[str, Any]
KINDS = ("set", "compute", "log", "branch", "switch", "pause", "listen", "failure")
BLOCKS = ("fork", "each", "loop", "attempt")


class Maker:
    """Makes chains of nodes; ``nodes`` holds them all."""

    def __init__(self, seed: int) -> None:
        self.dice, self.nodes = random.Random(seed), {}

    def chain(self, after: str, depth: int) -> str:
        """The id of the first of some nodes, the last of which leads to ``after``."""
        target = after
        for _turn in range(self.dice.randint(1, 3)):
            kinds = (*KINDS, *BLOCKS) if depth < 2 else KINDS
            target = getattr(self, self.dice.choice(kinds))(target, depth)
        return target

    def put(self, name: str, node: Node) -> str:
        """The id of a new node."""
        node_id = f"{name}{len(self.nodes)}"
        self.nodes[node_id] = node
        return node_id

    def around(self, name: str, node: Node, depth: int) -> str:
        """A block with a body."""
        node_id = self.put(name, node)
        node["body"] = self.chain(node_id, depth + 1)
        return node_id

    def set(self, after: str, _depth: int) -> str:
        return self.put("set", {"kind": "set", "set": {"n": self.dice.randint(0, 9)}, "next": after})

    def compute(self, after: str, _depth: int) -> str:
        formula = f"vars.n + {self.dice.randint(1, 3)}"
        return self.put("add", {"kind": "compute", "set": {"n": formula}, "next": after})

    def log(self, after: str, _depth: int) -> str:
        return self.put("log", {"kind": "log", "message": "{{ vars.n }}", "next": after})

    def pause(self, after: str, _depth: int) -> str:
        return self.put("p", {"kind": "wait_duration", "for": {"after": "PT1H"}, "next": after})

    def listen(self, after: str, _depth: int) -> str:
        node = {"kind": "wait_signal", "name": "s", "key": "k", "timeout": {"after": "PT1H"}, "next": after}
        return self.put("s", node | ({"on_timeout": after} if self.dice.random() < 0.7 else {}))

    def branch(self, after: str, depth: int) -> str:
        return self.put("b", self._choice(self.chain(after, depth + 1), after))

    def failure(self, after: str, _depth: int) -> str:
        return self.put(
            "b", self._choice(self.put("r", {"kind": "raise_error", "code": "no", "message": "no"}), after)
        )

    def _choice(self, to: str, after: str) -> Node:
        test = {"f": "vars.n", "op": "gte", "v": self.dice.randint(0, 9)}
        return {"kind": "branch", "cases": [{"if": test, "to": to}], "default": after}

    def switch(self, after: str, depth: int) -> str:
        cases = [{"is": [self.dice.randint(1, 3)], "to": self.chain(after, depth + 1)}]
        on = {"path": "ticket.urgency"}
        return self.put("sw", {"kind": "switch", "on": on, "cases": cases, "default": after})

    def fork(self, after: str, depth: int) -> str:
        join = self.put("j", {"kind": "join", "need": self.dice.choice(["all", "any", 2]), "next": after})
        branches = [self.chain(join, depth + 1) for _each in range(self.dice.randint(2, 3))]
        return self.put("f", {"kind": "fork", "branches": branches, "join": join})

    def each(self, after: str, depth: int) -> str:
        on_error = self.dice.choice(["stop", "continue"])
        node = {"kind": "for_each", "list": ["p", "q", "r"], "next": after, "on_item_error": on_error}
        node["parallel"] = self.dice.randint(1, 3)
        return self.around("each", node, depth)

    def loop(self, after: str, depth: int) -> str:
        until = {"f": "vars.n", "op": "gte", "v": 7}
        every = {"every": {"after": "PT1M"}} if self.dice.random() < 0.3 else {}
        node = {"kind": "loop_until", "until": until, "max_iter": 3, "on_max": after, "next": after, **every}
        return self.around("loop", node, depth)

    def attempt(self, after: str, depth: int) -> str:
        node_id = self.around("try", {"kind": "try", "next": after}, depth)
        if self.dice.random() < 0.5:
            self.nodes[node_id]["catch"] = self.chain(node_id, depth + 1)
        return node_id
