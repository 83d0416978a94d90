"""The two functions behind the triggers of ``core.trail.tracking``: one for all recorded tables, one that refuses."""

from django.db import migrations

# Arguments: the record's table, the column of this row's key, the column of the record's key, then secret, noise and
# left out columns, each with commas between.
NOTE = """
CREATE FUNCTION public.core_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    secret text[] := string_to_array(TG_ARGV[3], ',');
    left_out text[] := string_to_array(TG_ARGV[5], ',');
    origin jsonb := nullif(current_setting('maru.origin', true), '')::jsonb;
    whole jsonb;
    before jsonb;
    what jsonb;
    name text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        whole := to_jsonb(NEW);
        before := to_jsonb(OLD);
        SELECT jsonb_object_agg(
            each.key,
            CASE WHEN each.key = ANY (secret) THEN jsonb_build_array(
                CASE WHEN before -> each.key IN ('null', '""') THEN before -> each.key ELSE '"***"' END,
                CASE WHEN each.value IN ('null', '""') THEN each.value ELSE '"***"' END
            ) ELSE jsonb_build_array(before -> each.key, each.value) END
        )
        INTO what
        FROM jsonb_each(whole) AS each
        WHERE each.value IS DISTINCT FROM before -> each.key AND each.key <> ALL (left_out);
        IF what IS NULL OR what - string_to_array(TG_ARGV[4], ',') = '{}' THEN
            RETURN NULL;
        END IF;
    ELSE
        IF TG_OP = 'DELETE' THEN
            whole := to_jsonb(OLD);
        ELSE
            whole := to_jsonb(NEW);
        END IF;
        what := whole - left_out;
        FOREACH name IN ARRAY secret LOOP
            IF what -> name NOT IN ('null', '""') THEN
                what := jsonb_set(what, ARRAY[name], '"***"');
            END IF;
        END LOOP;
    END IF;
    INSERT INTO public.core_rowchange (
        at, txid, "table", row_id, record, record_id, op, changed,
        actor_id, channel, request_id, cause_chain, db_user, application
    ) VALUES (
        now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, (whole ->> TG_ARGV[1])::bigint,
        TG_ARGV[0], coalesce((whole ->> TG_ARGV[2])::bigint, (whole ->> TG_ARGV[1])::bigint), left(TG_OP, 1), what,
        (origin ->> 'actor')::bigint, coalesce(origin ->> 'channel', 'sql'), coalesce(origin ->> 'request', ''),
        coalesce(origin -> 'chain', '[]'), session_user, current_setting('application_name')
    );
    RETURN NULL;
END
$$
"""
REFUSE = """
CREATE FUNCTION public.core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'core_refuse_change: rows of % are written once and never changed or removed', TG_TABLE_NAME;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_event_position_indexes")]

    operations = [
        migrations.RunSQL(NOTE, "DROP FUNCTION public.core_note_change()"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION public.core_refuse_change()"),
    ]
