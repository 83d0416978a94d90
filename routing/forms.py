"""Input checks of the pages of rules; what a value may be, ``routing.rules`` decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import SkillLevel
from accounts.models import User
from accounts.selectors import group_keyed, groups_for, person_named
from accounts.skills.selectors import names_for
from cmdb.selectors import ci_numbered
from core.errors import NotVisibleError
from routing.rules import LONGEST_NAME, always_holds
from tickets import kinds
from tickets.choices import Channel, Level, Priority, Strategy
from tickets.editing import condition_rows
from tickets.editing.condition_rows import BadRowError, Row, Typed
from tickets.editing.fields import ConditionField, untouched
from tickets.models import AssignmentRule, PriorityRow
from tickets.selectors import ticket_numbered
from tickets.vocabulary import TicketVocabulary

CONDITION = "condition"
LONGEST_SKILL = 40


def _kind_choices() -> list[tuple[str, Any]]:
    return [(spec.key, spec.label) for spec in kinds.all_kinds()]


def _choose(form: forms.Form, name: str, choices: list[Any]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined] # a choice field


class RuleForm(forms.Form):
    """A rule: which tickets, which group, and how a person of it is chosen.

    Without ``checks`` it is only shown anew, as after a row was added: nothing is refused yet.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(label=gettext_lazy("For which tickets"))
    condition = ConditionField(
        label=gettext_lazy("Condition"),
        required=False,
        help_text=gettext_lazy("Held against a new ticket that has neither a group nor an assignee yet."),
    )
    group = forms.ChoiceField(label=gettext_lazy("Group"))
    strategy = forms.ChoiceField(label=gettext_lazy("How a person is chosen"), choices=Strategy.choices)
    skill = forms.CharField(
        label=gettext_lazy("Skill"),
        required=False,
        max_length=LONGEST_SKILL,
        widget=forms.TextInput(attrs={"list": "known-skills", "autocomplete": "off"}),
        help_text=gettext_lazy("Only where a person is chosen by a skill."),
    )
    least_level = forms.TypedChoiceField(
        label=gettext_lazy("Least level"), choices=SkillLevel.choices, coerce=int, required=False
    )
    enabled = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self, data: Any = None, *, actor: User, rule: AssignmentRule | None = None, checks: bool = True
    ) -> None:
        super().__init__(data, auto_id="rule_%s")
        self.actor, self.rule, self.checks = actor, rule, checks
        self.skills = names_for(actor)
        groups = [(row.key, row.name) for row in groups_for(actor)]
        if rule is not None and rule.group.key not in dict(groups):  # switched off, or of another company
            groups.append((rule.group.key, rule.group.name))
        _choose(self, "kind", _kind_choices())
        _choose(self, "group", [("", _("Choose")), *groups])

    def full_clean(self) -> None:
        """Check everything, unless the form is only shown anew."""
        if self.checks:
            super().full_clean()
        else:
            self._errors, self.cleaned_data = ErrorDict(), {}

    def values(self) -> dict[str, Any]:
        """What the services take. What was not touched stays as it was written."""
        clean, rule = self.cleaned_data, self.rule
        names = ("name", "kind", "strategy", "enabled")
        found = {name: clean[name] for name in names} | {"condition": clean[CONDITION]}
        if clean["strategy"] == Strategy.SKILL:
            found |= {"skill": clean["skill"], "least_level": clean["least_level"] or SkillLevel.BEGINNER}
        if rule is None or clean["group"] != rule.group.key:
            found["group"] = group_keyed(self.actor, clean["group"])
        if rule is not None and untouched(self.fields[CONDITION], self.data, CONDITION, rule.condition):
            del found["condition"]
        return found

    @property
    def words(self) -> TicketVocabulary:
        """The words for the tickets of the kind that is chosen."""
        return TicketVocabulary(str(self.data.get("kind", "")), self.actor)


