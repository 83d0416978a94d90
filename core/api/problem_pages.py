"""What each problem code means and what helps: the page at its ``type`` (API A-37).

A code stands for one cause. A code without an entry fails ``tests/api/test_problem_pages.py``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import errors
from core.api import errors as http
from core.errors import DomainError


@dataclass(frozen=True)
class Meaning:
    """The refusal that carries the code, why it comes, and what to do."""

    kind: type[DomainError]
    cause: str | Promise
    cure: str | Promise
    # Where an app above raises a kind of its own with this code.
    own_status: int = 0
    own_title: str | Promise = ""

    @property
    def status(self) -> int:
        """The status that it comes with."""
        return self.own_status or self.kind.status

    @property
    def title(self) -> str | Promise:
        """What it is called."""
        return self.own_title or self.kind.title


MEANINGS: dict[str, Meaning] = {
    "bad_input": Meaning(
        errors.BadInputError,
        _("The request cannot be read, or it names a field or parameter that is not taken there."),
        _("Look at “errors” in the answer: it names each place. Correct them and send again."),
    ),
    "not_signed_in": Meaning(
        http.NotSignedInError,
        _("There was no credential, or the token or session has ended."),
        _("Sign in, or send a living token in the header Authorization."),
    ),
    "not_allowed": Meaning(
        errors.NotAllowedError,
        _("The record is visible to you, but a role or a scope of the token is missing for this."),
        _(
            "The answer names what is missing. Ask an administrator for the role, or make a "
            "token with the scope."
        ),
    ),
    "csrf": Meaning(
        errors.NotAllowedError,
        _("A session was used without the CSRF token of its page, or from another site."),
        _("Reload the page and try again. Programs use a token instead of a session."),
    ),
    "reauthenticate": Meaning(
        errors.NotAllowedError,
        _("This needs a password that was confirmed in the last ten minutes."),
        _("Confirm the password in the browser, then try again."),
    ),
    "second_factor": Meaning(
        errors.NotAllowedError,
        _("A role of this account asks for a second factor, and none is set up yet."),
        _("Set one up in the browser, under Sign-in and tokens, then go on."),
    ),
    "bad_signature": Meaning(
        DomainError,
        _("The call is not signed with the secret of this address, or its time is too far off."),
        _("Compare the secret and the clock of the sender; sign the bytes exactly as they are sent."),
        401,
        _("This call is not signed as it should be"),
    ),
    "not_found": Meaning(
        errors.NotVisibleError,
        _(
            "There is no such thing at this address, or none that you may see. Both are one "
            "answer on purpose."
        ),
        _("Check the address. If it should be there for you, ask an administrator for access."),
    ),
    "link_expired": Meaning(
        DomainError,
        _("The link was used already, is too old, or a newer one was sent."),
        _("Sign in and open the request in the list of approvals."),
        410,
        _("This link is no longer valid"),
    ),
    "method_not_allowed": Meaning(
        http.MethodRefusedError,
        _("The address exists, but not with this method."),
        _("The header Allow lists the methods it takes."),
    ),
    "not_acceptable": Meaning(
        http.NotAcceptableError,
        _("The header Accept leaves out the media type that is spoken here."),
        _("Accept application/json, or leave the header out."),
    ),
    "unsupported_media_type": Meaning(
        http.MediaTypeError,
        _("The body has a media type that is not taken at this address."),
        _("Send application/json; files as multipart/form-data with one part named file."),
    ),
    "wrong_state": Meaning(
        errors.WrongStateError,
        _("The record stands where this is not possible, often because somebody was faster."),
        _("Read it again: “current_state” and “allowed” tell where it stands and what is possible now."),
    ),
    "too_many_jobs": Meaning(
        errors.WrongStateError,
        _("You have as many running jobs as one person may have."),
        _("Wait until one of them is done, or cancel one."),
    ),
    "cannot_migrate": Meaning(
        errors.RuleRefusedError,
        _("The run stands at a step that the other version does not have."),
        _("Ask for the plan of the change first: it names the steps that need a counterpart."),
    ),
    "already_decided": Meaning(
        errors.AlreadyDecidedError,
        _("Somebody decided before you."),
        _("“decided_by”, “decided_at” and “decision” tell what was decided. Nothing is left to do."),
    ),
    "duplicate": Meaning(
        errors.DuplicateError,
        _("The same thing exists already."),
        _("Use the one there is, or choose another key or name."),
    ),
    "item_changed": Meaning(
        errors.WrongStateError,
        _("A newer edition of the catalog item was published since you read it."),
        _("Read the item again, check the form and the price, and order with the new version."),
    ),
    "idempotency_in_progress": Meaning(
        errors.DuplicateError,
        _("The first request with this Idempotency-Key is still running."),
        _("Repeat the same request after the seconds in Retry-After; you get the answer of the first one."),
    ),
    "loop_stopped": Meaning(
        errors.LoopStoppedError,
        _("Rules and flows changed the same record again and again; the chain was stopped."),
        _("Look at the rules that act on this change and let one of them not answer to the other."),
    ),
    "position_gone": Meaning(
        http.PositionGoneError,
        _("The event log keeps 30 days; the position is older."),
        _("Read the present state of what you keep, then go on from “latest”."),
    ),
    "stale_version": Meaning(
        errors.StaleVersionError,
        _("Somebody changed the record after you read it."),
        _(
            "Read it again; “changed_fields” tells what differs. Send the change with the "
            "new ETag in If-Match."
        ),
    ),
    "range_not_satisfiable": Meaning(
        errors.RangeRefusedError,
        _("The header Range asks for bytes behind the end of the file."),
        _("Content-Range tells the size. Ask for a part inside it, or leave the header Range out."),
    ),
    "too_large": Meaning(
        http.TooLargeError,
        _("The body or the file is larger than what is taken."),
        _("Bodies may have 1 MiB, files 25 MiB. Send less at once."),
    ),
    "rule_refused": Meaning(
        errors.RuleRefusedError,
        _("A value, a reference, a guard of the state or a rule of the company says no."),
        _(
            "“errors” names each field and why. A reference that you may not see is answered "
            "like one to nothing."
        ),
    ),
    "idempotency_key_reused": Meaning(
        errors.RuleRefusedError,
        _("The same Idempotency-Key was used for another request in the last 24 hours."),
        _("Make a new key for each thing that is to be done; use a key again only to repeat that request."),
    ),
    "no_approver": Meaning(
        errors.RuleRefusedError,
        _("The rule that names the approvers finds nobody who may decide."),
        _("Name somebody in the rule, the group or the manager field, then try again."),
    ),
    "nobody_on_call": Meaning(
        errors.RuleRefusedError,
        _("Nobody is on call at this time by the rota."),
        _("Fill the gap in the rota, or call somebody by name."),
    ),
    "no_flow": Meaning(
        errors.RuleRefusedError,
        _("The flow has no published version."),
        _("Publish a version of the flow first."),
    ),
    "bad_flow": Meaning(
        errors.RuleRefusedError,
        _("The flow has mistakes that keep it from being published."),
        _("“errors” names each step and what is wrong with it."),
    ),
    "bad_condition": Meaning(
        errors.RuleRefusedError,
        _("A condition names a field, a comparison or a value that is not possible."),
        _("“errors” names the place in the condition."),
    ),
    "bad_formula": Meaning(
        errors.RuleRefusedError,
        _("A formula cannot be read or computed."),
        _("Only numbers, names, brackets and the four operations are taken; the answer names the place."),
    ),
    "bad_template": Meaning(
        errors.RuleRefusedError,
        _("A text with placeholders names something that is not offered there."),
        _("Use the names that the editor lists, between two braces."),
    ),
    "node_failed": Meaning(
        errors.RuleRefusedError,
        _("A step of a flow could not be made."),
        _("The run tells which step and why; it can be repeated there when the cause is gone."),
    ),
    "call_failed": Meaning(
        DomainError,
        _("A call to another system did not succeed."),
        _("The log of the connection tells what came back. Repeat the step when the other system is well."),
        502,
    ),
    "no_hook": Meaning(
        errors.RuleRefusedError,
        _("The published version of the flow does not start by calls from outside."),
        _("Publish a version with such a start, or start the flow another way."),
    ),
    "not_manual": Meaning(
        errors.RuleRefusedError,
        _("The published version of the flow cannot be started by hand."),
        _("Publish a version that may be started by hand, or let its event happen."),
    ),
    "red_scenarios": Meaning(
        errors.RuleRefusedError,
        _("Stories that are kept with the flow do not come out as they should with this version."),
        _("Run the stories: each tells what differs. Correct the draft or the story, then publish."),
    ),
    "secret_key": Meaning(
        DomainError,
        _("A stored secret cannot be read with the keys of this installation."),
        _("Set ITSM_FIELD_KEY to the key it was written with, or enter the secret anew."),
        503,
        _("Stored secrets cannot be read: ITSM_FIELD_KEY is missing or is another one"),
    ),
    "version_missing": Meaning(
        http.VersionMissingError,
        _("A change must say which version it means, so that nobody’s work is lost."),
        _("Send the ETag that you read in the header If-Match."),
    ),
    "rate_limited": Meaning(
        http.TooManyError,
        _("The limit of requests for this minute is used up."),
        _("Wait the seconds in Retry-After. RateLimit in every answer tells what is left."),
    ),
    "too_many_streams": Meaning(
        http.TooManyError,
        _("As many live streams are open as one person, or the installation, may have."),
        _("Close one. The tabs of one browser share a stream; a program needs one for all its topics."),
    ),
    "busy": Meaning(
        errors.BusyError,
        _("The database is away, or somebody holds the record for too long."),
        _("Nothing was changed. Repeat after the seconds in Retry-After, with the same Idempotency-Key."),
    ),
    "storage_full": Meaning(
        errors.StorageFullError,
        _("The store of files has no room left."),
        _("Tell the operator. Nothing was stored."),
    ),
    "unexpected": Meaning(
        errors.UnexpectedError,
        _("A defect of ours. Nothing of it is told here; it is in the log under the id of the request."),
        _("Tell the operator the “request_id” of the answer."),
    ),
    "error": Meaning(
        DomainError,
        _("The request could not be carried out; the detail in the answer says why."),
        _("Read the detail and correct the request."),
    ),
}


def by_slug(slug: str) -> tuple[str, Meaning] | None:
    """The code of that address and what it means; None when there is no such code."""
    code = slug.replace("-", "_")
    meaning = MEANINGS.get(code)
    return (code, meaning) if meaning and slug == code.replace("_", "-") else None


def tag_of(code: str) -> str:
    """The entity tag of the page in the active language."""
    meaning = MEANINGS[code]
    told = f"{get_language()}\0{meaning.title}\0{meaning.cause}\0{meaning.cure}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'
