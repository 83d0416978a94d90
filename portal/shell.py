"""What the portal adds to the frame of all pages: the company's name and the menus of self-service."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.selectors import default_company
from core import context
from core.context import NavItem


def brand(request: HttpRequest) -> str:
    """The name on the page: the company of the reader, or the default company for a guest."""
    user = getattr(request, "user", None)
    company = user.company if user is not None and user.is_authenticated else default_company()
    return _("%(company)s service centre") % {"company": company.name}


def fill() -> None:
    """Register values and menus with ``core.context``; called once, when the app is ready."""
    context.register("brand", brand)
    context.register("guest_brand", brand)
    for item in MENUS:
        context.add_nav(item)


MENUS = [
    NavItem("portal", "home", gettext_lazy("Home"), "portal:home", order=10),
    NavItem("portal", "mine", gettext_lazy("My requests"), "portal:mine", order=30),
    NavItem("tabs", "home", gettext_lazy("Home"), "portal:home", icon="house", order=10),
    NavItem("tabs", "mine", gettext_lazy("Mine"), "portal:mine", icon="package", order=30),
]
