"""Reply templates and macros of the demo company, for all agents, a team and one agent."""

from __future__ import annotations

from typing import Any

from accounts.choices import Audience
from accounts.models import Group, User
from macros.models import Macro
from macros.services import make_macro

_VPN = """안녕하세요, {requester}님.

VPN이 자주 끊기면 설정을 한 번 지우고 다시 받으면 대부분 해결됩니다.
1. VPN 앱을 끝내고 다시 켭니다.
2. 설정 > 프로필 > 초기화를 누릅니다.
3. 회사 계정으로 다시 로그인합니다.

그래도 끊기면 이 글({number})에 답해 주세요.
{agent} 드림"""
_ASK = """안녕하세요, {requester}님.

‘{title}’을(를) 확인하려면 아래 내용이 더 필요합니다.
- 언제부터 그런지
- 화면에 나온 오류 문구
- 지금 계신 곳(사무실/자택)

답을 주시면 바로 이어서 보겠습니다.
{agent} 드림"""
_RESET = """안녕하세요, {requester}님.

비밀번호를 초기화했습니다. 첫 로그인에서 새 비밀번호를 정해 주세요.
{agent} 드림"""
_TO_NETWORK = "{today} {agent}: 서비스데스크에서 기본 점검을 마쳤습니다. 회선 쪽 확인을 부탁드립니다."
_STARTED = "{group}에서 작업을 시작합니다. ({today}, {agent})"

_EVERYONE: list[dict[str, Any]] = [
    {"name": "VPN 재설정 안내", "kinds": ["incident"], "says": "comment", "text": _VPN},
    {
        "name": "정보 요청 후 보류",
        "kinds": ["incident"],
        "says": "comment",
        "text": _ASK,
        "move": "hold",
        "inputs": {"hold_reason": "awaiting_caller"},
        "assign": "me",
    },
    {
        "name": "비밀번호 초기화 후 해결",
        "kinds": ["incident"],
        "says": "comment",
        "text": _RESET,
        "move": "resolve",
        "inputs": {"close_code": "solution_provided", "close_notes": "비밀번호를 초기화했습니다."},
        "category": "account",
    },
    {
        "name": "작업 시작",
        "kinds": ["itask", "ptask", "sctask"],
        "says": "work_note",
        "text": _STARTED,
        "move": "start",
    },
]


def load(people: dict[str, User]) -> None:
    """Make the macros, unless there is one already."""
    if Macro.objects.exists():
        return
    agent, admin = people["seojin"], people["admin"]
    for fields in _EVERYONE:
        make_macro(actor=admin, audience=Audience.EVERYONE, **fields)
    make_macro(
        actor=agent,
        audience=Audience.TEAM,
        group=Group.objects.get(key="service-desk"),
        name="네트워크 팀으로 넘기기",
        kinds=["incident"],
        says="work_note",
        text=_TO_NETWORK,
        to_group=Group.objects.get(key="network"),
        assign="nobody",
        category="network",
    )
    make_macro(actor=agent, name="급한 건으로 올리기", kinds=["incident", "problem"], impact=1, urgency=1)
