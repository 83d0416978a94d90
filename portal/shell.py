"""What the portal adds to the frame of all pages: the company's name, menus, the count of decisions."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import default_company
from approvals.selectors import count_waiting
from core import context
from core.context import NavItem
from portal.selectors.home import frame_of, in_language

WAITING = "approvals_waiting"
MENUS = [
    NavItem("portal", "home", gettext_lazy("Home"), "portal:home", order=10),
    NavItem("portal", "catalog", gettext_lazy("Catalogue"), "portal:catalog", order=20),
    NavItem("portal", "mine", gettext_lazy("My requests"), "portal:mine", order=30),
    NavItem(
        "portal",
        "approvals",
        gettext_lazy("Approvals"),
        "portal:approvals",
        order=40,
        count=WAITING,
    ),
    NavItem("tabs", "home", gettext_lazy("Home"), "portal:home", icon="house", order=10),
    NavItem("tabs", "catalog", gettext_lazy("Request"), "portal:catalog", icon="layout-grid", order=20),
    NavItem("tabs", "mine", gettext_lazy("Mine"), "portal:mine", icon="package", order=30),
    NavItem(
        "tabs",
        "approvals",
        gettext_lazy("Approve"),
        "portal:approvals",
        icon="circle-check",
        order=40,
        count=WAITING,
    ),
    NavItem("account", "me", gettext_lazy("My profile"), "portal:me", icon="user-round", order=10),
]


def brand(request: HttpRequest) -> str:
    """The name on the page: the company of the reader, or the default company for a guest."""
    user = getattr(request, "user", None)
    company_id = user.company_id if isinstance(user, User) else default_company().pk
    return _("%(company)s service centre") % {"company": in_language(frame_of(company_id)["names"])}


def approvals_waiting(request: HttpRequest) -> int:
    """How many decisions wait for the reader; a view that read them left it on the request."""
    known: int | None = getattr(request, "approvals_waiting", None)
    if known is not None:
        return known
    return count_waiting(request.user) if isinstance(request.user, User) else 0


def fill() -> None:
    """Register values and menus with ``core.context``; called once, when the app is ready."""
    context.register("brand", brand)
    context.register("guest_brand", brand)
    context.register(WAITING, approvals_waiting)
    for item in MENUS:
        context.add_nav(item)
