"""The texts that ship: one entry per kind of notice; loaded after each migration, changing nothing edited.

Portal texts are in 해요체, texts for agents and approvers in 합니다체.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from notifications.models import NotificationTemplate

_TICKET = frozenset(
    {
        "ticket.number",
        "ticket.title",
        "ticket.word",
        "ticket.state",
        "ticket.priority",
        "ticket.requester",
        "ticket.assignee",
        "ticket.group",
    }
)
_COMMON = frozenset({"recipient.name", "actor.name", "brand"})
_APPROVAL = frozenset(
    {
        "approval.title",
        "approval.requester",
        "approval.due",
        "approval.instead_of",
        "approval.decided_by",
    }
)
TICKET_NAMES = _TICKET | _COMMON
SLA_NAMES = TICKET_NAMES | {"percent"}
WEBHOOK_NAMES = _COMMON | {"webhook"}
FLOW_NAMES = TICKET_NAMES | {"reason", "item", "quantity", "amount", "serial", "asset", "stage"}


class Text(NamedTuple):
    """Subject and body in both languages, and the names they may use."""

    subject_ko: str
    subject_en: str
    body_ko: str
    body_en: str
    names: frozenset[str] = TICKET_NAMES


TEXTS: dict[str, Text] = {
    # to the requester's side
    "ticket_received": Text(
        "{{ ticket.number }} 접수했어요: {{ ticket.title }}",
        "{{ ticket.number }} received: {{ ticket.title }}",
        "{{ ticket.word }} 접수가 끝났어요. 진행 상황은 아래 버튼에서 언제든 볼 수 있어요.",
        "We have received it. You can follow it at any time with the button below.",
    ),
    "ticket_replied": Text(
        "{{ ticket.number }} 새 답변이 있어요: {{ ticket.title }}",
        "{{ ticket.number }} has a new answer: {{ ticket.title }}",
        "{{ actor.name }}님이 답변을 남겼어요.",
        "{{ actor.name }} wrote:",
    ),
    "ticket_answer_needed": Text(
        "{{ ticket.number }} 답변이 필요해요: {{ ticket.title }}",
        "{{ ticket.number }} needs your answer: {{ ticket.title }}",
        "계속하려면 답변이 필요해요. 답변을 주시면 바로 이어서 처리할게요.",
        "We need your answer to go on. Work resumes as soon as you reply.",
    ),
    "ticket_reminder": Text(
        "{{ ticket.number }} 답변을 기다리고 있어요: {{ ticket.title }}",
        "{{ ticket.number }} still waits for your answer: {{ ticket.title }}",
        "아직 답변을 받지 못했어요. 답변을 주시면 바로 이어서 처리할게요.",
        "We have no answer from you yet. Work resumes as soon as you reply.",
    ),
    "ticket_resolved": Text(
        "{{ ticket.number }} 해결됐어요. 확인해 주세요: {{ ticket.title }}",
        "{{ ticket.number }} is solved, please check: {{ ticket.title }}",
        "잘 되는지 확인해 주세요. 아직 안 되면 다시 열 수 있어요.",
        "Please check that everything works. If it does not, you can reopen it.",
    ),
    "survey_asked": Text(
        "{{ ticket.number }} 어떠셨어요? {{ ticket.title }}",
        "{{ ticket.number }} how did it go? {{ ticket.title }}",
        "처리가 끝났어요. 얼마나 만족하셨는지 한 번만 눌러 알려 주세요.",
        "It is finished. One click tells us how satisfied you are.",
    ),
    "ticket_delivered": Text(
        "{{ ticket.number }} 받으셨는지 확인해 주세요: {{ ticket.title }}",
        "{{ ticket.number }} please confirm that you have it: {{ ticket.title }}",
        "받아서 잘 되는지 확인해 주세요. 문제가 있으면 알려 주세요.",
        "Please confirm that you have it and that it works, or tell us what is wrong.",
    ),
    "ticket_progress": Text(
        "{{ ticket.number }} 진행 상황이 바뀌었어요, {{ ticket.state }}: {{ ticket.title }}",
        "{{ ticket.number }} has moved on, {{ ticket.state }}: {{ ticket.title }}",
        "진행 상황이 바뀌었어요.",
        "It has moved on.",
    ),
    "ticket_closed": Text(
        "{{ ticket.number }} 마쳤어요: {{ ticket.title }}",
        "{{ ticket.number }} is finished: {{ ticket.title }}",
        "처리가 모두 끝났어요. 같은 일이 또 생기면 새로 알려 주세요.",
        "All is done. If it comes back, please report it again.",
    ),
    "ticket_cancelled": Text(
        "{{ ticket.number }} 완료하지 못하고 종료됐어요: {{ ticket.title }}",
        "{{ ticket.number }} ended without a result: {{ ticket.title }}",
        "더 진행하지 않게 되었어요. 이유는 아래에 있어요.",
        "It will not be carried on. The reason is below.",
    ),
    "ticket_late": Text(
        "{{ ticket.number }} 처리가 늦어지고 있어요: {{ ticket.title }}",
        "{{ ticket.number }} takes longer than planned: {{ ticket.title }}",
        "약속한 시간보다 오래 걸리고 있어요. 담당자에게도 알렸어요. 진행 상황은 아래 버튼에서 볼 수 있어요.",
        "This takes longer than promised. Who works on it was told. Follow it with the button below.",
    ),
    "laptop_ready": Text(
        "{{ ticket.number }} 노트북이 준비됐어요",
        "{{ ticket.number }} your laptop is ready",
        "{{ recipient.name }}님, 신청하신 노트북이 준비됐어요. 받을 곳과 방법은 아래 버튼에서 볼 수 있어요.",
        "{{ recipient.name }}, your laptop is ready. The button below shows where to pick it up.",
        FLOW_NAMES,
    ),
    "request_ready": Text(
        "{{ ticket.number }} 준비됐어요: {{ ticket.title }}",
        "{{ ticket.number }} is ready: {{ ticket.title }}",
        "{{ recipient.name }}님, 신청하신 것이 준비됐어요.",
        "{{ recipient.name }}, what you asked for is ready.",
        FLOW_NAMES,
    ),
    "request_rejected": Text(
        "{{ ticket.number }} 승인되지 않았어요: {{ ticket.title }}",
        "{{ ticket.number }} was not approved: {{ ticket.title }}",
        "신청이 반려됐어요. 이유는 아래에 있어요. 내용을 고쳐 다시 신청할 수 있어요.",
        "Your request was declined. The reason is below. You can change it and ask again.",
        FLOW_NAMES,
    ),
    "major_incident": Text(
        "중대 인시던트 {{ ticket.number }}: {{ ticket.title }}",
        "Major incident {{ ticket.number }}: {{ ticket.title }}",
        "우선순위 1로 접수되었습니다. 담당: {{ ticket.group }}. 30분마다 상황을 알려 드립니다.",
        "Reported with priority 1. With: {{ ticket.group }}. An update follows every half hour.",
        FLOW_NAMES,
    ),
    "major_incident_update": Text(
        "중대 인시던트 {{ ticket.number }} 진행 중: {{ ticket.title }}",
        "Major incident {{ ticket.number }} goes on: {{ ticket.title }}",
        "아직 해결되지 않았습니다. 상태: {{ ticket.state }}. 담당: {{ ticket.group }} {{ ticket.assignee }}",
        "It is not solved yet. State: {{ ticket.state }}. With: {{ ticket.group }} {{ ticket.assignee }}",
        FLOW_NAMES,
    ),
    "major_incident_over": Text(
        "중대 인시던트 {{ ticket.number }} 종료: {{ ticket.title }}",
        "Major incident {{ ticket.number }} is over: {{ ticket.title }}",
        "중대 인시던트가 끝났습니다. 상태: {{ ticket.state }}",
        "The major incident is over. State: {{ ticket.state }}",
        FLOW_NAMES,
    ),
    "request_approved": Text(
        "{{ ticket.number }} 승인됐어요: {{ ticket.title }}",
        "{{ ticket.number }} was approved: {{ ticket.title }}",
        "다음 단계로 넘어갔어요.",
        "It goes on to the next step.",
    ),
    "request_declined": Text(
        "{{ ticket.number }} 승인 단계에서 반려됐어요: {{ ticket.title }}",
        "{{ ticket.number }} was declined by an approver: {{ ticket.title }}",
        "승인 단계에서 반려됐어요.",
        "An approver declined it.",
    ),
    # to approvers
    "approval_requested": Text(
        "승인 요청: {{ approval.title }}",
        "Approval requested: {{ approval.title }}",
        "{{ approval.requester }}님의 신청에 승인이 필요합니다. 아래 버튼에서 확인하고 결정할 수 있습니다.",
        "A request by {{ approval.requester }} needs your decision. Use the button below to decide.",
        _COMMON | _APPROVAL,
    ),
    # to approvers who answered by mail
    "reply_already_decided": Text(
        "이미 결정된 승인입니다: {{ approval.title }}",
        "Already decided: {{ approval.title }}",
        "보내 주신 답장은 반영되지 않았습니다. 이미 결정되었습니다. 결정한 사람: {{ approval.decided_by }}",
        "Your mail changed nothing: this was decided before. Decided by: {{ approval.decided_by }}",
        _COMMON | _APPROVAL,
    ),
    "reply_no_reason": Text(
        "반려 사유가 필요합니다: {{ approval.title }}",
        "Please give a reason: {{ approval.title }}",
        "반려하려면 사유가 필요합니다. “반려: 사유”처럼 다시 답장하거나 아래에서 결정해 주세요.",
        "Declining needs a reason. Reply again with “reject: reason”, or decide below.",
        _COMMON | _APPROVAL,
    ),
    "reply_unclear": Text(
        "답장을 이해하지 못했습니다: {{ approval.title }}",
        "We could not read your decision: {{ approval.title }}",
        "결정되지 않았습니다. 첫 줄에 “승인” 또는 “반려: 사유”만 적어 답장하거나 아래에서 결정해 주세요.",
        "Nothing was decided. Begin your reply with “approve” or “reject: reason” alone, or decide below.",
        _COMMON | _APPROVAL,
    ),
    "reply_not_allowed": Text(
        "지금은 결정할 수 없습니다: {{ approval.title }}",
        "You cannot decide this now: {{ approval.title }}",
        "보내 주신 답장은 반영되지 않았습니다. 이유는 아래에서 볼 수 있습니다.",
        "Your mail changed nothing. The page below says why.",
        _COMMON | _APPROVAL,
    ),
    "reply_expired": Text(
        "답장 기한이 지났습니다: {{ approval.title }}",
        "Your reply came too late: {{ approval.title }}",
        "이 메일에 답장으로 결정할 수 있는 기한이 지났습니다. 아직 결정되지 않았다면 아래에서 결정해 주세요.",
        "The time to decide by replying to that mail is over. If it is still open, decide below.",
        _COMMON | _APPROVAL,
    ),
    # to agents
    "ticket_new_in_group": Text(
        "{{ ticket.number }} 새 {{ ticket.word }}: {{ ticket.title }}",
        "{{ ticket.number }} new {{ ticket.word }}: {{ ticket.title }}",
        "{{ ticket.group }} 팀에 배정되었습니다. 요청자: {{ ticket.requester }}.",
        "It is in the queue of {{ ticket.group }}. Requester: {{ ticket.requester }}.",
    ),
    "ticket_assigned": Text(
        "{{ ticket.number }} 배정: {{ ticket.title }}",
        "{{ ticket.number }} assigned to you: {{ ticket.title }}",
        "담당자로 지정되었습니다. 요청자: {{ ticket.requester }}.",
        "You are the assignee now. Requester: {{ ticket.requester }}.",
    ),
    "ticket_requester_replied": Text(
        "{{ ticket.number }} 요청자 답변: {{ ticket.title }}",
        "{{ ticket.number }} the requester answered: {{ ticket.title }}",
        "{{ actor.name }}님이 답변했습니다.",
        "{{ actor.name }} wrote:",
    ),
    "ticket_commented": Text(
        "{{ ticket.number }} 새 댓글: {{ ticket.title }}",
        "{{ ticket.number }} new comment: {{ ticket.title }}",
        "{{ actor.name }}님이 댓글을 남겼습니다.",
        "{{ actor.name }} wrote:",
    ),
    "ticket_internal_note": Text(
        "{{ ticket.number }} 내부 메모: {{ ticket.title }}",
        "{{ ticket.number }} internal note: {{ ticket.title }}",
        "{{ actor.name }}님이 내부 메모를 남겼습니다. 요청자에게는 보이지 않습니다.",
        "{{ actor.name }} left an internal note. The requester does not see it.",
    ),
    "ticket_reopened": Text(
        "{{ ticket.number }} 다시 열림: {{ ticket.title }}",
        "{{ ticket.number }} was reopened: {{ ticket.title }}",
        "해결되지 않아 다시 열렸습니다.",
        "It was not solved and is open again.",
    ),
    "ticket_resumed": Text(
        "{{ ticket.number }} 진행 재개: {{ ticket.title }}",
        "{{ ticket.number }} goes on: {{ ticket.title }}",
        "대기가 끝나 다시 진행 중입니다.",
        "The waiting is over; it is being worked on again.",
    ),
    "ticket_withdrawn": Text(
        "{{ ticket.number }} 취소됨: {{ ticket.title }}",
        "{{ ticket.number }} was withdrawn: {{ ticket.title }}",
        "더 처리할 필요가 없습니다.",
        "Nothing more is to be done.",
    ),
    "ticket_moved": Text(
        "{{ ticket.number }} 상태 변경, {{ ticket.state }}: {{ ticket.title }}",
        "{{ ticket.number }} is now “{{ ticket.state }}”: {{ ticket.title }}",
        "상태가 바뀌었습니다.",
        "The state changed.",
    ),
    "children_resolved": Text(
        "{{ ticket.number }} 하위 건이 모두 해결됨: {{ ticket.title }}",
        "{{ ticket.number }} has no open child any more: {{ ticket.title }}",
        "아래에 있던 건이 모두 해결되었습니다. 이 건도 마칠 수 있는지 확인하십시오.",
        "All that stood below it is resolved. Please see whether it can be resolved too.",
    ),
    "tasks_done": Text(
        "{{ ticket.number }} 작업이 모두 끝남: {{ ticket.title }}",
        "{{ ticket.number }} has no open task any more: {{ ticket.title }}",
        "이 건의 작업이 모두 끝났습니다. 이 건을 이어서 진행할 수 있는지 확인하십시오.",
        "All its tasks have ended. Please see whether it can go on.",
    ),
    "sla_warned": Text(
        "{{ ticket.number }} SLA 기한 임박: {{ ticket.title }}",
        "{{ ticket.number }} SLA is running out: {{ ticket.title }}",
        "SLA 시간의 {{ percent }}%가 지났습니다.",
        "{{ percent }}% of the SLA time are over.",
        SLA_NAMES,
    ),
    "sla_breached": Text(
        "{{ ticket.number }} SLA 기한 초과: {{ ticket.title }}",
        "{{ ticket.number }} SLA breached: {{ ticket.title }}",
        "SLA 기한이 지났습니다.",
        "The SLA target was missed.",
        SLA_NAMES,
    ),
    "sla_overdue": Text(
        "{{ ticket.number }} SLA 기한 초과 지속: {{ ticket.title }}",
        "{{ ticket.number }} SLA still overdue: {{ ticket.title }}",
        "SLA 기한이 지났는데 아직 끝나지 않았습니다. SLA 시간의 {{ percent }}%가 지났습니다.",
        "The SLA target was missed and the work is not done yet. {{ percent }}% of the time are over.",
        SLA_NAMES,
    ),
    "sla_escalated": Text(
        "{{ ticket.number }} SLA 에스컬레이션: {{ ticket.title }}",
        "{{ ticket.number }} SLA escalation: {{ ticket.title }}",
        "SLA 시간의 {{ percent }}%가 지났습니다. 담당: {{ ticket.group }} {{ ticket.assignee }}",
        "{{ percent }}% of the SLA time are over. With: {{ ticket.group }} {{ ticket.assignee }}",
        SLA_NAMES,
    ),
    "sla_paged": Text(
        "당직 호출, {{ ticket.number }}: {{ ticket.title }}",
        "On-call page, {{ ticket.number }}: {{ ticket.title }}",
        "당직 담당자로 호출되었습니다. SLA 시간의 {{ percent }}% 경과. 우선순위: {{ ticket.priority }}",
        "You are on call. {{ percent }}% of the SLA time are over. Priority: {{ ticket.priority }}",
        SLA_NAMES,
    ),
    "page_climbed": Text(
        "응답 없는 당직 호출, {{ ticket.number }}: {{ ticket.title }}",
        "Unanswered on-call page, {{ ticket.number }}: {{ ticket.title }}",
        "앞서 호출된 담당자가 응답하지 않아 호출되었습니다. 티켓에서 호출에 응답해 주십시오. "
        "SLA 시간의 {{ percent }}% 경과. 우선순위: {{ ticket.priority }}",
        "Who was called before has not answered, so you are called. Please answer the page on the ticket. "
        "{{ percent }}% of the SLA time were over. Priority: {{ ticket.priority }}",
        SLA_NAMES,
    ),
    # to who looks after a webhook
    "webhook_dead": Text(
        "웹훅 전송 포기: {{ webhook }}",
        "Webhook gave up: {{ webhook }}",
        "전송을 포기한 알림이 있습니다. 기록에서 원인을 확인하고 다시 보낼 수 있습니다.",
        "Messages could not be delivered and were given up. The log says why; they can be sent again.",
        WEBHOOK_NAMES,
    ),
    "webhook_off_gone": Text(
        "웹훅이 꺼졌습니다: {{ webhook }}",
        "Webhook switched off: {{ webhook }}",
        "받는 쪽이 더 이상 없다고 응답(410)하여 웹훅을 껐습니다.",
        "The receiver answered that it is gone (410), so the webhook was switched off.",
        WEBHOOK_NAMES,
    ),
    "webhook_off_failing": Text(
        "웹훅이 꺼졌습니다: {{ webhook }}",
        "Webhook switched off: {{ webhook }}",
        "5일 동안 한 번도 전송에 성공하지 못하여 웹훅을 껐습니다.",
        "Nothing could be delivered for 5 days, so the webhook was switched off.",
        WEBHOOK_NAMES,
    ),
    "webhook_off_run_as": Text(
        "웹훅이 꺼졌습니다: {{ webhook }}",
        "Webhook switched off: {{ webhook }}",
        "웹훅이 권한을 빌려 쓰던 계정이 더 이상 활성 상태가 아니어서 웹훅을 껐습니다.",
        "The person whose rights the webhook has is not active any more, so it was switched off.",
        WEBHOOK_NAMES,
    ),
}


def allowed_names(key: str) -> frozenset[str]:
    """What the text ``key`` may name; texts a company adds are for flows."""
    return TEXTS[key].names if key in TEXTS else FLOW_NAMES


def load(**_kwargs: Any) -> None:
    """Add the texts that are missing."""
    for key, text in TEXTS.items():
        columns = {name: value for name, value in text._asdict().items() if name != "names"}
        NotificationTemplate.objects.get_or_create(key=key, defaults=columns)
