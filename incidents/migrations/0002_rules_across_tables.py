"""A hold has its reason and a solution its words, whichever of an incident's two rows is written (DM-4, DD-11)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION incidents_rows_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    key bigint;
    pair record;
BEGIN
    IF TG_TABLE_NAME = 'tickets_ticket' THEN key := NEW.id; ELSE key := NEW.ticket_ptr_id; END IF;
    SELECT t.state, t.close_code, t.close_notes, i.hold_reason INTO pair
        FROM tickets_ticket t JOIN incidents_incident i ON i.ticket_ptr_id = t.id WHERE t.id = key;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF (pair.state = 'on_hold') <> (pair.hold_reason <> '') THEN
        RAISE EXCEPTION 'an incident has a reason for the hold exactly while it is on hold'
            USING ERRCODE = 'check_violation';
    END IF;
    IF pair.state IN ('resolved', 'closed') AND (pair.close_code = '' OR pair.close_notes = '') THEN
        RAISE EXCEPTION 'a resolved incident has a close code and close notes'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER incidents_new_ticket_agrees
    AFTER INSERT ON tickets_ticket DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'incident' AND NEW.state IN ('on_hold', 'resolved', 'closed'))
    EXECUTE FUNCTION incidents_rows_agree();
CREATE CONSTRAINT TRIGGER incidents_ticket_agrees
    AFTER UPDATE OF state, close_code, close_notes ON tickets_ticket DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'incident' AND (OLD.state, OLD.close_code, OLD.close_notes)
        IS DISTINCT FROM (NEW.state, NEW.close_code, NEW.close_notes))
    EXECUTE FUNCTION incidents_rows_agree();
CREATE CONSTRAINT TRIGGER incidents_new_hold_agrees
    AFTER INSERT ON incidents_incident DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.hold_reason <> '')
    EXECUTE FUNCTION incidents_rows_agree();
CREATE CONSTRAINT TRIGGER incidents_hold_agrees
    AFTER UPDATE OF hold_reason ON incidents_incident DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.hold_reason IS DISTINCT FROM OLD.hold_reason)
    EXECUTE FUNCTION incidents_rows_agree();
"""
BACKWARD = """
DROP TRIGGER incidents_hold_agrees ON incidents_incident;
DROP TRIGGER incidents_new_hold_agrees ON incidents_incident;
DROP TRIGGER incidents_ticket_agrees ON tickets_ticket;
DROP TRIGGER incidents_new_ticket_agrees ON tickets_ticket;
DROP FUNCTION incidents_rows_agree();
"""


class Migration(migrations.Migration):
    """Deferred: a move writes both rows one after the other. Nothing fires for an incident that is just new."""

    dependencies = [("incidents", "0001_initial"), ("tickets", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
