"""Refusals that only HTTP knows: credentials, media types, sizes, preconditions, rates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotSignedInError(DomainError):
    """No credential, or one that is not alive."""

    status = 401
    code = "not_signed_in"
    title = _("Sign in first")


class MethodRefusedError(DomainError):
    """The address exists but not with this method."""

    status = 405
    code = "method_not_allowed"
    title = _("This method is not possible here")


class NotAcceptableError(DomainError):
    """The caller accepts no media type that we speak."""

    status = 406
    code = "not_acceptable"
    title = _("Only application/json is spoken here")


class PositionGoneError(DomainError):
    """The event log no longer reaches back to where the caller wants to go on."""

    status = 410
    code = "position_gone"
    title = _("The event log no longer reaches back that far")


class TooLargeError(DomainError):
    """The body is larger than what is taken here."""

    status = 413
    code = "too_large"
    title = _("The request is too large")


class MediaTypeError(DomainError):
    """The body has a type that is not taken here."""

    status = 415
    code = "unsupported_media_type"
    title = _("This media type is not taken here")


class VersionMissingError(DomainError):
    """A write that needs ``If-Match`` came without it."""

    status = 428
    code = "version_missing"
    title = _("Say which version you change")


class TooManyError(DomainError):
    """The caller's rate is used up."""

    status = 429
    code = "rate_limited"
    title = _("Too many requests")
