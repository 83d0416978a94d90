"""What the command says, in Korean and English."""

from __future__ import annotations

# By key: first English, then Korean.
TEXTS: dict[str, tuple[str, str]] = {
    # Help
    "about": (
        "Tickets, orders and approvals of a Maru server from the command line.",
        "명령줄에서 쓰는 Maru 서버의 티켓, 주문, 승인.",
    ),
    "usage": ("usage: ", "사용법: "),
    "commands": ("commands", "명령"),
    "arguments": ("arguments", "인자"),
    "options": ("options", "옵션"),
    "help": ("show this help", "이 도움말을 보입니다"),
    "epilog": (
        (
            "MARU_URL and MARU_TOKEN come before what `maru login` keeps.\n"
            "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 not signed in, 4 not allowed, 5 not found,\n"
            "6 no answer, 7 the server has a problem or is too busy, 130 interrupted."
        ),
        (
            "MARU_URL과 MARU_TOKEN이 `maru login`이 보관한 값보다 먼저입니다.\n"
            "종료 코드: 0 완료, 1 거절됨, 2 잘못된 사용, 3 로그인 안 됨, 4 권한 없음, 5 찾을 수 없음,\n"
            "6 응답 없음, 7 서버에 문제가 있거나 너무 바쁨, 130 중단됨."
        ),
    ),
    "help_url": ("address of the server", "서버 주소"),
    "help_lang": ("language of messages and labels", "메시지와 표시 언어"),
    "help_json": ("print the answer of the API as JSON", "API 응답을 JSON으로 출력합니다"),
    "help_timeout": ("seconds to wait for an answer", "응답을 기다리는 시간(초)"),
    "help_login": ("keep the address and a token for later calls", "다음 호출에 쓸 주소와 토큰을 보관합니다"),
    "help_logout": ("forget them", "보관한 값을 지웁니다"),
    "help_whoami": ("who the token speaks for", "토큰의 주인"),
    "help_list": ("list tickets", "티켓 목록"),
    "help_show": ("show a ticket", "티켓 보기"),
    "help_open": ("report an incident", "장애 신고"),
    "help_comment": ("say something that the requester reads", "요청자가 읽는 댓글 쓰기"),
    "help_note": ("write an internal note", "내부 메모 쓰기"),
    "help_move": (
        "run a transition; without a name, show which there are",
        "상태 전이 실행. 이름이 없으면 가능한 전이를 보입니다",
    ),
    "help_assign": ("give a ticket to a person or a group", "사람이나 담당 팀에 배정"),
    "help_order": (
        "order from the catalogue; without answers, show the form",
        "카탈로그 주문. 답이 없으면 양식을 보입니다",
    ),
    "help_approvals": ("what waits for your decision", "내 결정을 기다리는 승인"),
    "help_approve": ("approve", "승인"),
    "help_reject": ("reject, with the reason", "사유와 함께 반려"),
    "help_watch": ("print what happens, live", "일어나는 일을 실시간으로 출력"),
    "help_clocks": ("service level clocks of a ticket", "티켓의 SLA 시계"),
    "arg_number": ("number of the ticket, e.g. INC0001234", "티켓 번호. 예: INC0001234"),
    "arg_query": ("words of the title, or the number", "제목의 단어 또는 번호"),
    "arg_words": ("the text; - reads it from standard input", "내용. -이면 표준 입력에서 읽습니다"),
    "arg_title": ("what is wrong, in one line", "한 줄 제목"),
    "arg_transition": ("name of the transition", "전이 이름"),
    "arg_inputs": ("name=text or name:=JSON", "이름=글 또는 이름:=JSON"),
    "arg_person": ("user name, or me", "사용자 이름 또는 me"),
    "arg_item": ("key of the item", "항목의 키"),
    "arg_approval": ("id of the approval, or number of its ticket", "승인 ID 또는 티켓 번호"),
    "opt_attach": ("a file to attach; may be given again", "첨부할 파일. 여러 번 쓸 수 있습니다"),
    "opt_limit": ("at most so many", "최대 개수"),
    "opt_filter": ("any filter of the API, name=value", "API의 필터, 이름=값"),
    "opt_quote": ("only say what it would cost and who approves", "비용과 승인자만 확인합니다"),
    "opt_for": ("user name of the person who gets it", "받을 사람의 사용자 이름"),
    "opt_count": ("end after so many events", "이만큼의 이벤트 뒤에 끝냅니다"),
    "opt_queue": ("key of a group, or all", "담당 팀의 키 또는 all"),
    "opt_comment": ("words that the requester reads", "요청자가 읽는 말"),
    # Results
    "ask_token": ("Token: ", "토큰: "),
    "signed_in": (
        "Signed in to {url} as {name}. The token is kept in {path}.",
        "{url}에 {name}(으)로 로그인했습니다. 토큰은 {path}에 있습니다.",
    ),
    "plain_http": (
        "Warning: {url} is not encrypted; everybody on the way can read the token.",
        "주의: {url}은 암호화되지 않아 중간에서 누구나 토큰을 읽을 수 있습니다.",
    ),
    "signed_out": (
        "The login is forgotten. The token itself lives on until it is revoked.",
        "로그인 정보를 지웠습니다. 토큰 자체는 폐기할 때까지 살아 있습니다.",
    ),
    "was_signed_out": ("There was no login.", "로그인 정보가 없었습니다."),
    "opened": ("{number} opened: {title}", "{number} 등록됨: {title}"),
    "commented": ("Comment written on {number}.", "{number}에 댓글을 썼습니다."),
    "noted": ("Note written on {number}.", "{number}에 메모를 썼습니다."),
    "moved": ("{number} is now: {state}", "{number} 현재 상태: {state}"),
    "assigned": ("{number} is with {owner}.", "{number} 담당: {owner}"),
    "ordered": ("{number} ordered: {title}", "{number} 주문됨: {title}"),
    "approved": ("Approved: {title}", "승인함: {title}"),
    "rejected": ("Rejected: {title}", "반려함: {title}"),
    "nothing": ("Nothing.", "없습니다."),
    "more": ("… and more; --limit shows more of them.", "… 더 있습니다. --limit으로 더 볼 수 있습니다."),
    "watching": ("Watching {topics}; Ctrl-C ends it.", "{topics} 지켜보는 중. Ctrl-C로 끝냅니다."),
    "reset": ("Events may have been missed; look again.", "놓친 이벤트가 있을 수 있습니다. 다시 확인하세요."),
    "nobody": ("nobody", "없음"),
    "yes": ("yes", "예"),
    # Heads
    "number": ("number", "번호"),
    "state": ("state", "상태"),
    "priority": ("priority", "우선순위"),
    "group": ("group", "담당 팀"),
    "assignee": ("assignee", "담당자"),
    "requester": ("requester", "요청자"),
    "title": ("title", "제목"),
    "kind": ("kind", "종류"),
    "opened_at": ("opened", "등록"),
    "updated_at": ("changed", "변경"),
    "due_at": ("due", "기한"),
    "name": ("name", "이름"),
    "username": ("user name", "사용자 이름"),
    "groups": ("groups", "소속 팀"),
    "roles": ("roles", "역할"),
    "server": ("server", "서버"),
    "transition": ("transition", "전이"),
    "label": ("label", "표시"),
    "inputs": ("inputs (* needed)", "입력 (* 필수)"),
    "closed": ("not now, because", "지금 안 되는 이유"),
    "transitions": ("possible", "가능한 전이"),
    "clock": ("clock", "시계"),
    "left": ("left", "남은 시간"),
    "target": ("target", "목표"),
    "percent": ("used", "사용"),
    "id": ("id", "ID"),
    "asked_at": ("asked", "요청"),
    "question": ("question", "질문"),
    "type": ("type", "유형"),
    "needed": ("needed", "필수"),
    "choices": ("choices", "선택지"),
    "total": ("total", "합계"),
    "recurring": ("recurring", "정기 비용"),
    "expected_at": ("expected", "예상"),
    "approvers": ("approvers", "승인자"),
    # Complaints
    "error": ("error: ", "오류: "),
    "no_login": (
        "No server is known. `maru login URL` keeps one, or set MARU_URL and MARU_TOKEN.",
        "서버를 모릅니다. `maru login 주소`로 보관하거나 MARU_URL과 MARU_TOKEN을 설정하세요.",
    ),
    "no_token": (
        "There is no token for {url}. `maru login {url}` keeps one, or set MARU_TOKEN.",
        "{url}의 토큰이 없습니다. `maru login {url}`로 보관하거나 MARU_TOKEN을 설정하세요.",
    ),
    "file_is_open": (
        "Others can read {path}. Revoke that token, or `chmod 600` the file if nobody did.",
        "다른 사람이 {path}을(를) 읽을 수 있습니다. 토큰을 폐기하거나, 아무도 읽지 않았다면 `chmod 600`.",
    ),
    "file_is_broken": (
        "{path} cannot be read. `maru login` writes it anew.",
        "{path}을(를) 읽을 수 없습니다. `maru login`이 새로 씁니다.",
    ),
    "bad_pair": ("“{given}” is no name=value.", "“{given}”은(는) 이름=값이 아닙니다."),
    "bad_json": ("What follows {name}:= is not JSON.", "{name}:= 뒤가 JSON이 아닙니다."),
    "nothing_to_assign": ("Name a person, --group or both.", "사람이나 --group 또는 둘 다 쓰세요."),
    "nothing_to_watch": ("Name tickets, --queue or --mine.", "티켓 번호, --queue 또는 --mine을 쓰세요."),
    "no_approval": ("Nothing about {number} waits for you.", "{number}에 관해 기다리는 승인이 없습니다."),
    "many_approvals": (
        "{count} approvals about {number} wait for you; give the id of one.",
        "{number}에 관한 승인이 {count}건입니다. 그중 하나의 ID를 쓰세요.",
    ),
    "request_id": ("Request id: {id}", "요청 ID: {id}"),
    "required": ("the following arguments are required: {rest}", "다음 인자가 필요합니다: {rest}"),
    "unrecognized": ("unrecognized arguments: {rest}", "모르는 인자: {rest}"),
    "choice": (
        "argument {name}: invalid choice: {given} (choose from {rest})",
        "{name} 인자: {given}은(는) 고를 수 없습니다 ({rest} 중에서 고르세요)",
    ),
    "one_argument": ("argument {name}: expected one argument", "{name} 인자: 값이 필요합니다"),
    "bad_value": ("argument {name}: invalid value: {given}", "{name} 인자: 잘못된 값 {given}"),
    "no_answer": ("The server does not answer: {detail}", "서버가 응답하지 않습니다: {detail}"),
    "wrong_answer": (
        "That is no Maru server, or something stands in front: {detail}",
        "Maru 서버가 아니거나 앞에서 다른 것이 응답합니다: {detail}",
    ),
    "interrupted": ("Interrupted.", "중단되었습니다."),
}


class Texts:
    """The texts of one language: ``texts("opened", number=…)``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._at = 1 if language == "ko" else 0

    def __call__(self, key: str, **values: object) -> str:
        """The text with its values. Raises KeyError for one that does not exist."""
        return TEXTS[key][self._at].format(**values)