def data_of(rule: AssignmentRule) -> MultiValueDict[str, Any]:
    """Form data that say what the rule says."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name in ("name", "kind", "strategy", "skill", "least_level", "lock_version"):
        data[name] = str(getattr(rule, name))
    data["group"] = rule.group.key if rule.group_id else ""
    if rule.enabled:
        data["enabled"] = "on"
    tree = {} if always_holds(rule.condition) else rule.condition
    condition_rows.write(data, CONDITION, condition_rows.typed(tree))
    return data


def first_data() -> MultiValueDict[str, Any]:
    """Form data of a new rule: for incidents, with one row to begin with."""
    data = data_of(AssignmentRule(kind="incident"))
    data["lock_version"] = ""
    condition_rows.write(data, CONDITION, Typed(rows=(Row("category", "eq"),)))
    return data


def edited(data: Any, command: str) -> tuple[MultiValueDict[str, Any], str]:
    """The form data after a step of editing (``step:condition:row``), and what could not be done."""
    changed = data.copy()
    step, _colon, rest = command.partition(":")
    name, _colon, number = rest.partition(":")
    if name == CONDITION:
        try:
            typed = condition_rows.edited(condition_rows.read(changed, name), step, number)
        except BadRowError as refusal:
            return changed, str(refusal)
        condition_rows.write(changed, name, typed)
    return changed, ""


class MatrixForm(forms.Form):
    """The priority matrix: a choice for each cell, and the version of each as it was seen."""

    def __init__(self, data: Any = None, *, cells: list[PriorityRow]) -> None:
        super().__init__(data, auto_id="matrix_%s")
        self.cells = cells
        for cell in cells:
            label = _("Impact %(impact)s, urgency %(urgency)s") % {
                "impact": Level(cell.impact).label,
                "urgency": Level(cell.urgency).label,
            }
            self.fields[_cell(cell)] = forms.TypedChoiceField(
                label=label, choices=Priority.choices, coerce=int, initial=cell.priority
            )
            self.fields[_version(cell)] = forms.IntegerField(
                widget=forms.HiddenInput, min_value=0, initial=cell.lock_version
            )

    def table(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """A row for each impact: its word, then field and version of each urgency."""
        found: dict[int, list[tuple[Any, Any]]] = {}
        for cell in self.cells:
            found.setdefault(cell.impact, []).append((self[_cell(cell)], self[_version(cell)]))
        return [(str(Level(impact).label), row) for impact, row in found.items()]

    def wanted(self) -> dict[Any, int]:
        """The priority of each cell by its id."""
        return {cell.public_id: self.cleaned_data[_cell(cell)] for cell in self.cells}

    def versions(self) -> dict[Any, int | None]:
        """The version of each cell as it was seen."""
        return {cell.public_id: self.cleaned_data[_version(cell)] for cell in self.cells}


def _cell(cell: PriorityRow) -> str:
    return f"p{cell.impact}{cell.urgency}"


def _version(cell: PriorityRow) -> str:
    return f"v{cell.impact}{cell.urgency}"


class PreviewForm(forms.Form):
    """A ticket that is there, or what one would say."""

    number = forms.CharField(
        label=gettext_lazy("Ticket"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Its number. Left empty, the values below count."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=160)
    category = forms.CharField(
        label=gettext_lazy("Category"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "known-categories", "autocomplete": "off"}),
    )
    impact = forms.TypedChoiceField(
        label=gettext_lazy("Impact"), choices=Level.choices, coerce=int, required=False
    )
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"), choices=Level.choices, coerce=int, required=False
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices, required=False)
    requester = forms.CharField(
        label=gettext_lazy("Requester"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("A user name. Left empty, it is you."),
    )
    ci = forms.CharField(
        label=gettext_lazy("Configuration item"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Its number, such as CI0001003."),
    )

    def __init__(self, data: Any = None, *, actor: User) -> None:
        first = {"kind": "incident", "impact": Level.LOW, "urgency": Level.LOW, "channel": Channel.PORTAL}
        super().__init__(data, initial=first, auto_id="preview_%s")
        self.actor = actor
        _choose(self, "kind", _kind_choices())
        words = TicketVocabulary(str((data or first).get("kind", "")), actor)
        self.categories = words.choices("category")

    def clean_number(self) -> Any:
        """The ticket, or None."""
        text = self.cleaned_data["number"].strip()
        if not text:
            return None
        try:
            return ticket_numbered(self.actor, text)
        except NotVisibleError as error:
            raise forms.ValidationError(_("There is no ticket with this number.")) from error

    def clean_requester(self) -> User | None:
        """The person, or None."""
        text = self.cleaned_data["requester"].strip()
        person = person_named(self.actor, text) if text else None
        if text and person is None:
            raise forms.ValidationError(_("There is no such person."))
        return person

    def clean_ci(self) -> Any:
        """The item, or None."""
        text = self.cleaned_data["ci"].strip()
        item = ci_numbered(self.actor, text) if text else None
        if text and item is None:
            raise forms.ValidationError(_("There is no such configuration item."))
        return item

    def values(self) -> dict[str, Any]:
        """What the ticket would say."""
        names = ("title", "category", "impact", "urgency", "channel", "requester", "ci")
        return {name: self.cleaned_data[name] for name in names}
