"""What each command does: one or two calls of the client, and how the answer is shown."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import Any

from maru_client.approvals import Approval
from maru_client.cli import login, tables
from maru_client.cli.words import Context, WordsError, moment_of, money_of, name_of, named, text_of
from maru_client.client import Maru
from maru_client.records import Record
from maru_client.tickets import Ticket, Transition
from maru_client.transport import split_address

LIST_FIELDS = ("number", "kind", "title", "state_label", "priority_label", "group", "assignee")
UUID_LENGTH = 36


def log_in(context: Context) -> None:
    """Ask for a token, try it, keep it. The token is never an argument: those stand in lists of processes."""
    url = (context.args.address or getattr(context.args, "url", "")).rstrip("/")
    url = url or login.environment().get("MARU_URL", "")
    if not url:
        raise login.NoLoginError("no_login")
    parts = split_address(url)
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        context.warn("plain_http", url=url)
    token = login.environment().get("MARU_TOKEN", "") or _typed(context.texts("ask_token"))
    ca_file = login.environment().get("MARU_CA_FILE", "")
    me = context.client_of(login.Login(url, token, ca_file=ca_file)).me()
    path = login.keep(url, token)
    if not context.data(me):
        context.say("signed_in", url=url, name=me.username, path=path)


def _typed(question: str) -> str:
    return (getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline()).strip()


def log_out(context: Context) -> None:
    """Forget the kept login."""
    context.say("signed_out" if login.forget() else "was_signed_out")


def who_am_i(context: Context) -> None:
    """The caller."""
    maru = context.client()
    me = maru.me()
    if context.data(me):
        return
    context.pairs(
        [
            ("username", me.username),
            ("name", me.name),
            ("groups", ", ".join(each["name"] for each in me.groups)),
            ("roles", ", ".join(each["name"] for each in me.roles)),
            ("server", maru.session.base),
        ]
    )


def list_tickets(context: Context) -> None:
    """Tickets, of one kind or all."""
    args = context.args
    names = ("q", "kind", "phase", "state", "group", "assignee", "requester", "priority", "ordering")
    filters = {name: getattr(args, name) for name in names} | named(args.filter)
    most = max(1, args.limit)
    if not context.as_json:
        filters = {"fields": LIST_FIELDS} | filters
    found = context.client().tickets.list(**{"page_size": min(200, most + 1)} | filters).take(most + 1)
    rows = found[:most]
    if context.data(rows):
        return
    context.table(
        ["number", "state", "priority", "group", "assignee", "title"],
        [
            (
                row.number,
                row.state_label,
                row.priority_label,
                name_of(row.group),
                name_of(row.assignee),
                row.title,
            )
            for row in rows
        ],
    )
    if len(found) > most:
        context.warn("more")


def show(context: Context) -> None:
    """One ticket with its last words."""
    ticket = context.client().tickets.get(context.args.number)
    if context.data(ticket):
        return
    context.pairs(
        [
            ("number", ticket.number),
            ("title", ticket.title),
            ("kind", ticket.get("kind_label")),
            ("state", ticket.state_label),
            ("priority", ticket.get("priority_label")),
            ("requester", name_of(ticket.get("requester"))),
            ("group", name_of(ticket.get("group"))),
            ("assignee", name_of(ticket.get("assignee"))),
            ("opened_at", moment_of(ticket.get("opened_at"))),
            ("updated_at", moment_of(ticket.get("updated_at"))),
            ("due_at", moment_of(ticket.get("due_at"))),
            ("transitions", ", ".join(each["name"] for each in ticket.get("_transitions") or ())),
        ]
    )
    if ticket.get("description"):
        print(f"\n{tables.block(ticket.description)}")
    for word in reversed(ticket.activity(ordering="-at", page_size=100).take(100)):
        if word.body:
            who, kind = tables.plain(name_of(word.actor)), tables.plain(word.kind_label)
            print(f"\n{moment_of(word.at)}  {who}  ({kind})")
            print(tables.block(word.body))


def open_incident(context: Context) -> None:
    """Report an incident."""
    args = context.args
    names = ("impact", "urgency", "category", "requester", "group", "ci", "location")
    fields = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.description:
        fields["description"] = text_of(args.description)
    made = context.client().incidents.create(title=args.title, **fields)
    if not context.data(made):
        context.say("opened", number=made.number, title=made.title)


def comment(context: Context) -> None:
    """A public comment."""
    _say(context, Ticket.comment, "commented")


def note(context: Context) -> None:
    """An internal note."""
    _say(context, Ticket.note, "noted")


def _say(context: Context, say: Callable[..., Record], done: str) -> None:
    args = context.args
    said = say(_ticket(context.client(), args.number), text_of(args.words), files=args.attach)
    if not context.data(said):
        context.say(done, number=args.number)


def move(context: Context) -> None:
    """Run a transition, or show which there are."""
    args = context.args
    ticket = _ticket(context.client(), args.number)
    if args.transition:
        ticket.move(args.transition, **named(args.inputs))
        if not context.data(ticket):
            context.say("moved", number=ticket.number, state=ticket.state_label)
        return
    moves = ticket.transitions()
    if context.as_json:
        context.data([vars(each) | {"inputs": [vars(one) for one in each.inputs]} for each in moves])
        return
    context.table(
        ["transition", "label", "inputs", "closed"],
        [(each.name, each.label, _inputs(each), each.reason or each.closed_by) for each in moves],
    )


def _inputs(transition: Transition) -> str:
    return " ".join(f"{each.name}{'*' if each.required else ''}" for each in transition.inputs)


def assign(context: Context) -> None:
    """Give a ticket to somebody."""
    args = context.args
    if not args.person and not args.group:
        raise WordsError("nothing_to_assign")
    maru = context.client()
    person = maru.me().username if args.person == "me" else args.person
    ticket = _ticket(maru, args.number).assign(person, group=args.group)
    if context.data(ticket):
        return
    owner = name_of(ticket.assignee) or name_of(ticket.group) or context.texts("nobody")
    context.say("assigned", number=ticket.number, owner=owner)


def order(context: Context) -> None:
    """Order something, or say what it would take."""
    args = context.args
    maru = context.client()
    answers = named(args.answers)
    if args.quote or not answers:
        item = maru.catalog.item(args.item, requested_for=args.requested_for or None)
        page = item.quote(answers, quantity=args.quantity, requested_for=args.requested_for)
        if args.quote or page.form:
            _show_form(context, page)
            return
    made = maru.catalog.order(args.item, answers, quantity=args.quantity, requested_for=args.requested_for)
    if not context.data(made):
        context.say("ordered", number=made.number, title=made.title)


def _show_form(context: Context, page: Record) -> None:
    if context.data(page):
        return
    asked = ", ".join(", ".join(each["names"]) for each in page.approvers)
    context.pairs(
        [
            ("name", page.name),
            ("total", money_of(page.total)),
            ("recurring", money_of(page.recurring_total)),
            ("expected_at", moment_of(page.expected_at)),
            ("approvers", asked),
        ]
    )
    language = context.texts.language
    rows = [
        (
            each["key"],
            each["type"],
            context.texts("yes") if each["is_required"] else "",
            each["label"][language] or each["label"]["ko"],
            " ".join(str(choice["value"]) for choice in each["choices"]),
        )
        for each in page.form
        if each["is_visible"]
    ]
    if rows:
        print()
        context.table(["name", "type", "needed", "question", "choices"], rows)


def approvals(context: Context) -> None:
    """What waits for the caller."""
    rows = list(context.client().approvals.mine())
    if context.data(rows):
        return
    context.table(
        ["id", "number", "requester", "asked_at", "question"],
        [
            (
                row.id,
                (row.ticket or {}).get("number"),
                name_of(row.requester),
                moment_of(row.asked_at),
                row.title,
            )
            for row in rows
        ],
    )


def approve(context: Context) -> None:
    """Say yes."""
    _decide(context, "approved")


def reject(context: Context) -> None:
    """Say no."""
    _decide(context, "rejected")


def _decide(context: Context, done: str) -> None:
    args = context.args
    approval = _approval(context.client(), args.approval)
    decided = (approval.approve if done == "approved" else approval.reject)(args.comment)
    if not context.data(decided):
        context.say(done, title=decided.title)


def _approval(maru: Maru, given: str) -> Approval:
    if len(given) == UUID_LENGTH:
        return maru.approvals.get(given)
    waiting = list(maru.approvals.list(mine="pending", ticket=given.upper()))
    if not waiting:
        raise WordsError("no_approval", number=given)
    if len(waiting) > 1:
        raise WordsError("many_approvals", number=given, count=len(waiting))
    return waiting[0]


def watch(context: Context) -> None:
    """Print what happens, as it happens."""
    args = context.args
    topics = [f"tickets/{number.upper()}" for number in args.number]
    topics += [f"queue/{key}" for key in args.queue] + (["users/me"] if args.mine else [])
    if not topics:
        raise WordsError("nothing_to_watch")
    maru = context.client()
    context.warn("watching", topics=", ".join(topics))
    with maru.events(*topics) as events:
        for turn, event in enumerate(events, 1):
            _tell(context, maru, event.type, event.data)
            if turn == args.count:
                return


def _tell(context: Context, maru: Maru, kind: str, data: dict[str, Any]) -> None:
    if context.as_json:
        context.line({"type": kind, "data": data})
    elif kind == "reset":
        context.warn("reset")
    else:
        number = str(data.get("number") or "")
        told = _in_short(maru, number) if number else ""
        place = number or str(data.get("topic") or "")
        print(tables.plain(f"{place}  {data.get('kind') or kind}  {told}"), flush=True)


def _in_short(maru: Maru, number: str) -> str:
    found = maru.tickets.list(q=number, fields=["number", "state_label", "title"], page_size=2)
    row = next((each for each in found.take(2) if each.number == number), None)
    return f"{row.state_label}  {row.title}" if row is not None else ""


def clocks(context: Context) -> None:
    """The service levels of a ticket."""
    rows = _ticket(context.client(), context.args.number).clocks()
    if context.data(rows):
        return
    context.table(
        ["clock", "state", "percent", "left", "target", "due_at"],
        [
            (row.name, row.state, f"{row.percent} %", row.left, row.target_duration, moment_of(row.due_at))
            for row in rows
        ],
    )


def _ticket(maru: Maru, number: str) -> Ticket:
    """The ticket of that number, read when a call needs more of it."""
    return Ticket(maru.session, {"number": number.upper()}).placed("tickets")


COMMANDS: dict[str, Callable[[Context], None]] = {
    "login": log_in,
    "logout": log_out,
    "whoami": who_am_i,
    "list": list_tickets,
    "show": show,
    "open": open_incident,
    "comment": comment,
    "note": note,
    "move": move,
    "assign": assign,
    "order": order,
    "approvals": approvals,
    "approve": approve,
    "reject": reject,
    "watch": watch,
    "clocks": clocks,
}
