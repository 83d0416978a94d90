"""Words of the same meaning in both languages: who looks for one finds the others (UI section 8)."""

from __future__ import annotations

from itertools import chain

# Each line is one meaning. A word stands in one line only; words are folded as ``core.searching`` folds them.
_MEANINGS = (
    "와이파이 wifi 무선랜", "노트북 laptop 랩탑", "프린터 printer 인쇄기", "비밀번호 password 패스워드 암호",
    "메일 email 이메일 mail", "모니터 monitor", "네트워크 network", "서버 server", "계정 account",
    "로그인 login", "백업 backup", "엑셀 excel", "아웃룩 outlook", "팀즈 teams", "키보드 keyboard",
    "마우스 mouse", "소프트웨어 software", "라이선스 license licence", "데이터베이스 database",
    "방화벽 firewall", "브라우저 browser", "인터넷 internet", "전화 phone telephone", "결제 payment",
    "보안 security", "업데이트 update", "설치 install", "권한 permission",
)  # fmt: skip
_GROUPS = [tuple(line.split()) for line in _MEANINGS]
_ALIKE = dict(chain.from_iterable(((word, group) for word in group) for group in _GROUPS))


def alike(word: str) -> tuple[str, ...]:
    """The word first, then the others of the same meaning."""
    return (word, *(each for each in _ALIKE.get(word, ()) if each != word))
