"""What one row cannot say of itself: the assignee belongs to the group, and no ticket is its own ancestor (DM-4)."""

from django.db import migrations

MEMBER = """
CREATE FUNCTION tickets_assignee_is_a_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM tickets_ticket t
        WHERE t.id = NEW.id AND t.group_id IS NOT NULL AND t.assignee_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM accounts_membership m
                          WHERE m.user_id = t.assignee_id AND m.group_id = t.group_id)
    ) THEN
        RAISE EXCEPTION 'the assignee is a member of the assignment group' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tickets_new_assignee_is_a_member
    AFTER INSERT ON tickets_ticket DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.group_id IS NOT NULL AND NEW.assignee_id IS NOT NULL)
    EXECUTE FUNCTION tickets_assignee_is_a_member();
CREATE CONSTRAINT TRIGGER tickets_assignee_is_a_member
    AFTER UPDATE OF group_id, assignee_id ON tickets_ticket DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (
        NEW.group_id IS NOT NULL AND NEW.assignee_id IS NOT NULL
        AND (NEW.group_id, NEW.assignee_id) IS DISTINCT FROM (OLD.group_id, OLD.assignee_id))
    EXECUTE FUNCTION tickets_assignee_is_a_member();
"""
NO_MEMBER = """
DROP TRIGGER tickets_assignee_is_a_member ON tickets_ticket;
DROP TRIGGER tickets_new_assignee_is_a_member ON tickets_ticket;
DROP FUNCTION tickets_assignee_is_a_member();
"""
# The lock makes two transactions that would close a circle together wait for each other.
ANCESTOR = """
CREATE FUNCTION tickets_parents_make_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tickets_parents_make_no_circle'));
    IF EXISTS (
        WITH RECURSIVE up (id) AS (
            SELECT parent_id FROM tickets_ticket WHERE id = NEW.id
            UNION SELECT t.parent_id FROM tickets_ticket t JOIN up ON t.id = up.id
        ) SELECT 1 FROM up WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a ticket is not its own ancestor' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tickets_parents_make_no_circle
    AFTER UPDATE OF parent_id ON tickets_ticket DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL AND NEW.parent_id IS DISTINCT FROM OLD.parent_id)
    EXECUTE FUNCTION tickets_parents_make_no_circle();
"""
NO_ANCESTOR = """
DROP TRIGGER tickets_parents_make_no_circle ON tickets_ticket;
DROP FUNCTION tickets_parents_make_no_circle();
"""


class Migration(migrations.Migration):
    """Deferred: within one transaction the columns may be written one after the other.

    Somebody who leaves a group keeps their tickets: only a new assignment is looked at.
    """

    dependencies = [("tickets", "0002_number_sequences"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(MEMBER, NO_MEMBER), migrations.RunSQL(ANCESTOR, NO_ANCESTOR)]
