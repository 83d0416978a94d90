"""API tokens: ``itsm_<kind>_<id>_<secret><checksum>``, checked with one query and a fast hash (API A-39)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import re
import secrets
import zlib
from collections.abc import Iterable
from functools import cache

from django.db import connection, transaction
from django.db.models import Model, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.choices import TokenKind
from accounts.models import ApiToken, User
from accounts.policies import know_grants, know_groups, may_end, may_mint
from accounts.scopes import known
from core import audit, outbox, rows
from core.errors import NotAllowedError, WrongStateError, invalid, required
from core.text import clean
from core.time import db_now

DEFAULT_DAYS, MAX_DAYS = 90, 365
DEFAULT_OVERLAP_HOURS, MAX_OVERLAP_HOURS = 24, 7 * 24  # API A-41
MAX_NETWORKS = 20
_SHAPE = re.compile(r"^itsm_(pat|svc)_([0-9a-f]{16})_([A-Za-z0-9_-]{43})([0-9a-f]{8})$")


@transaction.atomic
def mint(
    *,
    actor: User,
    owner: User,
    name: str,
    days: int = DEFAULT_DAYS,
    scopes: Iterable[str] = (),
    networks: Iterable[str] = (),
    by: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """A new token of ``owner`` and its plain text, which nobody can read again. Publishes ``token.made``.

    ``days`` is 1 to 365. No scopes means all the owner may do; no networks everywhere. ``by`` is the token
    that asks for it: what it makes does no more, lives no longer and is used from nowhere else than itself.
    Raises NotAllowedError, RuleRefusedError.
    """
    if not may_mint(actor, owner):
        raise NotAllowedError(_("You can make tokens for yourself, and for service accounts below you."))
    name, wanted, places = _named(name), _scopes(scopes), _networks(networks)
    lacking = [code for code in wanted if not known()[code].is_held_by(owner)]
    if lacking:
        raise NotAllowedError(
            _("Nobody gives a token what its owner lacks: %(names)s.") % {"names": ", ".join(lacking)}
        )
    ends = db_now() + dt.timedelta(days=_days(days))
    if by is not None:
        places = places or by.networks
        _check_no_wider(by, wanted, places)
        ends = min(ends, by.expires_at)
    kind = TokenKind.SERVICE if owner.is_service else TokenKind.PERSONAL
    public_part, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        kind=kind,
        name=name,
        owner=owner,
        public_part=public_part,
        secret_hash=_hash(secret),
        scopes=wanted,
        networks=places,
        expires_at=ends,
    )
    told = {"scopes": [None, wanted], "networks": [None, places], "expires_at": [None, ends.isoformat()]}
    audit.write(actor=actor, table="accounts_apitoken", object_ref=public_part, action="minted", diff=told)
    _publish("made", [row], actor)
    return row, _plain(row, secret)


@transaction.atomic
def rotate(
    token: ApiToken,
    *,
    actor: User,
    days: int = DEFAULT_DAYS,
    overlap_hours: int = DEFAULT_OVERLAP_HOURS,
    by: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """The token with a new secret, its plain text, and ``days`` from now to live.

    The former secret serves for ``overlap_hours`` more, 0 to 168, and never longer than it would have.
    Asked for by a token (``by``), it lives no longer than that one: no token prolongs itself.
    Publishes ``token.rotated``.
    Raises NotAllowedError, WrongStateError (ended), RuleRefusedError.
    """
    row = (
        ApiToken.objects.select_for_update(no_key=True, of=("self",)).select_related("owner").get(pk=token.pk)
    )
    if not may_mint(actor, row.owner):
        raise NotAllowedError
    now = db_now()
    if row.revoked_at is not None or row.expires_at <= now:
        raise WrongStateError(_("This token has ended. Make a new one."))
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        told = _("The former secret serves 0 to %(max)s hours more.") % {"max": MAX_OVERLAP_HOURS}
        raise invalid("overlap_hours", told)
    ends = now + dt.timedelta(days=_days(days))
    if by is not None:
        _check_no_wider(by, row.scopes, row.networks)
        ends = min(ends, by.expires_at)
    secret = secrets.token_urlsafe(32)
    row.former_hash = row.secret_hash if overlap_hours else ""
    row.former_until = min(now + dt.timedelta(hours=overlap_hours), row.expires_at) if overlap_hours else None
    row.secret_hash, row.expires_at = _hash(secret), ends
    row.lock_version += 1
    row.save(update_fields=["former_hash", "former_until", "secret_hash", "expires_at", "lock_version"])
    audit.write(
        actor=actor,
        table="accounts_apitoken",
        object_ref=row.public_part,
        action="rotated",
        diff={"overlap_hours": [None, overlap_hours], "expires_at": [None, ends.isoformat()]},
    )
    _publish("rotated", [row], actor)
    return row, _plain(row, secret)


def check(plain: str, *, address: str = "") -> ApiToken | None:
    """The living token that ``plain`` is, with its owner; None for anything else.

    ``address`` is where it is used from: a token with networks serves only from there.
    """
    shape = _SHAPE.match(plain)
    if not shape or _checksum(shape[3]) != shape[4]:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_living(), [shape[2], shape[1]])
        found = cursor.fetchone()
    if found is None:
        return None
    size = len(_names(ApiToken))
    row = ApiToken.from_db(connection.alias, _names(ApiToken), found[:size])
    *owner, grants, groups, former_lives = found[size:]
    given = _hash(shape[3])
    is_present = hmac.compare_digest(row.secret_hash, given)
    is_former = hmac.compare_digest(row.former_hash, given) and former_lives
    if not (is_present or is_former) or not is_inside(address, row.networks):
        return None
    row.owner = User.from_db(connection.alias, _names(User), owner)
    know_grants(row.owner, grants)
    know_groups(row.owner, groups)
    row.used_hash = given
    return row


def is_inside(address: str, networks: list[str]) -> bool:
    """Whether the address is in one of the networks; none of them means everywhere."""
    if not networks:
        return True
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    place = getattr(place, "ipv4_mapped", None) or place
    return any(place in ipaddress.ip_network(each) for each in networks)


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _living() -> str:
    """The query for a token neither revoked nor ended, its active owner, the owner's grants and groups.

    Written once: putting it together from a queryset for each request, and the grants from another, took a
    fifth of the time of opening an incident.
    """
    token, owner = (
        ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)
        for alias, model in (("t", ApiToken), ("u", User))
    )
    return f"""
        SELECT {token}, {owner}, ARRAY(
            SELECT unnest(r.grants) FROM accounts_roleassignment a JOIN accounts_role r ON r.id = a.role_id
            WHERE a.user_id = u.id), ARRAY(
            SELECT m.group_id FROM accounts_membership m JOIN accounts_group g ON g.id = m.group_id
            WHERE m.user_id = u.id AND g.is_active), COALESCE(t.former_until > now(), false)
        FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.owner_id
        WHERE t.public_part = %s AND t.kind = %s AND t.revoked_at IS NULL AND t.expires_at > now()
          AND u.is_active
    """  # noqa: S608 - names come from the models


def stamp_use(token: ApiToken) -> None:
    """Remember that the token was used, to the minute."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - dt.timedelta(minutes=1))
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=Now())


