"""The people of Haneul Electronics: an organisation tree in Korean and English."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from accounts.models import Company, Department, Group, Location, Membership, Role, RoleAssignment, User
from itsm.demo.logins import password


@dataclass(frozen=True)
class Person:
    """One demo person; ``manager`` and ``groups`` by their keys."""

    username: str
    name_ko: str
    name_en: str
    department: str
    grade: str
    manager: str = ""
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    language: str = "ko"
    location: str = "pangyo"
    is_vip: bool = False
    is_service: bool = False
    extra: dict[str, str] = field(default_factory=dict)


# Departments by key: parent's key, Korean and English name, head's user name.
DEPARTMENTS = {
    "hq": ("", "하늘전자", "Haneul Electronics", "haeun"),
    "sales": ("hq", "영업본부", "Sales", "seoyeon"),
    "sales_support": ("sales", "영업지원팀", "Sales support", "seoyeon"),
    "marketing": ("hq", "마케팅팀", "Marketing", "yeonwoo"),
    "finance": ("hq", "재무팀", "Finance", "taeho"),
    "people": ("hq", "인사팀", "People", "yuna"),
    "it": ("hq", "IT본부", "IT", "jiwoo"),
    "it_desk": ("it", "IT 지원팀", "IT support", "jiwoo"),
    "it_net": ("it", "네트워크팀", "Network", "haneul"),
    "purchasing": ("hq", "구매팀", "Purchasing", "mingyu"),
}
LOCATIONS = {"pangyo": ("판교 본사", "Pangyo HQ"), "sejong": ("세종 공장", "Sejong plant")}
# Groups by key: Korean and English name, types, manager's user name, restricted to members or not.
GROUPS = {
    "service-desk": ("서비스데스크", "Service desk", ["assignment"], "jiwoo", False),
    "network": ("네트워크", "Network", ["assignment"], "haneul", False),
    "purchasing": ("구매팀", "Purchasing", ["assignment"], "mingyu", False),
    "it-approvers": ("IT 승인자", "IT approvers", ["approval"], "jiwoo", False),
    "finance-approvers": ("재무 승인자", "Finance approvers", ["approval"], "taeho", False),
    "hr-cases": ("인사 사건", "HR cases", ["assignment"], "yuna", True),
}
PEOPLE = [
    Person("haeun", "정하은", "Haeun Jung", "hq", "대표이사", roles=("approver",), is_vip=True),
    Person("seoyeon", "이서연", "Seoyeon Lee", "sales_support", "팀장", "haeun", ("approver",)),
    Person("jimin", "김지민", "Jimin Kim", "sales_support", "선임", "seoyeon"),
    Person("minho", "최민호", "Minho Choi", "sales_support", "사원", "seoyeon"),
    Person("yeonwoo", "박연우", "Yeonwoo Park", "marketing", "팀장", "haeun", ("approver",)),
    Person("doyun", "강도윤", "Doyun Kang", "marketing", "선임", "yeonwoo", language="en"),
    Person(
        "taeho",
        "윤태호",
        "Taeho Yoon",
        "finance",
        "부장",
        "haeun",
        ("approver", "finance_approver"),
        ("finance-approvers",),
    ),
    Person("yuna", "정유나", "Yuna Jung", "people", "팀장", "haeun", ("approver", "agent"), ("hr-cases",)),
    Person(
        "jiwoo",
        "한지우",
        "Jiwoo Han",
        "it_desk",
        "팀장",
        "haeun",
        ("incident_manager", "major_incident_manager", "team_manager"),
        ("service-desk", "it-approvers"),
    ),
    Person("seojin", "서진", "Seojin Seo", "it_desk", "선임", "jiwoo", ("agent",), ("service-desk",)),
    Person("seoa", "윤서아", "Seoa Yun", "it_desk", "사원", "jiwoo", ("agent",), ("service-desk",), "en"),
    Person(
        "haneul",
        "오하늘",
        "Haneul Oh",
        "it_net",
        "책임",
        "jiwoo",
        ("agent", "configuration_admin"),
        ("network",),
    ),
    Person(
        "mingyu",
        "김민규",
        "Mingyu Kim",
        "purchasing",
        "팀장",
        "haeun",
        ("agent", "approver"),
        ("purchasing",),
    ),
    Person(
        "sora",
        "임소라",
        "Sora Lim",
        "purchasing",
        "사원",
        "mingyu",
        ("agent",),
        ("purchasing",),
        "ko",
        "sejong",
    ),
    Person("admin", "관리자", "Administrator", "it", "책임", "jiwoo", ("administrator",), ("service-desk",)),
    Person("monitor", "모니터링 연동", "Monitoring", "it", "", "", ("integrator",), is_service=True),
]


def load() -> dict[str, User]:
    """Make people, departments, locations and groups where they are missing; people by user name."""
    company = Company.objects.get(is_default=True)
    Company.objects.filter(pk=company.pk).update(name_ko="하늘전자", name_en="Haneul Electronics")
    departments = _departments(company)
    for key, (name_ko, name_en) in LOCATIONS.items():
        Location.objects.get_or_create(
            company=company, key=key, defaults={"name_ko": name_ko, "name_en": name_en}
        )
    people = _people(company, departments)
    for key, (_parent, _ko, _en, head) in DEPARTMENTS.items():
        Department.objects.filter(company=company, key=key).update(head=people[head])
    _groups(company, people)
    return people


def _departments(company: Company) -> dict[str, Department]:
    made: dict[str, Department] = {}
    for key, (parent, name_ko, name_en, _head) in DEPARTMENTS.items():
        made[key], _ = Department.objects.get_or_create(
            company=company,
            key=key,
            defaults={"name_ko": name_ko, "name_en": name_en, "parent": made.get(parent)},
        )
    return made


def _people(company: Company, departments: dict[str, Department]) -> dict[str, User]:
    locations = {row.key: row for row in Location.objects.filter(company=company)}
    roles = {row.key: row for row in Role.objects.all()}
    secret = password(settings.SECRET_KEY)
    hashed = ""
    people = {row.username: row for row in User.objects.filter(company=company)}
    for person in PEOPLE:
        if person.username in people:
            continue
        user = User(
            company=company,
            username=person.username,
            email=f"{person.username}@haneul.example",
            name_ko=person.name_ko,
            name_en=person.name_en,
            department=departments[person.department],
            location=locations[person.location],
            manager=people.get(person.manager),
            grade=person.grade,
            cost_center=f"CC-{person.department.upper()}",
            language=person.language,
            is_vip=person.is_vip,
            is_service=person.is_service,
        )
        if not hashed:
            user.set_password(secret)
            hashed = user.password
        user.password = hashed
        user.save()
        people[person.username] = user
        keys = ("requester", *person.roles)
        RoleAssignment.objects.bulk_create([RoleAssignment(user=user, role=roles[key]) for key in keys])
    return people


def _groups(company: Company, people: dict[str, User]) -> None:
    for key, (name_ko, name_en, types, manager, is_restricted) in GROUPS.items():
        group, _made = Group.objects.get_or_create(
            key=key,
            defaults={
                "company": company,
                "name_ko": name_ko,
                "name_en": name_en,
                "types": types,
                "manager": people[manager],
                "is_restricted": is_restricted,
            },
        )
        for person in PEOPLE:
            if key in person.groups:
                Membership.objects.get_or_create(user=people[person.username], group=group)
