"""What approvers, agents and who looks after webhooks are told, in 합니다체."""

from __future__ import annotations

from notifications.wording import (
    APPROVAL_NAMES,
    NEWS_NAMES,
    SCHEDULE_NAMES,
    SLA_NAMES,
    TEAM_NAMES,
    WEBHOOK_NAMES,
    Text,
)

FOR_THE_HOUSE: dict[str, Text] = {
    # to approvers
    "approval_requested": Text(
        "승인 요청: {{ approval.title }}",
        "Approval requested: {{ approval.title }}",
        "{{ approval.requester }}님의 신청에 승인이 필요합니다. 아래 버튼에서 확인하고 결정할 수 있습니다.",
        "A request by {{ approval.requester }} needs your decision. Use the button below to decide.",
        APPROVAL_NAMES,
    ),
    # to approvers who answered by mail
    "reply_already_decided": Text(
        "이미 결정된 승인입니다: {{ approval.title }}",
        "Already decided: {{ approval.title }}",
        "보내 주신 답장은 반영되지 않았습니다. 이미 결정되었습니다. 결정한 사람: {{ approval.decided_by }}",
        "Your mail changed nothing: this was decided before. Decided by: {{ approval.decided_by }}",
        APPROVAL_NAMES,
    ),
    "reply_no_reason": Text(
        "반려 사유가 필요합니다: {{ approval.title }}",
        "Please give a reason: {{ approval.title }}",
        "반려하려면 사유가 필요합니다. “반려: 사유”처럼 다시 답장하거나 아래에서 결정해 주세요.",
        "Declining needs a reason. Reply again with “reject: reason”, or decide below.",
        APPROVAL_NAMES,
    ),
    "reply_unclear": Text(
        "답장을 이해하지 못했습니다: {{ approval.title }}",
        "We could not read your decision: {{ approval.title }}",
        "결정되지 않았습니다. 첫 줄에 “승인” 또는 “반려: 사유”만 적어 답장하거나 아래에서 결정해 주세요.",
        "Nothing was decided. Begin your reply with “approve” or “reject: reason” alone, or decide below.",
        APPROVAL_NAMES,
    ),
    "reply_not_allowed": Text(
        "지금은 결정할 수 없습니다: {{ approval.title }}",
        "You cannot decide this now: {{ approval.title }}",
        "보내 주신 답장은 반영되지 않았습니다. 이유는 아래에서 볼 수 있습니다.",
        "Your mail changed nothing. The page below says why.",
        APPROVAL_NAMES,
    ),
    "reply_expired": Text(
        "답장 기한이 지났습니다: {{ approval.title }}",
        "Your reply came too late: {{ approval.title }}",
        "이 메일에 답장으로 결정할 수 있는 기한이 지났습니다. 아직 결정되지 않았다면 아래에서 결정해 주세요.",
        "The time to decide by replying to that mail is over. If it is still open, decide below.",
        APPROVAL_NAMES,
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
    "ticket_mentioned": Text(
        "{{ ticket.number }} 언급됨: {{ ticket.title }}",
        "{{ ticket.number }} mentions you: {{ ticket.title }}",
        "{{ actor.name }}님이 회원님을 언급했습니다.",
        "{{ actor.name }} mentioned you:",
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
    "major_proposed": Text(
        "{{ ticket.number }} 중대 인시던트 제안: {{ ticket.title }}",
        "{{ ticket.number }} proposed as major incident: {{ ticket.title }}",
        "중대 인시던트로 제안되었습니다. 승격할지 결정하십시오. 우선순위: {{ ticket.priority }}",
        "It may be a major incident. Please accept or reject the proposal. Priority: {{ ticket.priority }}",
    ),
    "major_accepted": Text(
        "{{ ticket.number }} 중대 인시던트 시작: {{ ticket.title }}",
        "{{ ticket.number }} is a major incident now: {{ ticket.title }}",
        "중대 인시던트로 승격되었습니다. 담당: {{ ticket.group }} {{ ticket.assignee }}",
        "It was accepted as major incident. With: {{ ticket.group }} {{ ticket.assignee }}",
    ),
    "major_rejected": Text(
        "{{ ticket.number }} 중대 인시던트 제안 반려: {{ ticket.title }}",
        "{{ ticket.number }} is no major incident: {{ ticket.title }}",
        "중대 인시던트 제안이 반려되었습니다. 이유는 내부 메모에 있습니다.",
        "The proposal was rejected. The work note says why.",
    ),
    "major_update_late": Text(
        "{{ ticket.number }} 상황 공유 기한 지남: {{ ticket.title }}",
        "{{ ticket.number }} an update is overdue: {{ ticket.title }}",
        "중대 인시던트의 상황 공유 기한이 지났습니다. 지금 상황을 알려 주십시오.",
        "The next update of this major incident was due. Please say how it stands.",
    ),
    "major_internal_update": Text(
        "{{ ticket.number }} 중대 인시던트 상황: {{ ticket.title }}",
        "{{ ticket.number }} how the major incident stands: {{ ticket.title }}",
        "{{ news.ko }}",
        "{{ news.en }}",
        NEWS_NAMES,
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
    # to who looks after a schedule of tickets
    "hand_over_written": Text(
        "인수인계가 기다립니다: {{ team.ko }}",
        "A hand-over waits: {{ team.en }}",
        "{{ actor.name }}님이 근무를 마치며 남겼습니다. 읽고 인수해 주세요.",
        "{{ actor.name }} goes off shift and left it. Read it and say that you have it.",
        TEAM_NAMES,
    ),
    "hand_over_accepted": Text(
        "인수되었습니다: {{ team.ko }}",
        "Your hand-over is accepted: {{ team.en }}",
        "{{ actor.name }}님이 인수했습니다.",
        "{{ actor.name }} has it now.",
        TEAM_NAMES,
    ),
    "schedule_failed": Text(
        "예약 티켓을 열지 못했습니다: {{ schedule }}",
        "Scheduled ticket was not opened: {{ schedule }}",
        "예약된 시각에 티켓을 열지 못했습니다. 예약 티켓 화면에서 원인을 확인하고 고친 다음 "
        "지금 실행할 수 있습니다. 다음 회차는 그대로 진행됩니다.",
        "The ticket could not be opened at its time. The page of the schedule says why; mend it there "
        "and run it now. The next occurrence goes on as planned.",
        SCHEDULE_NAMES,
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
