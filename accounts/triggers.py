"""What happens to sessions and tokens when rights change, whoever changes them: page, API, directory or SQL.

Here and not in services, because a right that is taken away must be gone by every way (SECURITY SE-2).
"""

from __future__ import annotations

import pgtrigger


def end_when_disabled() -> pgtrigger.Trigger:
    """Whoever is switched off loses all sessions and tokens, and does not get them back later."""
    return pgtrigger.Trigger(
        name="end_when_disabled",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("is_active"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(old__is_active=True, new__is_active=False),
        func="""
            DELETE FROM accounts_session WHERE user_id = NEW.id;
            UPDATE accounts_apitoken SET revoked_at = now() WHERE owner_id = NEW.id AND revoked_at IS NULL;
            RETURN NULL;
        """,
    )


def renew_holders() -> pgtrigger.Trigger:
    """Who holds a role whose grants change goes on under another session id (SECURITY SE-1)."""
    return pgtrigger.Trigger(
        name="renew_holders",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("grants", "needs_second_factor"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.AnyChange("grants", "needs_second_factor"),
        func="""
            UPDATE accounts_session s SET must_renew = true FROM accounts_roleassignment a
            WHERE a.role_id = NEW.id AND s.user_id = a.user_id;
            RETURN NULL;
        """,
    )


def renew_when_assigned() -> pgtrigger.Trigger:
    """So does who gets or loses a role."""
    return pgtrigger.Trigger(
        name="renew_when_assigned",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Delete,
        func="""
            UPDATE accounts_session SET must_renew = true WHERE user_id = COALESCE(NEW.user_id, OLD.user_id);
            RETURN NULL;
        """,
    )
