"""The state machine of a kind as a page of ``docs/lifecycles/``: a picture, and the same as tables."""

from __future__ import annotations

from django.utils.translation import override

from tickets import kinds
from tickets.lifecycle import Input
from tickets.models import Ticket
from tickets.transitions import Edge, all_edges

HEAD = "<!-- Made by ./run manage lifecycle_docs from {module}; ./run check compares. -->"


def pages() -> dict[str, str]:
    """File name and Markdown text for each kind, and ``README.md`` that lists them. English words."""
    with override("en"):
        specs = kinds.all_kinds()
        listed = [f"- [{spec.label}]({spec.key}.md)" for spec in specs]
        text = (
            "# Lifecycles\n\nOne page per kind of ticket, made from the code.\n\n" + "\n".join(listed) + "\n"
        )
        return {"README.md": text} | {f"{spec.key}.md": page(spec) for spec in specs}


def page(spec: kinds.KindSpec) -> str:
    """One kind: diagram, states, transitions."""
    parts = [
        f"# {spec.label}: lifecycle",
        HEAD.format(module=f"{spec.model.__module__.split('.')[0]}/lifecycle.py"),
        _diagram(spec),
        "## States",
        _states(spec),
        "## Transitions",
        _transitions(spec.model),
    ]
    return "\n\n".join(parts) + "\n"


def _diagram(spec: kinds.KindSpec) -> str:
    """Each pair of states once, with all that leads from one to the other."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for each in all_edges(spec.model):
        label = f"{each.spec.label} (system)" if each.spec.system else str(each.spec.label)
        pairs.setdefault((each.source, each.target), []).append(label)
    first = next(iter(spec.state_labels))  # states are written down in the order of a ticket's life
    lines = [f"    {code} : {label}" for code, label in spec.state_labels.items()]
    lines.append(f"    [*] --> {first}")
    lines += [f"    {source} --> {target} : {', '.join(names)}" for (source, target), names in pairs.items()]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```"


def _states(spec: kinds.KindSpec) -> str:
    ranks, phases = spec.model.RANKS, spec.model.PHASES
    rows = [
        [
            f"`{code}`",
            str(label),
            str(phases[code]),
            str(ranks[code]),
            str(spec.employee_states.get(code, "")),
        ]
        for code, label in spec.state_labels.items()
    ]
    return _table(["code", "agents read", "phase", "rank", "employees read"], rows)


def _transitions(model: type[Ticket]) -> str:
    named: dict[tuple[str, str], list[Edge]] = {}
    for each in all_edges(model):
        named.setdefault((each.name, each.target), []).append(each)
    rows = []
    for (name, target), edges in named.items():
        first = edges[0]
        needs = [str(getattr(test, "reason", "")) for test in first.conditions]
        rows.append(
            [
                f"`{name}`",
                str(first.spec.label),
                ", ".join(f"`{each.source}`" for each in edges),
                f"`{target}`",
                "system" if first.spec.system else "person",
                ", ".join(_input(each) for each in first.spec.inputs),
                " ".join(needs),
            ]
        )
    return _table(["name", "label", "from", "to", "by", "inputs (* needed)", "refused with"], rows)


def _input(each: Input) -> str:
    mark = "(*)" if callable(each.required) else "*" if each.required else ""
    return f"`{each.name}`{mark}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
