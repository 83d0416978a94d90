"""The other half of the rule that the clock's own trigger keeps: a ticket cannot close over an open clock."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION sla_closed_ticket_has_no_open_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sla_clock WHERE ticket_id = NEW.id AND stage IN ('in_progress', 'paused')) THEN
        RAISE EXCEPTION 'a closed ticket has no open clock' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sla_closed_ticket_has_no_open_clock
    AFTER UPDATE OF state_rank ON tickets_ticket DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state_rank >= 90 AND OLD.state_rank < 90)
    EXECUTE FUNCTION sla_closed_ticket_has_no_open_clock();
"""
BACKWARD = """
DROP TRIGGER sla_closed_ticket_has_no_open_clock ON tickets_ticket;
DROP FUNCTION sla_closed_ticket_has_no_open_clock();
"""


class Migration(migrations.Migration):
    """Deferred: within one transaction the ticket is written before its clocks."""

    dependencies = [("sla", "0001_initial"), ("tickets", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
