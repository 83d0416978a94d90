"""What the requester's side is told, in 해요체."""

from __future__ import annotations

from notifications.wording import FLOW_NAMES, NEWS_NAMES, Text

FOR_REQUESTERS: dict[str, Text] = {
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
    "ticket_merged": Text(
        "{{ ticket.number }} 같은 내용끼리 합쳤어요: {{ ticket.title }}",
        "{{ ticket.number }} goes on together with others: {{ ticket.title }}",
        "같은 일이 여러 번 접수되어 합쳐서 처리하고 있어요. 여기에 답변하면 담당자에게 전해져요.",
        "This was reported more than once, so it goes on in one place. Your answers here get there.",
    ),
    "ticket_unmerged": Text(
        "{{ ticket.number }} 따로 이어서 처리해요: {{ ticket.title }}",
        "{{ ticket.number }} goes on by itself again: {{ ticket.title }}",
        "다른 접수와 합쳤던 것을 되돌렸어요. 이 접수에서 이어서 처리할게요.",
        "It was taken apart from the others again. Work goes on here.",
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
        "우선순위 1 인시던트 {{ ticket.number }}: {{ ticket.title }}",
        "Priority 1 incident {{ ticket.number }}: {{ ticket.title }}",
        "우선순위 1로 접수되었습니다. 담당: {{ ticket.group }}. 30분마다 상황을 알려 드립니다.",
        "Reported with priority 1. With: {{ ticket.group }}. An update follows every half hour.",
        FLOW_NAMES,
    ),
    "major_incident_update": Text(
        "우선순위 1 인시던트 {{ ticket.number }} 진행 중: {{ ticket.title }}",
        "Priority 1 incident {{ ticket.number }} goes on: {{ ticket.title }}",
        "아직 해결되지 않았습니다. 상태: {{ ticket.state }}. 담당: {{ ticket.group }} {{ ticket.assignee }}",
        "It is not solved yet. State: {{ ticket.state }}. With: {{ ticket.group }} {{ ticket.assignee }}",
        FLOW_NAMES,
    ),
    "major_incident_over": Text(
        "우선순위 1 인시던트 {{ ticket.number }} 종료: {{ ticket.title }}",
        "Priority 1 incident {{ ticket.number }} is over: {{ ticket.title }}",
        "우선순위 1 인시던트가 끝났습니다. 상태: {{ ticket.state }}",
        "The priority 1 incident is over. State: {{ ticket.state }}",
        FLOW_NAMES,
    ),
    "major_news": Text(
        "{{ ticket.number }} 장애 소식: {{ ticket.title }}",
        "{{ ticket.number }} news of an outage: {{ ticket.title }}",
        "신고하신 일은 여러 사람에게 영향을 주는 장애에 속해요. 지금 상황이에요.\n\n{{ news.ko }}",
        "What you reported belongs to an outage that concerns several people:\n\n{{ news.en }}",
        NEWS_NAMES,
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
}
