"""Enumerations of people and teams."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """Languages a person may read."""

    KO = "ko", "한국어"
    EN = "en", "English"


class Theme(models.TextChoices):
    """How pages look."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class GroupType(models.TextChoices):
    """What a group is used for; a group may have several."""

    ASSIGNMENT = "assignment", _("Assignment group")
    APPROVAL = "approval", _("Approval group")
    CAB = "cab", _("Change advisory board")


class SkillLevel(models.IntegerChoices):
    """How well a person knows something."""

    BEGINNER = 1, _("1 · Beginner")
    BASIC = 2, _("2 · Basics")
    PRACTISED = 3, _("3 · Practised")
    ADVANCED = 4, _("4 · Advanced")
    EXPERT = 5, _("5 · Expert")


class TokenKind(models.TextChoices):
    """Whose token it is."""

    PERSONAL = "pat", _("Personal")
    SERVICE = "svc", _("Service account")


class Grant(models.TextChoices):
    """What a role may hold. A grant is the unit that policies ask for."""

    TICKET_READ_ALL = "ticket.read_all", _("Read all tickets of the company")
    TICKET_READ_INTERNAL = "ticket.read_internal", _("Read work notes and internal fields")
    INCIDENT_WRITE = "incident.write", _("Work incidents")
    INCIDENT_MANAGE = "incident.manage", _("Manage incidents and override priority")
    INCIDENT_MAJOR = "incident.major", _("Lead major incidents")
    PROBLEM_WRITE = "problem.write", _("Work problems")
    CHANGE_WRITE = "change.write", _("Work changes")
    REQUEST_WRITE = "request.write", _("Work requests")
    REQUEST_FULFIL = "request.fulfil", _("Work catalog tasks")
    CMDB_WRITE = "cmdb.write", _("Edit configuration items")
    CATALOG_WRITE = "catalog.write", _("Edit the service catalog")
    CONFIG_WRITE = "config.write", _("Edit flows, forms, rules and SLAs")
    USERS_WRITE = "users.write", _("Edit people, groups and roles")
    APPROVAL_DECIDE = "approval.decide", _("Decide approvals")
    FINANCE_APPROVE = "finance.approve", _("Approve purchases above the limit")
    AUDIT_READ = "audit.read", _("Read the audit trail")
    FORCE_WRITE = "force_write", _("Write without a version check")
    API_USE = "api.use", _("Use the REST API")
    CROSS_COMPANY = "company.cross", _("Cross the company wall")


class Audience(models.TextChoices):
    """Who sees what somebody keeps in the workspace: a saved view, a macro."""

    MINE = "mine", _("Only me")
    TEAM = "team", _("A team")
    EVERYONE = "everyone", _("All agents")
