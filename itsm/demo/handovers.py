"""A hand-over of the demo company: the night shift of the service desk left it, nobody has it yet."""

from __future__ import annotations

from accounts.models import Group, User
from handovers.models import HandOver
from handovers.services import write_hand_over
from tickets.models import Ticket

_NIGHT = """밤사이 큰 문제는 없었습니다.
9층 승강기는 정오까지 점검합니다. 문의가 오면 그렇게 안내해 주세요."""
_NOTE = "요청자가 오전 10시 이후에 통화할 수 있다고 합니다."


def load(people: dict[str, User]) -> None:
    """Write it, unless there is one already."""
    if HandOver.objects.exists():
        return
    group = Group.objects.get(key="service-desk")
    open_ones = Ticket.objects.filter(kind="incident", group=group, active=True).order_by("pk")[:1]
    notes = [(ticket, _NOTE) for ticket in open_ones]
    write_hand_over(actor=people["seoa"], group=group, text=_NIGHT, notes=notes)