@transaction.atomic
def revoke(token: ApiToken, *, actor: User) -> None:
    """End the token at once. Publishes ``token.ended``. Raises NotAllowedError."""
    if not may_end(actor, token.owner):
        raise NotAllowedError
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
        audit.write(actor=actor, table="accounts_apitoken", object_ref=token.public_part, action="revoked")
        _publish("ended", [token], actor)


@transaction.atomic
def revoke_all(owner: User, *, actor: User | None) -> int:
    """End every token of the person at once; how many lived. The caller has decided that it may.

    Publishes ``token.ended`` for each.
    """
    living = ApiToken.objects.filter(owner=owner.pk, revoked_at=None, expires_at__gt=Now())
    found = list(living.select_for_update(no_key=True).order_by("pk"))
    ended = ApiToken.objects.filter(pk__in=[each.pk for each in found]).update(revoked_at=Now())
    if ended:
        _publish("ended", found, actor)
        audit.write(
            actor=actor,
            table="accounts_user",
            object_ref=owner.username,
            action="tokens_revoked",
            diff={"tokens": [ended, 0]},
        )
    return ended


def _publish(what: str, tokens: Iterable[ApiToken], actor: User | None) -> None:
    rows.insert(
        [
            outbox.fact(f"token.{what}", {"token_id": each.pk, "owner_id": each.owner_id}, actor=actor)
            for each in tokens
        ]
    )


def _check_no_wider(by: ApiToken, scopes: list[str], networks: list[str]) -> None:
    """Raise NotAllowedError when a token of these scopes and networks could do more than ``by``."""
    if by.scopes and not (scopes and set(scopes) <= set(by.scopes)):
        raise NotAllowedError(_("A token cannot make a token that may do more than itself."))
    inside = [ipaddress.ip_network(each) for each in by.networks]
    if inside and not (networks and all(any(_within(each, one) for one in inside) for each in networks)):
        raise NotAllowedError(_("A token cannot make a token that may be used from more places than itself."))


def _within(network: str, outer: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    inner = ipaddress.ip_network(network)
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def _named(name: str) -> str:
    checked = clean("name", name, max_length=80, multiline=False)
    if not checked:
        raise required("name")
    return checked


def _days(days: int) -> int:
    if not 1 <= days <= MAX_DAYS:
        raise invalid("days", _("A token lives 1 to %(max)s days.") % {"max": MAX_DAYS})
    return days


def _scopes(given: Iterable[str]) -> list[str]:
    wanted = sorted(set(given))
    strange = [code for code in wanted if code not in known()]
    if strange:
        raise invalid("scopes", _("There is no scope “%(name)s”.") % {"name": strange[0][:40]}, "choice")
    return wanted


def _networks(given: Iterable[str]) -> list[str]:
    found: list[str] = []
    for text in given:
        try:
            place = str(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            told = _("“%(text)s” is no address and no network such as 10.1.0.0/16.") % {"text": text[:60]}
            raise invalid("networks", told) from error
        if place not in found:
            found.append(place)
    if len(found) > MAX_NETWORKS:
        raise invalid("networks", _("At most %(max)s networks.") % {"max": MAX_NETWORKS}, "too_many")
    return found


def _plain(row: ApiToken, secret: str) -> str:
    return f"itsm_{row.kind}_{row.public_part}_{secret}{_checksum(secret)}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"
