-- Written by ./run blueprint from the migrations. Not edited by hand: change the models.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
                DECLARE
                    _pgtrigger_ignore TEXT[];
                    _result BOOLEAN;
                BEGIN
                    BEGIN
                        SELECT INTO _pgtrigger_ignore
                            CURRENT_SETTING('pgtrigger.ignore');
                        EXCEPTION WHEN OTHERS THEN
                    END;
                    IF _pgtrigger_ignore IS NOT NULL THEN
                        SELECT trigger_name = ANY(_pgtrigger_ignore)
                        INTO _result;
                        RETURN _result;
                    ELSE
                        RETURN FALSE;
                    END IF;
                END;
            $$;
CREATE FUNCTION public.core_note_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
$$;
CREATE FUNCTION public.core_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'core_refuse_change: rows of % are written once and never changed or removed', TG_TABLE_NAME;
END
$$;
CREATE FUNCTION public.incidents_rows_agree() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.pgtrigger_answer_is_final_9a0ee() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'an approval is never deleted' USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.status <> 'requested' AND (NEW.status, NEW.decided_at, NEW.decided_by_id)
               IS DISTINCT FROM (OLD.status, OLD.decided_at, OLD.decided_by_id) THEN
                RAISE EXCEPTION 'this approval has been decided' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_2a744() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_3f279() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_43f28() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_62268() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_6b263() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_6e030() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_ad3da() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_d2b37() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_append_only_e986a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_assignment_revision_e18ea() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('routing', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_calendar_revision_31b3c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('calendars', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_ci_calendar_revision_7913d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('calendars', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_done_is_final_69025() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_done_is_final_d90ad() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_end_when_disabled_7dc0f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            DELETE FROM accounts_session WHERE user_id = NEW.id;
            UPDATE accounts_apitoken SET revoked_at = now() WHERE owner_id = NEW.id AND revoked_at IS NULL;
            RETURN NULL;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_exception_delete_6da57() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM old_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_exception_insert_1d7ef() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM new_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_exception_update_52fbb() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM new_rows UNION SELECT calendar_id FROM old_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_group_calendar_revision_74269() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('calendars', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_group_revision_10332() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('routing', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_holiday_delete_22cc1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM old_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_holiday_insert_b136d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM new_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_holiday_update_16a4e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM new_rows UNION SELECT calendar_id FROM old_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_hours_delete_f5f8e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM old_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_hours_insert_3e116() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM new_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_hours_update_7c700() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    UPDATE schedules_calendar SET updated_at = now() WHERE id IN (SELECT calendar_id FROM new_rows UNION SELECT calendar_id FROM old_rows); RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_location_calendar_revision_9ebb3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('calendars', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_major_rule_revision_cc3cc() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('major', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_new_version_1a9a0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.version = OLD.version + 1; NEW.stamp = gen_random_uuid(); RETURN NEW;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_no_truncate_00834() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_no_truncate_154c1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_no_truncate_a9190() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_priority_revision_79e3f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('routing', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_published_is_final_f06af() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
IF OLD.status = 'retired' OR NEW.status <> 'retired' OR
   to_jsonb(NEW) - ARRAY['status', 'retired_at', 'updated_at', 'lock_version']
   <> to_jsonb(OLD) - ARRAY['status', 'retired_at', 'updated_at', 'lock_version'] THEN
    RAISE EXCEPTION 'a published SLA definition can only be retired' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;

                END;
            $$;
CREATE FUNCTION public.pgtrigger_published_is_immutable_5587e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
                    IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'retired'
                       AND to_jsonb(NEW) - '{status,updated_at,lock_version}'::text[]
                         = to_jsonb(OLD) - '{status,updated_at,lock_version}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'a published version of a flow never changes'
                        USING ERRCODE = 'check_violation';
                
                END;
            $$;
CREATE FUNCTION public.pgtrigger_published_is_immutable_ebc17() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
                    IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'retired'
                       AND to_jsonb(NEW) - '{status,updated_at,lock_version}'::text[]
                         = to_jsonb(OLD) - '{status,updated_at,lock_version}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'a published version of a catalog item never changes'
                        USING ERRCODE = 'check_violation';
                
                END;
            $$;
CREATE FUNCTION public.pgtrigger_published_stays_c030b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_renew_holders_9ea59() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            UPDATE accounts_session s SET must_renew = true FROM accounts_roleassignment a
            WHERE a.role_id = NEW.id AND s.user_id = a.user_id;
            RETURN NULL;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_renew_when_assigned_0d31b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            UPDATE accounts_session SET must_renew = true WHERE user_id = COALESCE(NEW.user_id, OLD.user_id);
            RETURN NULL;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_request_end_is_final_cc481() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'an approval is never deleted' USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.status <> 'requested' AND (NEW.status, NEW.decided_at, NEW.decided_by_id)
               IS DISTINCT FROM (OLD.status, OLD.decided_at, OLD.decided_by_id) THEN
                RAISE EXCEPTION 'this approval has been decided' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_005d1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_03479() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_07227() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_08dc4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_08faa() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_0add3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_0f76d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_10bdb() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_13f57() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_1714b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_17a8c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_22ce5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_2b2e5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_2c255() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_31ae4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_3336e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_33a44() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_355da() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_3595c() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_390b5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_3b655() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_3f2fc() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_413e7() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_422d1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_4986f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_49ce4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_4a959() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_4d1bf() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_4d5ad() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_4e4ce() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_502c0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_53690() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_61843() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_654e3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_67eb6() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_6c5b4() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_6dfbd() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_73ee3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_74164() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_7857e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_7dc23() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_810c8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_86f82() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_87bb3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_88f27() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_8b770() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_8bbb8() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_8e3d3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_90957() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_9670b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_969af() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_9abd6() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_9b00a() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_9cdec() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_9d963() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_a03d0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_a6989() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_affea() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_b1681() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_b2dcb() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_b30b5() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_bbf1d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_bf277() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_c28c9() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_c3785() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_c81d0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_d2282() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_d4c12() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_d539e() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_dac40() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_df0a3() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_eaf42() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_ec7c1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_f126b() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_f26e1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_f94e6() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_fcccd() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_row_history_ff0a7() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_run_end_is_final_bbacb() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF OLD.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status THEN
                RAISE EXCEPTION '% is final', OLD.status USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_sla_revision_9a9f0() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('sla', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.pgtrigger_step_end_is_final_d9943() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
            IF OLD.status IN ('done', 'skipped', 'cancelled') AND NEW.status <> OLD.status THEN
                RAISE EXCEPTION '% is final', OLD.status USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        
                END;
            $$;
CREATE FUNCTION public.pgtrigger_ticket_is_open_5912d() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    
IF EXISTS (SELECT 1 FROM tickets_ticket WHERE id = NEW.ticket_id AND state_rank >= 90) THEN
    RAISE EXCEPTION 'a closed ticket has no open clock' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;

                END;
            $$;
CREATE FUNCTION public.pgtrigger_webhook_revision_48a17() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
                
                BEGIN
                    IF ("public"._pgtrigger_should_ignore(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;
                    INSERT INTO core_revision (key, stamp) VALUES ('webhooks', gen_random_uuid()) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;
                END;
            $$;
CREATE FUNCTION public.sla_closed_ticket_has_no_open_clock() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sla_clock WHERE ticket_id = NEW.id AND stage IN ('in_progress', 'paused')) THEN
        RAISE EXCEPTION 'a closed ticket has no open clock' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.tickets_assignee_is_a_member() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.tickets_parents_make_no_circle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
SET default_tablespace = '';

SET default_table_access_method = heap;
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_apitoken (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    kind character varying(3) NOT NULL,
    name character varying(80) NOT NULL,
    public_part character varying(16) NOT NULL,
    secret_hash character varying(64) NOT NULL,
    scopes character varying(40)[] NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    owner_id bigint NOT NULL,
    former_hash character varying(64) NOT NULL,
    former_until timestamp with time zone,
    networks character varying(43)[] NOT NULL,
    CONSTRAINT accounts_apitoken_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_apitoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_apitoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_attempt (
    id bigint NOT NULL,
    key character varying(64) NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE public.accounts_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_company (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    is_default boolean NOT NULL,
    language character varying(5) NOT NULL,
    time_zone character varying(60) NOT NULL,
    CONSTRAINT accounts_company_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_company ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_company_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_department (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    company_id bigint NOT NULL,
    head_id bigint,
    parent_id bigint,
    CONSTRAINT accounts_department_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_department ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_department_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_group (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    types character varying(20)[] NOT NULL,
    email character varying(200) NOT NULL,
    is_restricted boolean NOT NULL,
    is_active boolean NOT NULL,
    company_id bigint NOT NULL,
    manager_id bigint,
    CONSTRAINT accounts_group_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_location (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    time_zone character varying(60) NOT NULL,
    address character varying(200) NOT NULL,
    company_id bigint NOT NULL,
    parent_id bigint,
    CONSTRAINT accounts_location_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_location ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_location_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_membership (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    is_manager boolean NOT NULL,
    group_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT accounts_membership_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_role (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    grants character varying(40)[] NOT NULL,
    company_id bigint,
    needs_second_factor boolean NOT NULL,
    CONSTRAINT accounts_role_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_role ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_roleassignment (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    role_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT accounts_roleassignment_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.accounts_roleassignment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_roleassignment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    address inet,
    user_agent character varying(300) NOT NULL,
    signed_in_at timestamp with time zone,
    last_active_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    must_renew boolean NOT NULL,
    user_id bigint
);
CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    username character varying(60) NOT NULL,
    email character varying(200) NOT NULL,
    name_ko character varying(80) NOT NULL,
    name_en character varying(80) NOT NULL,
    grade character varying(40) NOT NULL,
    cost_center character varying(40) NOT NULL,
    phone character varying(40) NOT NULL,
    language character varying(5) NOT NULL,
    time_zone character varying(60) NOT NULL,
    theme character varying(10) NOT NULL,
    single_keys boolean NOT NULL,
    is_vip boolean NOT NULL,
    is_active boolean NOT NULL,
    is_service boolean NOT NULL,
    source character varying(40) NOT NULL,
    external_id character varying(120) NOT NULL,
    manager_id bigint,
    company_id bigint NOT NULL,
    department_id bigint,
    location_id bigint,
    reset_serial integer NOT NULL,
    CONSTRAINT accounts_user_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT accounts_user_reset_serial_check CHECK ((reset_serial >= 0)),
    CONSTRAINT user_is_not_own_manager CHECK (((manager_id IS NULL) OR (NOT ((manager_id = id) AND (manager_id IS NOT NULL)))))
);
ALTER TABLE public.accounts_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.api_job (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    scopes jsonb NOT NULL,
    language character varying(10) NOT NULL,
    request_id character varying(40) NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(20) NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    failed integer NOT NULL,
    tries smallint NOT NULL,
    not_before timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    owner_id bigint NOT NULL,
    token_id bigint,
    CONSTRAINT api_job_done_check CHECK ((done >= 0)),
    CONSTRAINT api_job_failed_check CHECK ((failed >= 0)),
    CONSTRAINT api_job_total_check CHECK ((total >= 0)),
    CONSTRAINT api_job_tries_check CHECK ((tries >= 0)),
    CONSTRAINT job_counts_add_up CHECK (((done <= total) AND (failed <= done))),
    CONSTRAINT job_has_ended_when_it_says_so CHECK (((((state)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text])) AND (ended_at IS NULL)) OR ((NOT ((state)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text]))) AND (ended_at IS NOT NULL))))
);
ALTER TABLE public.api_job ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.api_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.api_jobitem (
    id bigint NOT NULL,
    no integer NOT NULL,
    ref character varying(100) NOT NULL,
    method character varying(6) NOT NULL,
    path character varying(2000) NOT NULL,
    if_match character varying(500) NOT NULL,
    idempotency_key character varying(255) NOT NULL,
    body text NOT NULL,
    status smallint,
    etag character varying(100) NOT NULL,
    location character varying(2000) NOT NULL,
    problem jsonb,
    done_at timestamp with time zone,
    job_id bigint NOT NULL,
    CONSTRAINT api_jobitem_no_check CHECK ((no >= 0)),
    CONSTRAINT api_jobitem_status_check CHECK ((status >= 0))
);
ALTER TABLE public.api_jobitem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.api_jobitem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.approvals_approval (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    why character varying(12) NOT NULL,
    status character varying(12) NOT NULL,
    comment text NOT NULL,
    decided_at timestamp with time zone,
    channel character varying(10) NOT NULL,
    approver_id bigint NOT NULL,
    decided_by_id bigint,
    delegate_id bigint,
    instead_of_id bigint,
    via_group_id bigint,
    request_id bigint NOT NULL,
    stage smallint NOT NULL,
    seats character varying(40)[] NOT NULL,
    CONSTRAINT approval_answer CHECK ((((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND ((status)::text = ANY (ARRAY[('approved'::character varying)::text, ('rejected'::character varying)::text]))) OR ((NOT ((status)::text = ANY (ARRAY[('approved'::character varying)::text, ('rejected'::character varying)::text]))) AND (decided_at IS NULL) AND (decided_by_id IS NULL)))),
    CONSTRAINT approval_has_a_seat CHECK ((NOT (seats = '{}'::character varying(40)[]))),
    CONSTRAINT approval_no_has_a_reason CHECK (((NOT ((status)::text = 'rejected'::text)) OR (NOT (comment = ''::text)))),
    CONSTRAINT approvals_approval_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT approvals_approval_stage_check CHECK ((stage >= 0))
);
ALTER TABLE public.approvals_approval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.approvals_approval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.approvals_approvalrequest (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    title character varying(160) NOT NULL,
    summary jsonb NOT NULL,
    policy jsonb NOT NULL,
    status character varying(12) NOT NULL,
    reason character varying(12) NOT NULL,
    due_at timestamp with time zone,
    next_fire_at timestamp with time zone,
    fired smallint NOT NULL,
    decided_at timestamp with time zone,
    company_id bigint NOT NULL,
    decided_by_id bigint,
    requested_by_id bigint,
    ticket_id bigint,
    round smallint NOT NULL,
    stage smallint NOT NULL,
    previous_id bigint,
    CONSTRAINT approval_request_end CHECK ((((decided_at IS NULL) AND ((status)::text = 'requested'::text)) OR ((NOT ((status)::text = 'requested'::text)) AND (decided_at IS NOT NULL)))),
    CONSTRAINT approval_request_round CHECK ((((previous_id IS NULL) AND (round = 1)) OR ((previous_id IS NOT NULL) AND (round > 1)))),
    CONSTRAINT approval_request_timer CHECK ((((status)::text = 'requested'::text) OR (next_fire_at IS NULL))),
    CONSTRAINT approvals_approvalrequest_fired_check CHECK ((fired >= 0)),
    CONSTRAINT approvals_approvalrequest_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT approvals_approvalrequest_round_check CHECK ((round >= 0)),
    CONSTRAINT approvals_approvalrequest_stage_check CHECK ((stage >= 0))
);
ALTER TABLE public.approvals_approvalrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.approvals_approvalrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.approvals_decisionlink (
    id bigint NOT NULL,
    token_hash character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    approval_id bigint NOT NULL,
    user_id bigint NOT NULL,
    by_reply boolean NOT NULL
);
ALTER TABLE public.approvals_decisionlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.approvals_decisionlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.approvals_delegation (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    scope character varying(16) NOT NULL,
    during tstzrange NOT NULL,
    delegate_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT approvals_delegation_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT delegate_is_another CHECK ((NOT (user_id = delegate_id))),
    CONSTRAINT delegation_has_an_end CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during))))
);
ALTER TABLE public.approvals_delegation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.approvals_delegation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.approvals_receivedmail (
    id bigint NOT NULL,
    message_id character varying(300) NOT NULL,
    body_sha256 character varying(64) NOT NULL,
    raw bytea NOT NULL,
    is_trusted boolean NOT NULL,
    received_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    result character varying(16) NOT NULL,
    detail character varying(300) NOT NULL,
    sender character varying(254) NOT NULL,
    done_at timestamp with time zone,
    answered_at timestamp with time zone,
    approval_id bigint,
    person_id bigint,
    CONSTRAINT mail_done CHECK ((((done_at IS NULL) AND ((result)::text = ''::text)) OR ((NOT ((result)::text = ''::text)) AND (done_at IS NOT NULL))))
);
ALTER TABLE public.approvals_receivedmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.approvals_receivedmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_catalogitem (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    key character varying(50) NOT NULL,
    icon character varying(40) NOT NULL,
    "order" integer NOT NULL,
    behalf_access character varying(12) NOT NULL,
    enabled boolean NOT NULL,
    company_id bigint NOT NULL,
    owner_group_id bigint,
    category_id bigint NOT NULL,
    CONSTRAINT catalog_catalogitem_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT catalog_catalogitem_order_check CHECK (("order" >= 0))
);
ALTER TABLE public.catalog_catalogitem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_catalogitem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_catalogitemversion (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    no integer NOT NULL,
    status character varying(10) NOT NULL,
    short_ko character varying(200) NOT NULL,
    short_en character varying(200) NOT NULL,
    description_ko text NOT NULL,
    description_en text NOT NULL,
    delivery_ko character varying(300) NOT NULL,
    delivery_en character varying(300) NOT NULL,
    form jsonb NOT NULL,
    price numeric(14,2) NOT NULL,
    currency character varying(3) NOT NULL,
    recurring_price numeric(14,2),
    recurring_period character varying(5) NOT NULL,
    max_quantity smallint NOT NULL,
    needs_acceptance boolean NOT NULL,
    flow_key character varying(60) NOT NULL,
    available_for jsonb NOT NULL,
    not_available_for jsonb,
    usual_days smallint NOT NULL,
    published_at timestamp with time zone,
    notes character varying(300) NOT NULL,
    item_id bigint NOT NULL,
    published_by_id bigint,
    CONSTRAINT catalog_catalogitemversion_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT catalog_catalogitemversion_max_quantity_check CHECK ((max_quantity >= 0)),
    CONSTRAINT catalog_catalogitemversion_no_check CHECK ((no >= 0)),
    CONSTRAINT catalog_catalogitemversion_usual_days_check CHECK ((usual_days >= 0)),
    CONSTRAINT item_version_period CHECK ((((status)::text = 'draft'::text) OR (((recurring_period)::text = ''::text) AND (recurring_price IS NULL)) OR ((recurring_price IS NOT NULL) AND (NOT ((recurring_period)::text = ''::text))))),
    CONSTRAINT item_version_price CHECK (((price >= (0)::numeric) AND ((recurring_price IS NULL) OR (recurring_price >= (0)::numeric)))),
    CONSTRAINT item_version_quantity CHECK ((max_quantity >= 1))
);
ALTER TABLE public.catalog_catalogitemversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_catalogitemversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_catalogtask (
    ticket_ptr_id bigint NOT NULL,
    flow_step bigint,
    result jsonb NOT NULL,
    round smallint NOT NULL,
    ritm_id bigint NOT NULL,
    CONSTRAINT catalog_catalogtask_round_check CHECK ((round >= 0))
);
CREATE TABLE public.catalog_category (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    icon character varying(40) NOT NULL,
    "order" integer NOT NULL,
    available_for jsonb NOT NULL,
    company_id bigint NOT NULL,
    parent_id bigint,
    CONSTRAINT catalog_category_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT catalog_category_order_check CHECK (("order" >= 0)),
    CONSTRAINT category_not_own_parent CHECK (((parent_id IS NULL) OR (NOT ((parent_id = id) AND (parent_id IS NOT NULL)))))
);
ALTER TABLE public.catalog_category ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_category_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_request (
    ticket_ptr_id bigint NOT NULL,
    total numeric(14,2) NOT NULL,
    recurring_total numeric(14,2) NOT NULL,
    currency character varying(3) NOT NULL
);
CREATE TABLE public.catalog_requestitem (
    ticket_ptr_id bigint NOT NULL,
    variables jsonb NOT NULL,
    collected jsonb NOT NULL,
    quantity smallint NOT NULL,
    price numeric(14,2) NOT NULL,
    recurring_price numeric(14,2) NOT NULL,
    recurring_period character varying(5) NOT NULL,
    currency character varying(3) NOT NULL,
    stage character varying(60) NOT NULL,
    expected_at timestamp with time zone,
    item_version_id bigint NOT NULL,
    request_id bigint NOT NULL,
    CONSTRAINT catalog_requestitem_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT ritm_quantity CHECK ((quantity >= 1))
);
CREATE TABLE public.cmdb_ci (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    number character varying(20) NOT NULL,
    name character varying(160) NOT NULL,
    status character varying(12) NOT NULL,
    environment character varying(20) NOT NULL,
    criticality smallint NOT NULL,
    serial character varying(80) NOT NULL,
    asset_tag character varying(60) NOT NULL,
    vendor character varying(80) NOT NULL,
    attrs jsonb NOT NULL,
    bigram character varying(4)[] NOT NULL,
    assigned_to_id bigint,
    company_id bigint NOT NULL,
    location_id bigint,
    owner_id bigint,
    support_group_id bigint,
    ci_class_id bigint NOT NULL,
    CONSTRAINT ci_criticality CHECK (((criticality >= 1) AND (criticality <= 5))),
    CONSTRAINT ci_has_a_name CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT cmdb_ci_criticality_check CHECK ((criticality >= 0)),
    CONSTRAINT cmdb_ci_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.cmdb_ci ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.cmdb_ci_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE public.cmdb_ci_number
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.cmdb_ciclass (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    icon character varying(40) NOT NULL,
    parent_id bigint,
    CONSTRAINT cmdb_ciclass_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.cmdb_ciclass ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.cmdb_ciclass_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connectors_breaker (
    origin character varying(300) NOT NULL,
    failures integer NOT NULL,
    open_until timestamp with time zone,
    CONSTRAINT connectors_breaker_failures_check CHECK ((failures >= 0))
);
CREATE TABLE public.connectors_callslot (
    id bigint NOT NULL,
    token uuid NOT NULL,
    until timestamp with time zone NOT NULL,
    connector_id bigint NOT NULL
);
ALTER TABLE public.connectors_callslot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connectors_callslot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connectors_connector (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    base_url character varying(500) NOT NULL,
    allowed_hosts jsonb NOT NULL,
    auth character varying(20) NOT NULL,
    username character varying(200) NOT NULL,
    parameter character varying(80) NOT NULL,
    client_id character varying(200) NOT NULL,
    token_url character varying(500) NOT NULL,
    scope character varying(500) NOT NULL,
    headers jsonb NOT NULL,
    ca_certificates text NOT NULL,
    timeout_seconds smallint NOT NULL,
    max_body_bytes integer NOT NULL,
    concurrency smallint NOT NULL,
    retention_days smallint NOT NULL,
    enabled boolean NOT NULL,
    CONSTRAINT connector_auth_known CHECK (((auth)::text = ANY (ARRAY[('none'::character varying)::text, ('basic'::character varying)::text, ('bearer'::character varying)::text, ('api_key_header'::character varying)::text, ('api_key_query'::character varying)::text, ('oauth2'::character varying)::text]))),
    CONSTRAINT connector_limits CHECK (((timeout_seconds >= 1) AND (timeout_seconds <= 60) AND ((max_body_bytes >= 1024) AND (max_body_bytes <= 1048576)) AND ((concurrency >= 1) AND (concurrency <= 50)) AND ((retention_days >= 1) AND (retention_days <= 365)))),
    CONSTRAINT connectors_connector_concurrency_check CHECK ((concurrency >= 0)),
    CONSTRAINT connectors_connector_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT connectors_connector_max_body_bytes_check CHECK ((max_body_bytes >= 0)),
    CONSTRAINT connectors_connector_retention_days_check CHECK ((retention_days >= 0)),
    CONSTRAINT connectors_connector_timeout_seconds_check CHECK ((timeout_seconds >= 0))
);
ALTER TABLE public.connectors_connector ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connectors_connector_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connectors_connectorcall (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    method character varying(10) NOT NULL,
    url character varying(2000) NOT NULL,
    request_headers jsonb NOT NULL,
    request_body text NOT NULL,
    status smallint,
    response_headers jsonb NOT NULL,
    response_body text NOT NULL,
    elapsed_ms integer NOT NULL,
    error character varying(30) NOT NULL,
    idempotency_key character varying(255) NOT NULL,
    source character varying(200) NOT NULL,
    connector_id bigint NOT NULL,
    CONSTRAINT connectors_connectorcall_elapsed_ms_check CHECK ((elapsed_ms >= 0)),
    CONSTRAINT connectors_connectorcall_status_check CHECK ((status >= 0))
);
ALTER TABLE public.connectors_connectorcall ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connectors_connectorcall_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connectors_connectorsecret (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    sealed text NOT NULL,
    changed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    connector_id bigint NOT NULL
);
ALTER TABLE public.connectors_connectorsecret ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connectors_connectorsecret_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_attachment (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    sha256 character varying(64) NOT NULL,
    size bigint NOT NULL,
    mime character varying(100) NOT NULL,
    name character varying(255) NOT NULL,
    uploader_id bigint,
    scan_status character varying(10) NOT NULL,
    attached boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT core_attachment_size_check CHECK ((size >= 0))
);
ALTER TABLE public.core_attachment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_attachment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_auditlog (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    actor_id bigint,
    "table" character varying(60) NOT NULL,
    object_ref character varying(80) NOT NULL,
    action character varying(40) NOT NULL,
    diff jsonb NOT NULL,
    channel character varying(10) NOT NULL,
    cause_chain jsonb NOT NULL,
    request_id character varying(40) NOT NULL
);
ALTER TABLE public.core_auditlog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_auditlog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_delivery (
    id bigint NOT NULL,
    channel character varying(20) NOT NULL,
    target character varying(120) NOT NULL,
    idem_key character varying(200) NOT NULL,
    payload jsonb NOT NULL,
    not_before timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    attempts smallint NOT NULL,
    claimed_until timestamp with time zone,
    lease_token uuid,
    done_at timestamp with time zone,
    dead_at timestamp with time zone,
    last_error character varying(500) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    event_id bigint,
    CONSTRAINT core_delivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT delivery_is_done_or_dead_not_both CHECK (((done_at IS NULL) OR (dead_at IS NULL)))
);
ALTER TABLE public.core_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE public.core_event_position
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.core_idempotencykey (
    id bigint NOT NULL,
    caller character varying(60) NOT NULL,
    scope character varying(200) NOT NULL,
    key character varying(255) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    answer jsonb,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE public.core_idempotencykey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_idempotencykey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_outboxevent (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    name character varying(80) NOT NULL,
    payload jsonb NOT NULL,
    actor_id bigint,
    channel character varying(10) NOT NULL,
    cause_chain jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    relayed_at timestamp with time zone,
    "position" bigint
);
ALTER TABLE public.core_outboxevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_outboxevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_processheartbeat (
    id bigint NOT NULL,
    role character varying(10) NOT NULL,
    host character varying(100) NOT NULL,
    pid integer NOT NULL,
    started_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    beat_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT core_processheartbeat_pid_check CHECK ((pid >= 0))
);
ALTER TABLE public.core_processheartbeat ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_processheartbeat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_revision (
    key character varying(40) NOT NULL,
    stamp uuid NOT NULL
);
CREATE TABLE public.core_rowchange (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    at timestamp with time zone NOT NULL,
    txid bigint NOT NULL,
    "table" character varying(63) NOT NULL,
    row_id bigint NOT NULL,
    record character varying(63) NOT NULL,
    record_id bigint NOT NULL,
    op character varying(1) NOT NULL,
    changed jsonb NOT NULL,
    actor_id bigint,
    channel character varying(10) NOT NULL,
    request_id character varying(40) NOT NULL,
    cause_chain jsonb NOT NULL,
    db_user character varying(63) NOT NULL,
    application character varying(63) NOT NULL
);
ALTER TABLE public.core_rowchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_rowchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_scheduletick (
    id bigint NOT NULL,
    schedule character varying(60) NOT NULL,
    tick_at timestamp with time zone NOT NULL
);
ALTER TABLE public.core_scheduletick ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_scheduletick_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_seal (
    no bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    "table" character varying(63) NOT NULL,
    form smallint NOT NULL,
    ids bigint[] NOT NULL,
    digests bytea NOT NULL,
    high bigint NOT NULL,
    settled bigint NOT NULL,
    horizon bigint NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT core_seal_form_check CHECK ((form >= 0))
);
CREATE TABLE public.core_setting (
    id bigint NOT NULL,
    key character varying(80) NOT NULL,
    value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE public.core_setting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_setting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.desk_bulkchange (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    action character varying(10) NOT NULL,
    given jsonb NOT NULL,
    rows jsonb NOT NULL,
    back_to character varying(2000) NOT NULL,
    job uuid NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    owner_id bigint NOT NULL,
    undoes_id bigint
);
ALTER TABLE public.desk_bulkchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.desk_bulkchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.desk_savedview (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    audience character varying(10) NOT NULL,
    name character varying(60) NOT NULL,
    path character varying(20) NOT NULL,
    queue character varying(20) NOT NULL,
    filters jsonb NOT NULL,
    columns character varying(20)[] NOT NULL,
    sort character varying(20) NOT NULL,
    density character varying(12) NOT NULL,
    "position" smallint NOT NULL,
    company_id bigint NOT NULL,
    group_id bigint,
    owner_id bigint NOT NULL,
    CONSTRAINT desk_savedview_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT desk_savedview_position_check CHECK (("position" >= 0)),
    CONSTRAINT saved_view_has_a_name CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT saved_view_of_a_team_has_one CHECK (((((audience)::text = 'team'::text) AND (group_id IS NOT NULL)) OR ((NOT ((audience)::text = 'team'::text)) AND (group_id IS NULL))))
);
ALTER TABLE public.desk_savedview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.desk_savedview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_celery_beat_clockedschedule (
    id integer NOT NULL,
    clocked_time timestamp with time zone NOT NULL
);
ALTER TABLE public.django_celery_beat_clockedschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_celery_beat_clockedschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_celery_beat_crontabschedule (
    id integer NOT NULL,
    minute character varying(240) NOT NULL,
    hour character varying(96) NOT NULL,
    day_of_week character varying(64) NOT NULL,
    day_of_month character varying(124) NOT NULL,
    month_of_year character varying(64) NOT NULL,
    timezone character varying(63) NOT NULL
);
ALTER TABLE public.django_celery_beat_crontabschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_celery_beat_crontabschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_celery_beat_intervalschedule (
    id integer NOT NULL,
    every integer NOT NULL,
    period character varying(24) NOT NULL
);
ALTER TABLE public.django_celery_beat_intervalschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_celery_beat_intervalschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_celery_beat_periodictask (
    id integer NOT NULL,
    name character varying(200) NOT NULL,
    task character varying(200) NOT NULL,
    args text NOT NULL,
    kwargs text NOT NULL,
    queue character varying(200),
    exchange character varying(200),
    routing_key character varying(200),
    expires timestamp with time zone,
    enabled boolean NOT NULL,
    last_run_at timestamp with time zone,
    total_run_count integer NOT NULL,
    date_changed timestamp with time zone NOT NULL,
    description text NOT NULL,
    crontab_id integer,
    interval_id integer,
    solar_id integer,
    one_off boolean NOT NULL,
    start_time timestamp with time zone,
    priority integer,
    headers text NOT NULL,
    clocked_id integer,
    expire_seconds integer,
    CONSTRAINT django_celery_beat_periodictask_expire_seconds_check CHECK ((expire_seconds >= 0)),
    CONSTRAINT django_celery_beat_periodictask_priority_check CHECK ((priority >= 0)),
    CONSTRAINT django_celery_beat_periodictask_total_run_count_check CHECK ((total_run_count >= 0))
);
ALTER TABLE public.django_celery_beat_periodictask ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_celery_beat_periodictask_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_celery_beat_periodictasks (
    ident smallint NOT NULL,
    last_update timestamp with time zone NOT NULL
);
CREATE TABLE public.django_celery_beat_solarschedule (
    id integer NOT NULL,
    event character varying(24) NOT NULL,
    latitude numeric(9,6) NOT NULL,
    longitude numeric(9,6) NOT NULL
);
ALTER TABLE public.django_celery_beat_solarschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_celery_beat_solarschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.handovers_handover (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    written_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    since timestamp with time zone NOT NULL,
    text text NOT NULL,
    taken_at timestamp with time zone,
    company_id bigint NOT NULL,
    group_id bigint NOT NULL,
    taken_by_id bigint,
    written_by_id bigint NOT NULL,
    CONSTRAINT hand_over_goes_to_another CHECK (((taken_by_id IS NULL) OR (NOT ((taken_by_id = written_by_id) AND (taken_by_id IS NOT NULL))))),
    CONSTRAINT hand_over_taken_by_somebody CHECK ((((taken_at IS NULL) AND (taken_by_id IS NULL)) OR ((taken_at IS NOT NULL) AND (taken_by_id IS NOT NULL)))),
    CONSTRAINT handovers_handover_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.handovers_handover ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.handovers_handover_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.handovers_handovernote (
    id bigint NOT NULL,
    place smallint NOT NULL,
    text text NOT NULL,
    hand_over_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    CONSTRAINT handovers_handovernote_place_check CHECK ((place >= 0))
);
ALTER TABLE public.handovers_handovernote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.handovers_handovernote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_callerwait (
    incident_id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    reminders smallint NOT NULL,
    due_at timestamp with time zone,
    CONSTRAINT incidents_callerwait_reminders_check CHECK ((reminders >= 0))
);
CREATE TABLE public.incidents_incident (
    ticket_ptr_id bigint NOT NULL,
    severity smallint,
    major_status character varying(10) NOT NULL,
    hold_reason character varying(20) NOT NULL,
    hold_until timestamp with time zone,
    last_reopened_at timestamp with time zone,
    last_reopened_by_id bigint,
    CONSTRAINT incident_hold_has_an_end CHECK ((((hold_reason)::text = ''::text) OR (hold_until IS NOT NULL))),
    CONSTRAINT incidents_incident_severity_check CHECK ((severity >= 0))
);
CREATE TABLE public.incidents_incidenttask (
    ticket_ptr_id bigint NOT NULL,
    flow_step bigint
);
CREATE TABLE public.incidents_majorproposal (
    id bigint NOT NULL,
    proposed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    reason text NOT NULL,
    business_impact text NOT NULL,
    verdict character varying(10) NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    incident_id bigint NOT NULL,
    proposed_by_id bigint,
    rule_id bigint
);
ALTER TABLE public.incidents_majorproposal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majorproposal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_majorreview (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    summary text NOT NULL,
    timeline text NOT NULL,
    updates text NOT NULL,
    actions text NOT NULL,
    lessons text NOT NULL,
    accept_minutes integer NOT NULL,
    resolve_minutes integer NOT NULL,
    finished_at timestamp with time zone,
    finished_by_id bigint,
    incident_id bigint NOT NULL,
    CONSTRAINT incidents_majorreview_accept_minutes_check CHECK ((accept_minutes >= 0)),
    CONSTRAINT incidents_majorreview_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT incidents_majorreview_resolve_minutes_check CHECK ((resolve_minutes >= 0))
);
ALTER TABLE public.incidents_majorreview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majorreview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_majorroom (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    business_impact text NOT NULL,
    next_update_at timestamp with time zone,
    alerted_for timestamp with time zone,
    late_updates integer NOT NULL,
    accepted_by_id bigint,
    incident_id bigint NOT NULL,
    CONSTRAINT incidents_majorroom_late_updates_check CHECK ((late_updates >= 0)),
    CONSTRAINT incidents_majorroom_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.incidents_majorroom ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majorroom_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_majorrule (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    key character varying(50) NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    "order" integer NOT NULL,
    condition jsonb NOT NULL,
    least_children integer,
    least_people integer,
    people_minutes integer NOT NULL,
    action character varying(10) NOT NULL,
    enabled boolean NOT NULL,
    CONSTRAINT incidents_majorrule_least_children_check CHECK ((least_children >= 0)),
    CONSTRAINT incidents_majorrule_least_people_check CHECK ((least_people >= 0)),
    CONSTRAINT incidents_majorrule_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT incidents_majorrule_order_check CHECK (("order" >= 0)),
    CONSTRAINT incidents_majorrule_people_minutes_check CHECK ((people_minutes >= 0))
);
ALTER TABLE public.incidents_majorrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majorrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_majorseat (
    id bigint NOT NULL,
    part character varying(20) NOT NULL,
    since timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    incident_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.incidents_majorseat ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majorseat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_majortodo (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    text character varying(300) NOT NULL,
    done_at timestamp with time zone,
    done_by_id bigint,
    incident_id bigint NOT NULL,
    owner_id bigint,
    CONSTRAINT incidents_majortodo_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT major_todo_has_a_text CHECK ((NOT ((text)::text = ''::text)))
);
ALTER TABLE public.incidents_majortodo ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majortodo_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.incidents_majorupdate (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    audience character varying(10) NOT NULL,
    channel character varying(10) NOT NULL,
    text_ko text NOT NULL,
    text_en text NOT NULL,
    sent_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    reached integer NOT NULL,
    author_id bigint,
    incident_id bigint NOT NULL,
    CONSTRAINT incidents_majorupdate_reached_check CHECK ((reached >= 0)),
    CONSTRAINT major_update_says_something CHECK ((NOT ((text_en = ''::text) AND (text_ko = ''::text))))
);
ALTER TABLE public.incidents_majorupdate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.incidents_majorupdate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.macros_macro (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    audience character varying(10) NOT NULL,
    name character varying(60) NOT NULL,
    kinds character varying(20)[] NOT NULL,
    says character varying(10) NOT NULL,
    text text NOT NULL,
    move character varying(40) NOT NULL,
    inputs jsonb NOT NULL,
    assign character varying(10) NOT NULL,
    impact smallint,
    urgency smallint,
    category character varying(60) NOT NULL,
    uses integer NOT NULL,
    used_at timestamp with time zone,
    company_id bigint NOT NULL,
    group_id bigint,
    owner_id bigint NOT NULL,
    to_group_id bigint,
    CONSTRAINT macro_has_a_name CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT macro_of_a_team_has_one CHECK (((((audience)::text = 'team'::text) AND (group_id IS NOT NULL)) OR ((NOT ((audience)::text = 'team'::text)) AND (group_id IS NULL)))),
    CONSTRAINT macro_text_has_readers CHECK (((((says)::text = ''::text) AND (text = ''::text)) OR (((says)::text = ANY (ARRAY[('comment'::character varying)::text, ('work_note'::character varying)::text])) AND (NOT (text = ''::text))))),
    CONSTRAINT macros_macro_impact_check CHECK ((impact >= 0)),
    CONSTRAINT macros_macro_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT macros_macro_urgency_check CHECK ((urgency >= 0)),
    CONSTRAINT macros_macro_uses_check CHECK ((uses >= 0))
);
ALTER TABLE public.macros_macro ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.macros_macro_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_digest (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.notifications_digest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_digest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_notification (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    event_id bigint NOT NULL,
    channel character varying(10) NOT NULL,
    template character varying(50) NOT NULL,
    title_params jsonb NOT NULL,
    side character varying(10) NOT NULL,
    url character varying(200) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    read_at timestamp with time zone,
    sent_at timestamp with time zone,
    skipped character varying(40) NOT NULL,
    ticket_id bigint,
    user_id bigint NOT NULL,
    digest_at timestamp with time zone,
    digest_id bigint,
    CONSTRAINT notice_in_a_digest_has_its_time CHECK (((digest_id IS NULL) OR (digest_at IS NOT NULL))),
    CONSTRAINT notice_is_sent_or_skipped_not_both CHECK (((sent_at IS NULL) OR ((skipped)::text = ''::text)))
);
ALTER TABLE public.notifications_notification ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_notificationhours (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    quiet character varying(10) NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    quiet_days smallint[] NOT NULL,
    rhythm character varying(10) NOT NULL,
    digest_hour smallint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT digest_hour_of_a_day CHECK ((digest_hour <= 23)),
    CONSTRAINT notifications_notificationhours_digest_hour_check CHECK ((digest_hour >= 0)),
    CONSTRAINT notifications_notificationhours_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT quiet_days_leave_a_day CHECK (((quiet_days <@ ARRAY[(0)::smallint, (1)::smallint, (2)::smallint, (3)::smallint, (4)::smallint, (5)::smallint, (6)::smallint]) AND (
CASE
    WHEN (quiet_days IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(quiet_days, 1), 0)
END <= 6))),
    CONSTRAINT quiet_hours_have_an_end CHECK (((NOT ((quiet)::text = 'hours'::text)) OR ((quiet_from IS NOT NULL) AND (quiet_until IS NOT NULL) AND (NOT ((quiet_from = quiet_until) AND (quiet_from IS NOT NULL) AND (quiet_until IS NOT NULL))))))
);
ALTER TABLE public.notifications_notificationhours ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_notificationhours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_notificationpreference (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    channel character varying(10) NOT NULL,
    user_id bigint NOT NULL,
    topic character varying(20) NOT NULL,
    way character varying(10) NOT NULL,
    CONSTRAINT digest_is_a_mail CHECK (((NOT ((channel)::text = 'inapp'::text)) OR (NOT ((way)::text = 'digest'::text)))),
    CONSTRAINT notifications_notificationpreference_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.notifications_notificationpreference ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_notificationpreference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_notificationtemplate (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    key character varying(50) NOT NULL,
    subject_ko character varying(200) NOT NULL,
    subject_en character varying(200) NOT NULL,
    body_ko text NOT NULL,
    body_en text NOT NULL,
    CONSTRAINT notifications_notificationtemplate_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.notifications_notificationtemplate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_notificationtemplate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_oncallpage (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    mark character varying(60) NOT NULL,
    percent integer NOT NULL,
    level smallint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    next_at timestamp with time zone,
    ended_at timestamp with time zone,
    "end" character varying(12) NOT NULL,
    acknowledged_by_id bigint,
    rota_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    CONSTRAINT notifications_oncallpage_level_check CHECK ((level >= 0)),
    CONSTRAINT notifications_oncallpage_percent_check CHECK ((percent >= 0)),
    CONSTRAINT page_acknowledged_by_somebody CHECK (((acknowledged_by_id IS NULL) OR (("end")::text = 'acknowledged'::text))),
    CONSTRAINT page_climbs_or_has_ended CHECK ((((("end")::text = ''::text) AND (ended_at IS NULL) AND (next_at IS NOT NULL)) OR ((ended_at IS NOT NULL) AND (next_at IS NULL) AND (NOT (("end")::text = ''::text)))))
);
ALTER TABLE public.notifications_oncallpage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_oncallpage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_pagedperson (
    id bigint NOT NULL,
    level smallint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    page_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT notifications_pagedperson_level_check CHECK ((level >= 0))
);
ALTER TABLE public.notifications_pagedperson ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_pagedperson_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.problems_bonename (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    bone character varying(12) NOT NULL,
    name character varying(60) NOT NULL,
    problem_id bigint NOT NULL,
    CONSTRAINT bone_name_is_not_empty CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT problems_bonename_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.problems_bonename ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.problems_bonename_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.problems_candidate (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    signature character varying(64) NOT NULL,
    reason character varying(10) NOT NULL,
    verdict character varying(10) NOT NULL,
    category character varying(60) NOT NULL,
    size integer NOT NULL,
    score double precision NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    found_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    dismissed_size integer,
    decided_at timestamp with time zone,
    ci_id bigint,
    company_id bigint NOT NULL,
    decided_by_id bigint,
    group_id bigint,
    problem_id bigint,
    CONSTRAINT candidate_accepted_iff_problem CHECK ((((problem_id IS NOT NULL) AND ((verdict)::text = 'accepted'::text)) OR ((NOT ((verdict)::text = 'accepted'::text)) AND (problem_id IS NULL)))),
    CONSTRAINT candidate_dismissed_has_size CHECK (((NOT ((verdict)::text = 'dismissed'::text)) OR (dismissed_size IS NOT NULL))),
    CONSTRAINT problems_candidate_dismissed_size_check CHECK ((dismissed_size >= 0)),
    CONSTRAINT problems_candidate_size_check CHECK ((size >= 0))
);
ALTER TABLE public.problems_candidate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.problems_candidate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.problems_candidatemember (
    id bigint NOT NULL,
    candidate_id bigint NOT NULL,
    incident_id bigint NOT NULL
);
ALTER TABLE public.problems_candidatemember ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.problems_candidatemember_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.problems_factor (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    bone character varying(12) NOT NULL,
    text character varying(300) NOT NULL,
    standing character varying(10) NOT NULL,
    problem_id bigint NOT NULL,
    CONSTRAINT factor_has_a_text CHECK ((NOT ((text)::text = ''::text))),
    CONSTRAINT problems_factor_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.problems_factor ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.problems_factor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.problems_problem (
    ticket_ptr_id bigint NOT NULL,
    cause_notes text NOT NULL,
    fix_notes text NOT NULL,
    workaround text NOT NULL,
    is_known_error boolean NOT NULL,
    risk_reason text NOT NULL,
    risk_review_date date,
    opened_for_id bigint,
    CONSTRAINT known_error_has_a_workaround CHECK (((NOT is_known_error) OR (NOT (workaround = ''::text))))
);
CREATE TABLE public.problems_problemtask (
    ticket_ptr_id bigint NOT NULL,
    type character varying(12) NOT NULL,
    flow_step bigint
);
CREATE TABLE public.problems_telling (
    id bigint NOT NULL,
    what character varying(10) NOT NULL,
    digest character varying(64) NOT NULL,
    is_public boolean NOT NULL,
    told_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    incident_id bigint NOT NULL,
    problem_id bigint NOT NULL
);
ALTER TABLE public.problems_telling ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.problems_telling_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.problems_why (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    answer character varying(300) NOT NULL,
    evidence text NOT NULL,
    is_root boolean NOT NULL,
    above_id bigint,
    problem_id bigint NOT NULL,
    CONSTRAINT problems_why_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT why_has_an_answer CHECK ((NOT ((answer)::text = ''::text)))
);
ALTER TABLE public.problems_why ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.problems_why_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.scheduled_occurrence (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    due_at timestamp with time zone NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    by_hand boolean NOT NULL,
    outcome character varying(10) NOT NULL,
    reason character varying(20) NOT NULL,
    detail character varying(500) NOT NULL,
    ticket_id bigint,
    schedule_id bigint NOT NULL,
    CONSTRAINT occurrence_reason CHECK (((((outcome)::text = 'opened'::text) AND ((reason)::text = ''::text)) OR (((outcome)::text = ANY (ARRAY[('failed'::character varying)::text, ('skipped'::character varying)::text])) AND (NOT ((reason)::text = ''::text)))))
);
ALTER TABLE public.scheduled_occurrence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.scheduled_occurrence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.scheduled_ticketschedule (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    key character varying(50) NOT NULL,
    is_active boolean NOT NULL,
    title character varying(160) NOT NULL,
    description text NOT NULL,
    category character varying(60) NOT NULL,
    impact smallint NOT NULL,
    urgency smallint NOT NULL,
    tz character varying(60) NOT NULL,
    repeat character varying(10) NOT NULL,
    every smallint NOT NULL,
    weekdays jsonb NOT NULL,
    month_day smallint,
    nth smallint,
    nth_weekday smallint,
    at time without time zone NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    next_at timestamp with time zone,
    ci_id bigint,
    company_id bigint NOT NULL,
    group_id bigint,
    owner_id bigint NOT NULL,
    requester_id bigint NOT NULL,
    CONSTRAINT scheduled_ticketschedule_every_check CHECK ((every >= 0)),
    CONSTRAINT scheduled_ticketschedule_impact_check CHECK ((impact >= 0)),
    CONSTRAINT scheduled_ticketschedule_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT scheduled_ticketschedule_month_day_check CHECK ((month_day >= 0)),
    CONSTRAINT scheduled_ticketschedule_nth_weekday_check CHECK ((nth_weekday >= 0)),
    CONSTRAINT scheduled_ticketschedule_urgency_check CHECK ((urgency >= 0)),
    CONSTRAINT ticket_schedule_day CHECK ((((month_day IS NULL) OR ((month_day >= 1) AND (month_day <= 31))) AND ((nth IS NULL) OR ((nth = ANY (ARRAY[1, 2, 3, 4, '-1'::integer])) AND (nth_weekday IS NOT NULL))) AND ((nth_weekday IS NULL) OR ((nth_weekday >= 0) AND (nth_weekday <= 6))))),
    CONSTRAINT ticket_schedule_end CHECK (((ends_on IS NULL) OR (ends_on >= starts_on))),
    CONSTRAINT ticket_schedule_off_is_never_due CHECK ((is_active OR (next_at IS NULL))),
    CONSTRAINT ticket_schedule_step CHECK (((every >= 1) AND (every <= 366) AND ((repeat)::text = ANY (ARRAY[('once'::character varying)::text, ('daily'::character varying)::text, ('weekly'::character varying)::text, ('monthly'::character varying)::text, ('yearly'::character varying)::text]))))
);
ALTER TABLE public.scheduled_ticketschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.scheduled_ticketschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_calendar (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    tz character varying(60) NOT NULL,
    version integer NOT NULL,
    stamp uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT schedules_calendar_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT schedules_calendar_version_check CHECK ((version >= 0))
);
ALTER TABLE public.schedules_calendar ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_calendar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_calendarexception (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    date date NOT NULL,
    intervals jsonb NOT NULL,
    name character varying(120) NOT NULL,
    calendar_id bigint NOT NULL,
    CONSTRAINT schedules_calendarexception_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.schedules_calendarexception ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_calendarexception_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_calendarholiday (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    date date NOT NULL,
    name character varying(120) NOT NULL,
    source character varying(20) NOT NULL,
    calendar_id bigint NOT NULL,
    CONSTRAINT schedules_calendarholiday_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.schedules_calendarholiday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_calendarholiday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_calendarhours (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    dow smallint NOT NULL,
    start_min smallint NOT NULL,
    end_min smallint NOT NULL,
    calendar_id bigint NOT NULL,
    CONSTRAINT calendar_hours_range CHECK (((dow >= 0) AND (dow <= 6) AND (end_min <= 2880) AND (start_min < 1440) AND (start_min < end_min))),
    CONSTRAINT schedules_calendarhours_dow_check CHECK ((dow >= 0)),
    CONSTRAINT schedules_calendarhours_end_min_check CHECK ((end_min >= 0)),
    CONSTRAINT schedules_calendarhours_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT schedules_calendarhours_start_min_check CHECK ((start_min >= 0))
);
ALTER TABLE public.schedules_calendarhours ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_calendarhours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_calendarlink (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    token_hash character varying(64) NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    owner_id bigint NOT NULL,
    rota_id bigint,
    CONSTRAINT schedules_calendarlink_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.schedules_calendarlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_calendarlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_groupcalendar (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    calendar_id bigint NOT NULL,
    group_id bigint NOT NULL,
    CONSTRAINT schedules_groupcalendar_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.schedules_groupcalendar ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_groupcalendar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_rota (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(50) NOT NULL,
    tz character varying(60) NOT NULL,
    is_active boolean NOT NULL,
    group_id bigint NOT NULL,
    climb_minutes smallint DEFAULT 15 NOT NULL,
    CONSTRAINT rota_climb_minutes CHECK (((climb_minutes >= 1) AND (climb_minutes <= 1440))),
    CONSTRAINT schedules_rota_climb_minutes_check CHECK ((climb_minutes >= 0)),
    CONSTRAINT schedules_rota_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.schedules_rota ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_rota_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_rotalayer (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    "order" smallint NOT NULL,
    name character varying(120) NOT NULL,
    start_date date NOT NULL,
    handover_weekday smallint,
    handover_time time without time zone NOT NULL,
    unit character varying(5) NOT NULL,
    length smallint NOT NULL,
    hours jsonb NOT NULL,
    rota_id bigint NOT NULL,
    CONSTRAINT rota_layer_length CHECK ((length >= 1)),
    CONSTRAINT rota_layer_weekday CHECK (((handover_weekday IS NULL) OR ((handover_weekday >= 0) AND (handover_weekday <= 6)))),
    CONSTRAINT schedules_rotalayer_handover_weekday_check CHECK ((handover_weekday >= 0)),
    CONSTRAINT schedules_rotalayer_length_check CHECK ((length >= 0)),
    CONSTRAINT schedules_rotalayer_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT schedules_rotalayer_order_check CHECK (("order" >= 0))
);
ALTER TABLE public.schedules_rotalayer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_rotalayer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_rotamember (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    "position" smallint NOT NULL,
    layer_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT schedules_rotamember_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT schedules_rotamember_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.schedules_rotamember ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_rotamember_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schedules_rotaoverride (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    during tstzrange NOT NULL,
    reason character varying(200) NOT NULL,
    made_by_id bigint,
    person_id bigint NOT NULL,
    rota_id bigint NOT NULL,
    CONSTRAINT rota_override_has_an_end CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT schedules_rotaoverride_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.schedules_rotaoverride ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schedules_rotaoverride_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_cicalendar (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    calendar_id bigint NOT NULL,
    ci_id bigint NOT NULL,
    CONSTRAINT sla_cicalendar_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.sla_cicalendar ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_cicalendar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_clock (
    id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    definition_id bigint NOT NULL,
    calendar_id bigint,
    started_at timestamp with time zone NOT NULL,
    running_since timestamp with time zone,
    paused_since timestamp with time zone,
    stopped_at timestamp with time zone,
    due_at timestamp with time zone,
    original_due_at timestamp with time zone,
    breached_at timestamp with time zone,
    next_fire_at timestamp with time zone,
    target_s integer NOT NULL,
    accrued_s integer NOT NULL,
    business_pause_s integer NOT NULL,
    wall_pause_s integer NOT NULL,
    calendar_version integer,
    lock_version integer NOT NULL,
    cycle smallint NOT NULL,
    gen smallint NOT NULL,
    next_pct smallint,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    stage character varying(12) NOT NULL,
    track character varying(60) NOT NULL,
    tz character varying(60) NOT NULL,
    since_verb character varying(40) NOT NULL,
    next_overdue smallint,
    CONSTRAINT clock_fires_only_in_progress CHECK ((((stage)::text = 'in_progress'::text) OR (next_fire_at IS NULL))),
    CONSTRAINT clock_runs_iff_in_progress CHECK ((((running_since IS NOT NULL) AND ((stage)::text = 'in_progress'::text)) OR ((NOT ((stage)::text = 'in_progress'::text)) AND (running_since IS NULL)))),
    CONSTRAINT clock_stopped_iff_over CHECK (((((stage)::text = ANY (ARRAY[('in_progress'::character varying)::text, ('paused'::character varying)::text])) AND (stopped_at IS NULL)) OR ((NOT ((stage)::text = ANY (ARRAY[('in_progress'::character varying)::text, ('paused'::character varying)::text]))) AND (stopped_at IS NOT NULL)))),
    CONSTRAINT clock_target CHECK ((target_s > 0)),
    CONSTRAINT clock_waits_iff_paused CHECK ((((paused_since IS NOT NULL) AND ((stage)::text = 'paused'::text)) OR ((NOT ((stage)::text = 'paused'::text)) AND (paused_since IS NULL)))),
    CONSTRAINT sla_clock_accrued_s_check CHECK ((accrued_s >= 0)),
    CONSTRAINT sla_clock_business_pause_s_check CHECK ((business_pause_s >= 0)),
    CONSTRAINT sla_clock_calendar_version_check CHECK ((calendar_version >= 0)),
    CONSTRAINT sla_clock_cycle_check CHECK ((cycle >= 0)),
    CONSTRAINT sla_clock_gen_check CHECK ((gen >= 0)),
    CONSTRAINT sla_clock_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT sla_clock_next_overdue_check CHECK ((next_overdue >= 0)),
    CONSTRAINT sla_clock_next_pct_check CHECK ((next_pct >= 0)),
    CONSTRAINT sla_clock_target_s_check CHECK ((target_s >= 0)),
    CONSTRAINT sla_clock_wall_pause_s_check CHECK ((wall_pause_s >= 0))
);
ALTER TABLE public.sla_clock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_clock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_clockescalation (
    id bigint NOT NULL,
    event uuid NOT NULL,
    step smallint NOT NULL,
    action character varying(20) NOT NULL,
    outcome character varying(8) NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    clock_id bigint NOT NULL,
    CONSTRAINT sla_clockescalation_step_check CHECK ((step >= 0))
);
ALTER TABLE public.sla_clockescalation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_clockescalation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_clockevent (
    id bigint NOT NULL,
    gen smallint NOT NULL,
    kind character varying(10) NOT NULL,
    pct smallint,
    at timestamp with time zone NOT NULL,
    noticed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    cause jsonb NOT NULL,
    clock_id bigint NOT NULL,
    seq smallint,
    CONSTRAINT clock_event_mark CHECK (((((kind)::text = ANY (ARRAY[('warn'::character varying)::text, ('breach'::character varying)::text])) AND (pct IS NOT NULL)) OR ((NOT ((kind)::text = ANY (ARRAY[('warn'::character varying)::text, ('breach'::character varying)::text]))) AND (pct IS NULL)))),
    CONSTRAINT clock_event_number CHECK (((((kind)::text = 'overdue'::text) AND (seq IS NOT NULL)) OR ((NOT ((kind)::text = 'overdue'::text)) AND (seq IS NULL)))),
    CONSTRAINT sla_clockevent_gen_check CHECK ((gen >= 0)),
    CONSTRAINT sla_clockevent_pct_check CHECK ((pct >= 0)),
    CONSTRAINT sla_clockevent_seq_check CHECK ((seq >= 0))
);
ALTER TABLE public.sla_clockevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_clockevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_clocksegment (
    id bigint NOT NULL,
    gen smallint NOT NULL,
    kind character varying(8) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    open_s integer NOT NULL,
    began_by character varying(40) NOT NULL,
    ended_by character varying(40) NOT NULL,
    clock_id bigint NOT NULL,
    CONSTRAINT clock_segment_order CHECK ((began_at < ended_at)),
    CONSTRAINT sla_clocksegment_gen_check CHECK ((gen >= 0)),
    CONSTRAINT sla_clocksegment_open_s_check CHECK ((open_s >= 0))
);
ALTER TABLE public.sla_clocksegment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_clocksegment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_locationcalendar (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    calendar_id bigint NOT NULL,
    location_id bigint NOT NULL,
    CONSTRAINT sla_locationcalendar_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.sla_locationcalendar ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_locationcalendar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_sladefinition (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(60) NOT NULL,
    no integer NOT NULL,
    status character varying(10) NOT NULL,
    published_at timestamp with time zone,
    retired_at timestamp with time zone,
    track character varying(60) NOT NULL,
    "order" integer NOT NULL,
    kind character varying(20) NOT NULL,
    type character varying(5) NOT NULL,
    target character varying(10) NOT NULL,
    target_s integer,
    calendar_source character varying(10) NOT NULL,
    tz_source character varying(10) NOT NULL,
    start_cond jsonb NOT NULL,
    stop_cond jsonb,
    pause_cond jsonb,
    resume_cond jsonb,
    cancel_cond jsonb,
    reset_cond jsonb,
    resume_mode character varying(12) NOT NULL,
    cancel_mode character varying(12) NOT NULL,
    on_retarget character varying(8) NOT NULL,
    thresholds smallint[] NOT NULL,
    calendar_id bigint,
    due_field character varying(40) NOT NULL,
    escalations jsonb NOT NULL,
    overdue_repeat_s integer,
    relative character varying(12) NOT NULL,
    relative_at time without time zone,
    retro_pause boolean NOT NULL,
    retro_start_field character varying(40) NOT NULL,
    CONSTRAINT sla_definition_calendar CHECK (((NOT ((calendar_source)::text = 'def'::text)) OR (calendar_id IS NOT NULL))),
    CONSTRAINT sla_definition_overdue CHECK (((overdue_repeat_s IS NULL) OR (overdue_repeat_s > 0))),
    CONSTRAINT sla_definition_relative CHECK ((((NOT ((relative)::text = 'due_field'::text)) OR (NOT ((due_field)::text = ''::text))) AND ((NOT ((relative)::text = 'next_bd_at'::text)) OR (relative_at IS NOT NULL)))),
    CONSTRAINT sla_definition_target CHECK ((((target_s > 0) AND (target_s IS NOT NULL)) OR ((target_s IS NULL) AND (NOT ((relative)::text = ''::text))))),
    CONSTRAINT sla_sladefinition_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT sla_sladefinition_no_check CHECK ((no >= 0)),
    CONSTRAINT sla_sladefinition_order_check CHECK (("order" >= 0)),
    CONSTRAINT sla_sladefinition_overdue_repeat_s_check CHECK ((overdue_repeat_s >= 0)),
    CONSTRAINT sla_sladefinition_target_s_check CHECK ((target_s >= 0))
);
ALTER TABLE public.sla_sladefinition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_sladefinition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sla_whatif (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    asked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    label character varying(200) NOT NULL,
    candidate jsonb NOT NULL,
    months smallint NOT NULL,
    since timestamp with time zone NOT NULL,
    as_of timestamp with time zone NOT NULL,
    status character varying(10) NOT NULL,
    done integer NOT NULL,
    total integer,
    cursor bigint NOT NULL,
    result jsonb NOT NULL,
    error character varying(300) NOT NULL,
    finished_at timestamp with time zone,
    asked_by_id bigint,
    calendar_id bigint,
    definition_id bigint,
    CONSTRAINT sla_whatif_done_check CHECK ((done >= 0)),
    CONSTRAINT sla_whatif_months_check CHECK ((months >= 0)),
    CONSTRAINT sla_whatif_total_check CHECK ((total >= 0)),
    CONSTRAINT what_if_finished_iff_over CHECK ((((finished_at IS NULL) AND ((status)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text]))) OR ((NOT ((status)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text]))) AND (finished_at IS NOT NULL)))),
    CONSTRAINT what_if_months CHECK (((months >= 1) AND (months <= 36)))
);
ALTER TABLE public.sla_whatif ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sla_whatif_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE public.ticket_number_chg
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_ctask
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_inc
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_itask
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_prb
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_ptask
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_req
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_ritm
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE SEQUENCE public.ticket_number_sctask
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.tickets_activity (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    kind character varying(12) NOT NULL,
    is_public boolean NOT NULL,
    verb character varying(40) NOT NULL,
    body text NOT NULL,
    changes jsonb NOT NULL,
    channel character varying(10) NOT NULL,
    cause_chain jsonb NOT NULL,
    actor_id bigint,
    ticket_id bigint NOT NULL
);
ALTER TABLE public.tickets_activity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_activity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_assignmentrule (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name character varying(120) NOT NULL,
    kind character varying(20) NOT NULL,
    "order" integer NOT NULL,
    condition jsonb NOT NULL,
    strategy character varying(12) NOT NULL,
    last_user_id bigint NOT NULL,
    enabled boolean NOT NULL,
    group_id bigint NOT NULL,
    CONSTRAINT tickets_assignmentrule_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT tickets_assignmentrule_order_check CHECK (("order" >= 0))
);
ALTER TABLE public.tickets_assignmentrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_assignmentrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_checklistitem (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    text character varying(200) NOT NULL,
    "position" smallint NOT NULL,
    is_done boolean NOT NULL,
    done_at timestamp with time zone,
    created_by_id bigint,
    done_by_id bigint,
    ticket_id bigint NOT NULL,
    CONSTRAINT checklist_item_done_iff_since CHECK ((((done_at IS NULL) AND (done_by_id IS NULL) AND (NOT is_done)) OR ((done_at IS NOT NULL) AND is_done))),
    CONSTRAINT checklist_item_has_a_text CHECK ((NOT ((text)::text = ''::text))),
    CONSTRAINT tickets_checklistitem_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT tickets_checklistitem_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.tickets_checklistitem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_checklistitem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_draft (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    tab character varying(40) NOT NULL,
    body text NOT NULL,
    user_id bigint NOT NULL,
    ticket_id bigint,
    CONSTRAINT tickets_draft_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.tickets_draft ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_fielddefinition (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    kind character varying(20) NOT NULL,
    key character varying(50) NOT NULL,
    type character varying(20) NOT NULL,
    label_ko character varying(120) NOT NULL,
    label_en character varying(120) NOT NULL,
    required boolean NOT NULL,
    CONSTRAINT tickets_fielddefinition_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.tickets_fielddefinition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_fielddefinition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_heldreply (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    body text NOT NULL,
    held_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    due_at timestamp with time zone NOT NULL,
    author_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    CONSTRAINT held_reply_says_something CHECK ((NOT (body = ''::text)))
);
ALTER TABLE public.tickets_heldreply ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_heldreply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_merge (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    moved jsonb NOT NULL,
    by_id bigint,
    main_id bigint NOT NULL,
    source_id bigint NOT NULL,
    target_id bigint NOT NULL,
    undone_by_id bigint,
    CONSTRAINT merged_not_into_itself CHECK (((NOT (source_id = target_id)) AND (NOT (source_id = main_id))))
);
ALTER TABLE public.tickets_merge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_merge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_priorityrow (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    impact smallint NOT NULL,
    urgency smallint NOT NULL,
    priority smallint NOT NULL,
    CONSTRAINT priority_range CHECK (((impact >= 1) AND (impact <= 3) AND ((priority >= 1) AND (priority <= 5)) AND ((urgency >= 1) AND (urgency <= 3)))),
    CONSTRAINT tickets_priorityrow_impact_check CHECK ((impact >= 0)),
    CONSTRAINT tickets_priorityrow_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT tickets_priorityrow_priority_check CHECK ((priority >= 0)),
    CONSTRAINT tickets_priorityrow_urgency_check CHECK ((urgency >= 0))
);
ALTER TABLE public.tickets_priorityrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_priorityrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_survey (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    score smallint,
    comment text NOT NULL,
    answered_at timestamp with time zone,
    group_id bigint,
    person_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    CONSTRAINT survey_answered_iff_score CHECK ((((answered_at IS NULL) AND (comment = ''::text) AND (score IS NULL)) OR ((answered_at IS NOT NULL) AND (score IS NOT NULL) AND ((score >= 1) AND (score <= 5))))),
    CONSTRAINT tickets_survey_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT tickets_survey_score_check CHECK ((score >= 0))
);
ALTER TABLE public.tickets_survey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_survey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_ticket (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    number character varying(20) NOT NULL,
    kind character varying(20) NOT NULL,
    title character varying(160) NOT NULL,
    description text NOT NULL,
    category character varying(60) NOT NULL,
    channel character varying(10) NOT NULL,
    state character varying(20) NOT NULL,
    state_rank smallint NOT NULL,
    phase character varying(10) NOT NULL,
    active boolean GENERATED ALWAYS AS ((state_rank < 90)) STORED,
    reason character varying(40) NOT NULL,
    impact smallint NOT NULL,
    urgency smallint NOT NULL,
    priority smallint NOT NULL,
    priority_override_reason character varying(300) NOT NULL,
    reassignment_count integer NOT NULL,
    last_public_from character varying(10) NOT NULL,
    due_at timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    first_response_at timestamp with time zone,
    resolved_at timestamp with time zone,
    closed_at timestamp with time zone,
    close_code character varying(40) NOT NULL,
    close_notes text NOT NULL,
    reopen_count integer NOT NULL,
    source character varying(40) NOT NULL,
    external_id character varying(120) NOT NULL,
    custom jsonb NOT NULL,
    bigram character varying(4)[] NOT NULL,
    assignee_id bigint,
    ci_id bigint,
    closed_by_id bigint,
    company_id bigint NOT NULL,
    group_id bigint,
    location_id bigint,
    on_behalf_of_id bigint,
    opened_by_id bigint,
    parent_id bigint,
    requester_id bigint NOT NULL,
    resolved_by_id bigint,
    CONSTRAINT itask_has_a_parent CHECK ((((kind)::text <> 'itask'::text) OR (parent_id IS NOT NULL))),
    CONSTRAINT problem_end_has_a_code CHECK ((((kind)::text <> 'problem'::text) OR (state_rank < 60) OR ((close_code)::text <> ''::text))),
    CONSTRAINT ptask_has_a_parent CHECK ((((kind)::text <> 'ptask'::text) OR (parent_id IS NOT NULL))),
    CONSTRAINT ticket_closed_iff_rank_90 CHECK ((((closed_at IS NOT NULL) AND (state_rank >= 90)) OR ((closed_at IS NULL) AND (state_rank < 90)))),
    CONSTRAINT ticket_has_a_title CHECK ((NOT ((title)::text = ''::text))),
    CONSTRAINT ticket_levels CHECK (((impact >= 1) AND (impact <= 3) AND ((urgency >= 1) AND (urgency <= 3)))),
    CONSTRAINT ticket_not_own_parent CHECK (((parent_id IS NULL) OR (NOT ((parent_id = id) AND (parent_id IS NOT NULL))))),
    CONSTRAINT ticket_phase_fits_rank CHECK (((((phase)::text = 'done'::text) AND (state_rank >= 60)) OR ((NOT ((phase)::text = 'done'::text)) AND (state_rank < 60)))),
    CONSTRAINT ticket_priority CHECK (((priority >= 1) AND (priority <= 5))),
    CONSTRAINT tickets_ticket_impact_check CHECK ((impact >= 0)),
    CONSTRAINT tickets_ticket_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT tickets_ticket_priority_check CHECK ((priority >= 0)),
    CONSTRAINT tickets_ticket_reassignment_count_check CHECK ((reassignment_count >= 0)),
    CONSTRAINT tickets_ticket_reopen_count_check CHECK ((reopen_count >= 0)),
    CONSTRAINT tickets_ticket_state_rank_check CHECK ((state_rank >= 0)),
    CONSTRAINT tickets_ticket_urgency_check CHECK ((urgency >= 0))
);
ALTER TABLE public.tickets_ticket ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_ticket_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_ticketattachment (
    id bigint NOT NULL,
    is_public boolean NOT NULL,
    activity_id bigint NOT NULL,
    attachment_id bigint NOT NULL,
    ticket_id bigint NOT NULL
);
ALTER TABLE public.tickets_ticketattachment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_ticketattachment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_ticketci (
    id bigint NOT NULL,
    role character varying(10) NOT NULL,
    ci_id bigint NOT NULL,
    ticket_id bigint NOT NULL
);
ALTER TABLE public.tickets_ticketci ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_ticketci_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_ticketlink (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    type character varying(20) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    source_id bigint NOT NULL,
    target_id bigint NOT NULL,
    CONSTRAINT link_not_to_itself CHECK ((NOT (source_id = target_id)))
);
ALTER TABLE public.tickets_ticketlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_ticketlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_tickettext (
    id bigint NOT NULL,
    is_public boolean NOT NULL,
    words tsvector NOT NULL,
    ticket_id bigint NOT NULL
);
ALTER TABLE public.tickets_tickettext ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_tickettext_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_timeentry (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    minutes smallint NOT NULL,
    day date NOT NULL,
    note character varying(500) NOT NULL,
    person_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    CONSTRAINT tickets_timeentry_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT tickets_timeentry_minutes_check CHECK ((minutes >= 0)),
    CONSTRAINT time_entry_is_of_one_day CHECK (((minutes >= 1) AND (minutes <= 1440)))
);
ALTER TABLE public.tickets_timeentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_timeentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_transitionrule (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    kind character varying(20) NOT NULL,
    name character varying(40) NOT NULL,
    condition jsonb,
    refusal_ko character varying(200) NOT NULL,
    refusal_en character varying(200) NOT NULL,
    required_fields character varying(40)[] NOT NULL,
    enabled boolean NOT NULL,
    role_id bigint,
    CONSTRAINT tickets_transitionrule_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.tickets_transitionrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_transitionrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tickets_watcher (
    id bigint NOT NULL,
    added_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ticket_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.tickets_watcher ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tickets_watcher_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhooks_webhook (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name character varying(120) NOT NULL,
    url character varying(2000) NOT NULL,
    events jsonb NOT NULL,
    condition jsonb NOT NULL,
    payload character varying(10) NOT NULL,
    enabled boolean NOT NULL,
    off_reason character varying(10) NOT NULL,
    company_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    run_as_id bigint NOT NULL,
    CONSTRAINT webhook_payload_known CHECK (((payload)::text = ANY (ARRAY[('thin'::character varying)::text, ('full'::character varying)::text]))),
    CONSTRAINT webhook_reason_is_of_one_that_is_off CHECK ((((off_reason)::text = ''::text) OR (NOT enabled))),
    CONSTRAINT webhooks_webhook_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.webhooks_webhook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhooks_webhook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhooks_webhookattempt (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    number smallint NOT NULL,
    url character varying(2000) NOT NULL,
    request_headers jsonb NOT NULL,
    status smallint,
    response_body text NOT NULL,
    elapsed_ms integer NOT NULL,
    error character varying(30) NOT NULL,
    delivery_id bigint NOT NULL,
    CONSTRAINT webhooks_webhookattempt_elapsed_ms_check CHECK ((elapsed_ms >= 0)),
    CONSTRAINT webhooks_webhookattempt_number_check CHECK ((number >= 0)),
    CONSTRAINT webhooks_webhookattempt_status_check CHECK ((status >= 0))
);
ALTER TABLE public.webhooks_webhookattempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhooks_webhookattempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhooks_webhookdelivery (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    message_id uuid NOT NULL,
    event_name character varying(80) NOT NULL,
    state character varying(10) NOT NULL,
    attempts smallint NOT NULL,
    replays smallint NOT NULL,
    due_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lease_token uuid,
    lease_until timestamp with time zone,
    done_at timestamp with time zone,
    status smallint,
    error character varying(30) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    event_id bigint,
    webhook_id bigint NOT NULL,
    CONSTRAINT webhook_delivery_waits_or_is_done CHECK ((((done_at IS NULL) AND ((state)::text = 'waiting'::text)) OR ((NOT ((state)::text = 'waiting'::text)) AND (done_at IS NOT NULL)))),
    CONSTRAINT webhooks_webhookdelivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT webhooks_webhookdelivery_replays_check CHECK ((replays >= 0)),
    CONSTRAINT webhooks_webhookdelivery_status_check CHECK ((status >= 0))
);
ALTER TABLE public.webhooks_webhookdelivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhooks_webhookdelivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhooks_webhookpulse (
    webhook_id bigint NOT NULL,
    failures integer NOT NULL,
    open_until timestamp with time zone,
    last_success_at timestamp with time zone,
    failing_since timestamp with time zone,
    told_at timestamp with time zone,
    CONSTRAINT webhooks_webhookpulse_failures_check CHECK ((failures >= 0))
);
CREATE TABLE public.webhooks_webhooksecret (
    id bigint NOT NULL,
    sealed text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ends_at timestamp with time zone,
    webhook_id bigint NOT NULL
);
ALTER TABLE public.webhooks_webhooksecret ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhooks_webhooksecret_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flow (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name_ko character varying(120) NOT NULL,
    name_en character varying(120) NOT NULL,
    key character varying(60) NOT NULL,
    trigger_kind character varying(16) NOT NULL,
    enabled boolean NOT NULL,
    owner_group_id bigint,
    CONSTRAINT workflows_flow_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.workflows_flow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowhook (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    sealed text NOT NULL,
    changed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    previous_sealed text NOT NULL,
    previous_until timestamp with time zone,
    flow_id bigint NOT NULL,
    CONSTRAINT flow_hook_previous CHECK ((((previous_sealed = ''::text) AND (previous_until IS NULL)) OR ((NOT (previous_sealed = ''::text)) AND (previous_until IS NOT NULL)))),
    CONSTRAINT workflows_flowhook_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.workflows_flowhook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowhook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowjoin (
    id bigint NOT NULL,
    need integer NOT NULL,
    total integer NOT NULL,
    started integer NOT NULL,
    arrived integer[] NOT NULL,
    failed integer[] NOT NULL,
    results jsonb NOT NULL,
    step_id bigint NOT NULL,
    CONSTRAINT workflows_flowjoin_need_check CHECK ((need >= 0)),
    CONSTRAINT workflows_flowjoin_started_check CHECK ((started >= 0)),
    CONSTRAINT workflows_flowjoin_total_check CHECK ((total >= 0))
);
ALTER TABLE public.workflows_flowjoin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowjoin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowrun (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    status character varying(10) NOT NULL,
    outcome character varying(12) NOT NULL,
    stage character varying(60) NOT NULL,
    vars jsonb NOT NULL,
    cause_chain jsonb NOT NULL,
    dedupe_key character varying(120) NOT NULL,
    step_count integer NOT NULL,
    started_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    error jsonb,
    started_by_id bigint,
    ticket_id bigint,
    flow_version_id bigint NOT NULL,
    depth smallint NOT NULL,
    ending character varying(12) NOT NULL,
    parent_step_id bigint,
    CONSTRAINT flow_run_end CHECK ((((ended_at IS NULL) AND ((status)::text = ANY (ARRAY[('running'::character varying)::text, ('waiting'::character varying)::text, ('suspended'::character varying)::text]))) OR ((NOT ((status)::text = ANY (ARRAY[('running'::character varying)::text, ('waiting'::character varying)::text, ('suspended'::character varying)::text]))) AND (ended_at IS NOT NULL)))),
    CONSTRAINT workflows_flowrun_depth_check CHECK ((depth >= 0)),
    CONSTRAINT workflows_flowrun_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT workflows_flowrun_step_count_check CHECK ((step_count >= 0))
);
ALTER TABLE public.workflows_flowrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowscenario (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    name character varying(120) NOT NULL,
    script jsonb NOT NULL,
    expected jsonb NOT NULL,
    flow_id bigint NOT NULL,
    CONSTRAINT workflows_flowscenario_lock_version_check CHECK ((lock_version >= 0))
);
ALTER TABLE public.workflows_flowscenario ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowscenario_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowsignal (
    id bigint NOT NULL,
    name character varying(40) NOT NULL,
    correlation_key character varying(80) NOT NULL,
    payload jsonb NOT NULL,
    source character varying(40) NOT NULL,
    source_id character varying(80) NOT NULL,
    received_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    consumed_at timestamp with time zone,
    consumed_by_step_id bigint
);
ALTER TABLE public.workflows_flowsignal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowsignal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowstep (
    id bigint NOT NULL,
    node_id character varying(60) NOT NULL,
    path character varying(400) NOT NULL,
    iter integer NOT NULL,
    kind character varying(20) NOT NULL,
    status character varying(10) NOT NULL,
    attempt smallint NOT NULL,
    run_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    wait_kind character varying(40) NOT NULL,
    wait_key character varying(80) NOT NULL,
    due_at timestamp with time zone,
    resume jsonb,
    output jsonb NOT NULL,
    error jsonb,
    started_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    done_at timestamp with time zone,
    run_id bigint NOT NULL,
    input jsonb NOT NULL,
    lease_token uuid,
    lease_until timestamp with time zone,
    CONSTRAINT flow_step_end CHECK ((((done_at IS NULL) AND ((status)::text = ANY (ARRAY[('ready'::character varying)::text, ('running'::character varying)::text, ('waiting'::character varying)::text]))) OR ((NOT ((status)::text = ANY (ARRAY[('ready'::character varying)::text, ('running'::character varying)::text, ('waiting'::character varying)::text]))) AND (done_at IS NOT NULL)))),
    CONSTRAINT flow_step_lease CHECK ((((lease_token IS NOT NULL) AND (lease_until IS NOT NULL) AND ((status)::text = 'running'::text)) OR ((NOT ((status)::text = 'running'::text)) AND (lease_token IS NULL) AND (lease_until IS NULL)))),
    CONSTRAINT workflows_flowstep_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT workflows_flowstep_iter_check CHECK ((iter >= 0))
);
ALTER TABLE public.workflows_flowstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowtrigger (
    id bigint NOT NULL,
    key character varying(60) CONSTRAINT workflows_flowtrigger_kind_not_null NOT NULL,
    "on" character varying(6) NOT NULL,
    condition jsonb NOT NULL,
    "order" integer NOT NULL,
    run_once_per character varying(12) NOT NULL,
    flow_version_id bigint NOT NULL,
    next_at timestamp with time zone,
    source character varying(16) NOT NULL,
    CONSTRAINT workflows_flowtrigger_order_check CHECK (("order" >= 0))
);
ALTER TABLE public.workflows_flowtrigger ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowtrigger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workflows_flowversion (
    id bigint NOT NULL,
    public_id uuid DEFAULT uuidv7() NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lock_version integer NOT NULL,
    no integer NOT NULL,
    status character varying(10) NOT NULL,
    graph jsonb NOT NULL,
    graph_sha256 character varying(64) NOT NULL,
    schema_ver smallint NOT NULL,
    published_at timestamp with time zone,
    notes character varying(300) NOT NULL,
    flow_id bigint NOT NULL,
    published_by_id bigint,
    CONSTRAINT workflows_flowversion_lock_version_check CHECK ((lock_version >= 0)),
    CONSTRAINT workflows_flowversion_no_check CHECK ((no >= 0)),
    CONSTRAINT workflows_flowversion_schema_ver_check CHECK ((schema_ver >= 0))
);
ALTER TABLE public.workflows_flowversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflows_flowversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.django_migrations VALUES
	(1, 'accounts', '0001_initial', '2026-01-01 00:00:00+00'),
	(2, 'account', '0001_initial', '2026-01-01 00:00:00+00'),
	(3, 'account', '0002_email_max_length', '2026-01-01 00:00:00+00'),
	(4, 'account', '0003_alter_emailaddress_create_unique_verified_email', '2026-01-01 00:00:00+00'),
	(5, 'account', '0004_alter_emailaddress_drop_unique_email', '2026-01-01 00:00:00+00'),
	(6, 'account', '0005_emailaddress_idx_upper_email', '2026-01-01 00:00:00+00'),
	(7, 'account', '0006_emailaddress_lower', '2026-01-01 00:00:00+00'),
	(8, 'account', '0007_emailaddress_idx_email', '2026-01-01 00:00:00+00'),
	(9, 'account', '0008_emailaddress_unique_primary_email_fixup', '2026-01-01 00:00:00+00'),
	(10, 'account', '0009_emailaddress_unique_primary_email', '2026-01-01 00:00:00+00'),
	(11, 'core', '0001_extensions', '2026-01-01 00:00:00+00'),
	(12, 'core', '0002_tables', '2026-01-01 00:00:00+00'),
	(13, 'core', '0003_event_position', '2026-01-01 00:00:00+00'),
	(14, 'core', '0004_event_position_indexes', '2026-01-01 00:00:00+00'),
	(15, 'core', '0005_history_functions', '2026-01-01 00:00:00+00'),
	(16, 'core', '0006_row_history', '2026-01-01 00:00:00+00'),
	(17, 'accounts', '0002_group_revision', '2026-01-01 00:00:00+00'),
	(18, 'accounts', '0003_company_roles', '2026-01-01 00:00:00+00'),
	(19, 'accounts', '0004_row_history', '2026-01-01 00:00:00+00'),
	(20, 'accounts', '0005_sessions_and_tokens', '2026-01-01 00:00:00+00'),
	(21, 'accounts', '0006_token_history', '2026-01-01 00:00:00+00'),
	(22, 'accounts', '0007_internal_fields', '2026-01-01 00:00:00+00'),
	(23, 'accounts', '0008_major_incidents', '2026-01-01 00:00:00+00'),
	(24, 'api', '0001_jobs', '2026-01-01 00:00:00+00'),
	(25, 'cmdb', '0001_initial', '2026-01-01 00:00:00+00'),
	(26, 'tickets', '0001_initial', '2026-01-01 00:00:00+00'),
	(27, 'tickets', '0002_number_sequences', '2026-01-01 00:00:00+00'),
	(28, 'approvals', '0001_initial', '2026-01-01 00:00:00+00'),
	(29, 'approvals', '0002_stages', '2026-01-01 00:00:00+00'),
	(30, 'approvals', '0003_row_history', '2026-01-01 00:00:00+00'),
	(31, 'approvals', '0004_out_of_office', '2026-01-01 00:00:00+00'),
	(32, 'contenttypes', '0001_initial', '2026-01-01 00:00:00+00'),
	(33, 'contenttypes', '0002_remove_content_type_name', '2026-01-01 00:00:00+00'),
	(34, 'auth', '0001_initial', '2026-01-01 00:00:00+00'),
	(35, 'auth', '0002_alter_permission_name_max_length', '2026-01-01 00:00:00+00'),
	(36, 'auth', '0003_alter_user_email_max_length', '2026-01-01 00:00:00+00'),
	(37, 'auth', '0004_alter_user_username_opts', '2026-01-01 00:00:00+00'),
	(38, 'auth', '0005_alter_user_last_login_null', '2026-01-01 00:00:00+00'),
	(39, 'auth', '0006_require_contenttypes_0002', '2026-01-01 00:00:00+00'),
	(40, 'auth', '0007_alter_validators_add_error_messages', '2026-01-01 00:00:00+00'),
	(41, 'auth', '0008_alter_user_username_max_length', '2026-01-01 00:00:00+00'),
	(42, 'auth', '0009_alter_user_last_name_max_length', '2026-01-01 00:00:00+00'),
	(43, 'auth', '0010_alter_group_name_max_length', '2026-01-01 00:00:00+00'),
	(44, 'auth', '0011_update_proxy_permissions', '2026-01-01 00:00:00+00'),
	(45, 'auth', '0012_alter_user_first_name_max_length', '2026-01-01 00:00:00+00'),
	(46, 'catalog', '0001_initial', '2026-01-01 00:00:00+00'),
	(47, 'catalog', '0002_row_history', '2026-01-01 00:00:00+00'),
	(48, 'cmdb', '0002_number_sequence', '2026-01-01 00:00:00+00'),
	(49, 'cmdb', '0003_row_history', '2026-01-01 00:00:00+00'),
	(50, 'connectors', '0001_initial', '2026-01-01 00:00:00+00'),
	(51, 'connectors', '0002_row_history', '2026-01-01 00:00:00+00'),
	(52, 'desk', '0001_views', '2026-01-01 00:00:00+00'),
	(53, 'django_celery_beat', '0001_initial', '2026-01-01 00:00:00+00'),
	(54, 'django_celery_beat', '0002_auto_20161118_0346', '2026-01-01 00:00:00+00'),
	(55, 'django_celery_beat', '0003_auto_20161209_0049', '2026-01-01 00:00:00+00'),
	(56, 'django_celery_beat', '0004_auto_20170221_0000', '2026-01-01 00:00:00+00'),
	(57, 'django_celery_beat', '0005_add_solarschedule_events_choices', '2026-01-01 00:00:00+00'),
	(58, 'django_celery_beat', '0006_auto_20180322_0932', '2026-01-01 00:00:00+00'),
	(59, 'django_celery_beat', '0007_auto_20180521_0826', '2026-01-01 00:00:00+00'),
	(60, 'django_celery_beat', '0008_auto_20180914_1922', '2026-01-01 00:00:00+00'),
	(61, 'django_celery_beat', '0006_auto_20180210_1226', '2026-01-01 00:00:00+00'),
	(62, 'django_celery_beat', '0006_periodictask_priority', '2026-01-01 00:00:00+00'),
	(63, 'django_celery_beat', '0009_periodictask_headers', '2026-01-01 00:00:00+00'),
	(64, 'django_celery_beat', '0010_auto_20190429_0326', '2026-01-01 00:00:00+00'),
	(65, 'django_celery_beat', '0011_auto_20190508_0153', '2026-01-01 00:00:00+00'),
	(66, 'django_celery_beat', '0012_periodictask_expire_seconds', '2026-01-01 00:00:00+00'),
	(67, 'django_celery_beat', '0013_auto_20200609_0727', '2026-01-01 00:00:00+00'),
	(68, 'django_celery_beat', '0014_remove_clockedschedule_enabled', '2026-01-01 00:00:00+00'),
	(69, 'django_celery_beat', '0015_edit_solarschedule_events_choices', '2026-01-01 00:00:00+00'),
	(70, 'django_celery_beat', '0016_alter_crontabschedule_timezone', '2026-01-01 00:00:00+00'),
	(71, 'django_celery_beat', '0017_alter_crontabschedule_month_of_year', '2026-01-01 00:00:00+00'),
	(72, 'django_celery_beat', '0018_improve_crontab_helptext', '2026-01-01 00:00:00+00'),
	(73, 'django_celery_beat', '0019_alter_periodictasks_options', '2026-01-01 00:00:00+00'),
	(74, 'tickets', '0003_rules_across_rows', '2026-01-01 00:00:00+00'),
	(75, 'tickets', '0004_routing_revision', '2026-01-01 00:00:00+00'),
	(76, 'tickets', '0005_on_call_strategy', '2026-01-01 00:00:00+00'),
	(77, 'tickets', '0006_row_history', '2026-01-01 00:00:00+00'),
	(78, 'tickets', '0007_survey', '2026-01-01 00:00:00+00'),
	(79, 'tickets', '0008_merges', '2026-01-01 00:00:00+00'),
	(80, 'tickets', '0009_search_text', '2026-01-01 00:00:00+00'),
	(81, 'tickets', '0010_worklog', '2026-01-01 00:00:00+00'),
	(82, 'handovers', '0001_hand_overs', '2026-01-01 00:00:00+00'),
	(83, 'incidents', '0001_initial', '2026-01-01 00:00:00+00'),
	(84, 'incidents', '0002_rules_across_tables', '2026-01-01 00:00:00+00'),
	(85, 'incidents', '0003_row_history', '2026-01-01 00:00:00+00'),
	(86, 'incidents', '0004_incident_tasks', '2026-01-01 00:00:00+00'),
	(87, 'incidents', '0005_caller_waits', '2026-01-01 00:00:00+00'),
	(88, 'incidents', '0006_major_incidents', '2026-01-01 00:00:00+00'),
	(89, 'macros', '0001_macros', '2026-01-01 00:00:00+00'),
	(90, 'mfa', '0001_initial', '2026-01-01 00:00:00+00'),
	(91, 'mfa', '0002_authenticator_timestamps', '2026-01-01 00:00:00+00'),
	(92, 'mfa', '0003_authenticator_type_uniq', '2026-01-01 00:00:00+00'),
	(93, 'schedules', '0001_initial', '2026-01-01 00:00:00+00'),
	(94, 'schedules', '0002_on_call', '2026-01-01 00:00:00+00'),
	(95, 'schedules', '0003_climb_minutes', '2026-01-01 00:00:00+00'),
	(96, 'notifications', '0001_initial', '2026-01-01 00:00:00+00'),
	(97, 'notifications', '0002_on_call_pages', '2026-01-01 00:00:00+00'),
	(98, 'notifications', '0003_row_history', '2026-01-01 00:00:00+00'),
	(99, 'notifications', '0004_preferences_and_digest', '2026-01-01 00:00:00+00'),
	(100, 'problems', '0001_initial', '2026-01-01 00:00:00+00'),
	(101, 'problems', '0002_candidates', '2026-01-01 00:00:00+00'),
	(102, 'problems', '0003_root_cause', '2026-01-01 00:00:00+00'),
	(103, 'problems', '0004_opened_for_major', '2026-01-01 00:00:00+00'),
	(104, 'scheduled', '0001_ticket_schedules', '2026-01-01 00:00:00+00'),
	(105, 'schedules', '0004_row_history', '2026-01-01 00:00:00+00'),
	(106, 'sla', '0001_initial', '2026-01-01 00:00:00+00'),
	(107, 'sla', '0002_no_open_clock_on_closed_ticket', '2026-01-01 00:00:00+00'),
	(108, 'sla', '0003_more_promises', '2026-01-01 00:00:00+00'),
	(109, 'sla', '0004_what_if', '2026-01-01 00:00:00+00'),
	(110, 'sla', '0005_row_history', '2026-01-01 00:00:00+00'),
	(111, 'tickets', '0011_held_replies', '2026-01-01 00:00:00+00'),
	(112, 'webhooks', '0001_webhooks_and_deliveries', '2026-01-01 00:00:00+00'),
	(113, 'webhooks', '0002_row_history', '2026-01-01 00:00:00+00'),
	(114, 'workflows', '0001_initial', '2026-01-01 00:00:00+00'),
	(115, 'workflows', '0002_engine', '2026-01-01 00:00:00+00'),
	(116, 'workflows', '0003_hooks', '2026-01-01 00:00:00+00'),
	(117, 'workflows', '0004_row_history', '2026-01-01 00:00:00+00');
SELECT pg_catalog.setval('public.account_emailaddress_id_seq', 1, false);
SELECT pg_catalog.setval('public.account_emailconfirmation_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_apitoken_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_attempt_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_company_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_department_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_group_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_location_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_membership_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_role_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_roleassignment_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_user_id_seq', 1, false);
SELECT pg_catalog.setval('public.api_job_id_seq', 1, false);
SELECT pg_catalog.setval('public.api_jobitem_id_seq', 1, false);
SELECT pg_catalog.setval('public.approvals_approval_id_seq', 1, false);
SELECT pg_catalog.setval('public.approvals_approvalrequest_id_seq', 1, false);
SELECT pg_catalog.setval('public.approvals_decisionlink_id_seq', 1, false);
SELECT pg_catalog.setval('public.approvals_delegation_id_seq', 1, false);
SELECT pg_catalog.setval('public.approvals_receivedmail_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_permission_id_seq', 1, false);
SELECT pg_catalog.setval('public.catalog_catalogitem_id_seq', 1, false);
SELECT pg_catalog.setval('public.catalog_catalogitemversion_id_seq', 1, false);
SELECT pg_catalog.setval('public.catalog_category_id_seq', 1, false);
SELECT pg_catalog.setval('public.cmdb_ci_id_seq', 1, false);
SELECT pg_catalog.setval('public.cmdb_ci_number', 1001, false);
SELECT pg_catalog.setval('public.cmdb_ciclass_id_seq', 1, false);
SELECT pg_catalog.setval('public.connectors_callslot_id_seq', 1, false);
SELECT pg_catalog.setval('public.connectors_connector_id_seq', 1, false);
SELECT pg_catalog.setval('public.connectors_connectorcall_id_seq', 1, false);
SELECT pg_catalog.setval('public.connectors_connectorsecret_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_attachment_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_auditlog_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_delivery_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_event_position', 1, false);
SELECT pg_catalog.setval('public.core_idempotencykey_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_outboxevent_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_processheartbeat_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_rowchange_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_scheduletick_id_seq', 1, false);
SELECT pg_catalog.setval('public.core_setting_id_seq', 1, false);
SELECT pg_catalog.setval('public.desk_bulkchange_id_seq', 1, false);
SELECT pg_catalog.setval('public.desk_savedview_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_celery_beat_clockedschedule_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_celery_beat_crontabschedule_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_celery_beat_intervalschedule_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_celery_beat_periodictask_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_celery_beat_solarschedule_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_content_type_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_migrations_id_seq', 117, true);
SELECT pg_catalog.setval('public.handovers_handover_id_seq', 1, false);
SELECT pg_catalog.setval('public.handovers_handovernote_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majorproposal_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majorreview_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majorroom_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majorrule_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majorseat_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majortodo_id_seq', 1, false);
SELECT pg_catalog.setval('public.incidents_majorupdate_id_seq', 1, false);
SELECT pg_catalog.setval('public.macros_macro_id_seq', 1, false);
SELECT pg_catalog.setval('public.mfa_authenticator_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_digest_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_notification_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_notificationhours_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_notificationpreference_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_notificationtemplate_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_oncallpage_id_seq', 1, false);
SELECT pg_catalog.setval('public.notifications_pagedperson_id_seq', 1, false);
SELECT pg_catalog.setval('public.problems_bonename_id_seq', 1, false);
SELECT pg_catalog.setval('public.problems_candidate_id_seq', 1, false);
SELECT pg_catalog.setval('public.problems_candidatemember_id_seq', 1, false);
SELECT pg_catalog.setval('public.problems_factor_id_seq', 1, false);
SELECT pg_catalog.setval('public.problems_telling_id_seq', 1, false);
SELECT pg_catalog.setval('public.problems_why_id_seq', 1, false);
SELECT pg_catalog.setval('public.scheduled_occurrence_id_seq', 1, false);
SELECT pg_catalog.setval('public.scheduled_ticketschedule_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_calendar_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_calendarexception_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_calendarholiday_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_calendarhours_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_calendarlink_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_groupcalendar_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_rota_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_rotalayer_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_rotamember_id_seq', 1, false);
SELECT pg_catalog.setval('public.schedules_rotaoverride_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_cicalendar_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_clock_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_clockescalation_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_clockevent_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_clocksegment_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_locationcalendar_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_sladefinition_id_seq', 1, false);
SELECT pg_catalog.setval('public.sla_whatif_id_seq', 1, false);
SELECT pg_catalog.setval('public.ticket_number_chg', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_ctask', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_inc', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_itask', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_prb', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_ptask', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_req', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_ritm', 1001, false);
SELECT pg_catalog.setval('public.ticket_number_sctask', 1001, false);
SELECT pg_catalog.setval('public.tickets_activity_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_assignmentrule_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_checklistitem_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_draft_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_fielddefinition_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_heldreply_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_merge_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_priorityrow_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_survey_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_ticket_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_ticketattachment_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_ticketci_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_ticketlink_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_tickettext_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_timeentry_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_transitionrule_id_seq', 1, false);
SELECT pg_catalog.setval('public.tickets_watcher_id_seq', 1, false);
SELECT pg_catalog.setval('public.webhooks_webhook_id_seq', 1, false);
SELECT pg_catalog.setval('public.webhooks_webhookattempt_id_seq', 1, false);
SELECT pg_catalog.setval('public.webhooks_webhookdelivery_id_seq', 1, false);
SELECT pg_catalog.setval('public.webhooks_webhooksecret_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flow_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowhook_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowjoin_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowrun_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowscenario_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowsignal_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowstep_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowtrigger_id_seq', 1, false);
SELECT pg_catalog.setval('public.workflows_flowversion_id_seq', 1, false);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_public_part_key UNIQUE (public_part);
ALTER TABLE ONLY public.accounts_attempt
    ADD CONSTRAINT accounts_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_company
    ADD CONSTRAINT accounts_company_key_key UNIQUE (key);
ALTER TABLE ONLY public.accounts_company
    ADD CONSTRAINT accounts_company_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_company
    ADD CONSTRAINT accounts_company_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_department
    ADD CONSTRAINT accounts_department_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_department
    ADD CONSTRAINT accounts_department_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_group
    ADD CONSTRAINT accounts_group_key_key UNIQUE (key);
ALTER TABLE ONLY public.accounts_group
    ADD CONSTRAINT accounts_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_group
    ADD CONSTRAINT accounts_group_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_location
    ADD CONSTRAINT accounts_location_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_location
    ADD CONSTRAINT accounts_location_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_role
    ADD CONSTRAINT accounts_role_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_role
    ADD CONSTRAINT accounts_role_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_roleassignment
    ADD CONSTRAINT accounts_roleassignment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_roleassignment
    ADD CONSTRAINT accounts_roleassignment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.api_job
    ADD CONSTRAINT api_job_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.api_job
    ADD CONSTRAINT api_job_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.api_jobitem
    ADD CONSTRAINT api_jobitem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalrequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalrequest_previous_id_key UNIQUE (previous_id);
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalrequest_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.approvals_decisionlink
    ADD CONSTRAINT approvals_decisionlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals_decisionlink
    ADD CONSTRAINT approvals_decisionlink_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.approvals_delegation
    ADD CONSTRAINT approvals_delegation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals_delegation
    ADD CONSTRAINT approvals_delegation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.approvals_receivedmail
    ADD CONSTRAINT approvals_receivedmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approver_once UNIQUE (request_id, stage, approver_id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_bonename
    ADD CONSTRAINT bone_named_once UNIQUE (problem_id, bone);
ALTER TABLE ONLY public.schedules_calendarexception
    ADD CONSTRAINT calendar_exception_once UNIQUE (calendar_id, date);
ALTER TABLE ONLY public.schedules_calendarholiday
    ADD CONSTRAINT calendar_holiday_once UNIQUE (calendar_id, date);
ALTER TABLE ONLY public.schedules_calendarhours
    ADD CONSTRAINT calendar_hours_do_not_overlap EXCLUDE USING gist (calendar_id WITH =, int4range(((dow * 1440) + start_min), ((dow * 1440) + end_min)) WITH &&);
ALTER TABLE ONLY public.problems_candidatemember
    ADD CONSTRAINT candidate_member_once UNIQUE (candidate_id, incident_id);
ALTER TABLE ONLY public.catalog_catalogitem
    ADD CONSTRAINT catalog_catalogitem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_catalogitem
    ADD CONSTRAINT catalog_catalogitem_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_catalogitemversion
    ADD CONSTRAINT catalog_catalogitemversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_catalogitemversion
    ADD CONSTRAINT catalog_catalogitemversion_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_catalogtask
    ADD CONSTRAINT catalog_catalogtask_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_catalogitem
    ADD CONSTRAINT catalog_item_key UNIQUE (company_id, key);
ALTER TABLE ONLY public.catalog_request
    ADD CONSTRAINT catalog_request_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.catalog_requestitem
    ADD CONSTRAINT catalog_requestitem_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT category_key UNIQUE (company_id, key);
ALTER TABLE ONLY public.tickets_checklistitem
    ADD CONSTRAINT checklist_place_once UNIQUE (ticket_id, "position") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clock
    ADD CONSTRAINT clock_cycle UNIQUE (ticket_id, track, cycle);
ALTER TABLE ONLY public.sla_clockescalation
    ADD CONSTRAINT clock_escalation_once UNIQUE (event, step);
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_number_key UNIQUE (number);
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.cmdb_ciclass
    ADD CONSTRAINT cmdb_ciclass_key_key UNIQUE (key);
ALTER TABLE ONLY public.cmdb_ciclass
    ADD CONSTRAINT cmdb_ciclass_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cmdb_ciclass
    ADD CONSTRAINT cmdb_ciclass_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.connectors_connectorsecret
    ADD CONSTRAINT connector_secret_once UNIQUE (connector_id, name);
ALTER TABLE ONLY public.connectors_breaker
    ADD CONSTRAINT connectors_breaker_pkey PRIMARY KEY (origin);
ALTER TABLE ONLY public.connectors_callslot
    ADD CONSTRAINT connectors_callslot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connectors_callslot
    ADD CONSTRAINT connectors_callslot_token_key UNIQUE (token);
ALTER TABLE ONLY public.connectors_connector
    ADD CONSTRAINT connectors_connector_key_key UNIQUE (key);
ALTER TABLE ONLY public.connectors_connector
    ADD CONSTRAINT connectors_connector_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connectors_connector
    ADD CONSTRAINT connectors_connector_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.connectors_connectorcall
    ADD CONSTRAINT connectors_connectorcall_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connectors_connectorcall
    ADD CONSTRAINT connectors_connectorcall_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.connectors_connectorsecret
    ADD CONSTRAINT connectors_connectorsecret_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_attachment
    ADD CONSTRAINT core_attachment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_attachment
    ADD CONSTRAINT core_attachment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.core_auditlog
    ADD CONSTRAINT core_auditlog_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_delivery
    ADD CONSTRAINT core_delivery_idem_key_key UNIQUE (idem_key);
ALTER TABLE ONLY public.core_delivery
    ADD CONSTRAINT core_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_idempotencykey
    ADD CONSTRAINT core_idempotencykey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_outboxevent
    ADD CONSTRAINT core_outboxevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_outboxevent
    ADD CONSTRAINT core_outboxevent_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.core_processheartbeat
    ADD CONSTRAINT core_processheartbeat_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_revision
    ADD CONSTRAINT core_revision_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.core_rowchange
    ADD CONSTRAINT core_rowchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_rowchange
    ADD CONSTRAINT core_rowchange_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.core_scheduletick
    ADD CONSTRAINT core_scheduletick_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_seal
    ADD CONSTRAINT core_seal_pkey PRIMARY KEY (no);
ALTER TABLE ONLY public.core_setting
    ADD CONSTRAINT core_setting_key_key UNIQUE (key);
ALTER TABLE ONLY public.core_setting
    ADD CONSTRAINT core_setting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_fielddefinition
    ADD CONSTRAINT custom_field_once UNIQUE (kind, key);
ALTER TABLE ONLY public.approvals_delegation
    ADD CONSTRAINT delegations_do_not_overlap EXCLUDE USING gist (user_id WITH =, scope WITH =, during WITH &&);
ALTER TABLE ONLY public.accounts_department
    ADD CONSTRAINT department_key UNIQUE (company_id, key);
ALTER TABLE ONLY public.desk_bulkchange
    ADD CONSTRAINT desk_bulkchange_job_key UNIQUE (job);
ALTER TABLE ONLY public.desk_bulkchange
    ADD CONSTRAINT desk_bulkchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.desk_bulkchange
    ADD CONSTRAINT desk_bulkchange_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.desk_bulkchange
    ADD CONSTRAINT desk_bulkchange_undoes_id_key UNIQUE (undoes_id);
ALTER TABLE ONLY public.desk_savedview
    ADD CONSTRAINT desk_savedview_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.desk_savedview
    ADD CONSTRAINT desk_savedview_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notifications_digest
    ADD CONSTRAINT digest_once UNIQUE (user_id, due_at);
ALTER TABLE ONLY public.django_celery_beat_clockedschedule
    ADD CONSTRAINT django_celery_beat_clockedschedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_celery_beat_crontabschedule
    ADD CONSTRAINT django_celery_beat_crontabschedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_celery_beat_intervalschedule
    ADD CONSTRAINT django_celery_beat_intervalschedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_celery_beat_periodictask
    ADD CONSTRAINT django_celery_beat_periodictask_name_key UNIQUE (name);
ALTER TABLE ONLY public.django_celery_beat_periodictask
    ADD CONSTRAINT django_celery_beat_periodictask_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_celery_beat_periodictasks
    ADD CONSTRAINT django_celery_beat_periodictasks_pkey PRIMARY KEY (ident);
ALTER TABLE ONLY public.django_celery_beat_solarschedule
    ADD CONSTRAINT django_celery_beat_solar_event_latitude_longitude_ba64999a_uniq UNIQUE (event, latitude, longitude);
ALTER TABLE ONLY public.django_celery_beat_solarschedule
    ADD CONSTRAINT django_celery_beat_solarschedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowscenario
    ADD CONSTRAINT flow_scenario_name UNIQUE (flow_id, name);
ALTER TABLE ONLY public.workflows_flowsignal
    ADD CONSTRAINT flow_signal_once UNIQUE (source, source_id);
ALTER TABLE ONLY public.workflows_flowstep
    ADD CONSTRAINT flow_step_once UNIQUE (run_id, node_id, path, iter);
ALTER TABLE ONLY public.workflows_flowversion
    ADD CONSTRAINT flow_version_no UNIQUE (flow_id, no);
ALTER TABLE ONLY public.handovers_handovernote
    ADD CONSTRAINT hand_over_notes_a_ticket_once UNIQUE (hand_over_id, ticket_id);
ALTER TABLE ONLY public.handovers_handover
    ADD CONSTRAINT handovers_handover_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.handovers_handover
    ADD CONSTRAINT handovers_handover_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.handovers_handovernote
    ADD CONSTRAINT handovers_handovernote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_processheartbeat
    ADD CONSTRAINT heartbeat_of_process UNIQUE (role, host, pid);
ALTER TABLE ONLY public.core_idempotencykey
    ADD CONSTRAINT idempotency_once UNIQUE (caller, scope, key);
ALTER TABLE ONLY public.incidents_callerwait
    ADD CONSTRAINT incidents_callerwait_pkey PRIMARY KEY (incident_id);
ALTER TABLE ONLY public.incidents_incident
    ADD CONSTRAINT incidents_incident_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.incidents_incidenttask
    ADD CONSTRAINT incidents_incidenttask_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.incidents_majorproposal
    ADD CONSTRAINT incidents_majorproposal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majorreview
    ADD CONSTRAINT incidents_majorreview_incident_id_key UNIQUE (incident_id);
ALTER TABLE ONLY public.incidents_majorreview
    ADD CONSTRAINT incidents_majorreview_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majorreview
    ADD CONSTRAINT incidents_majorreview_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.incidents_majorroom
    ADD CONSTRAINT incidents_majorroom_incident_id_key UNIQUE (incident_id);
ALTER TABLE ONLY public.incidents_majorroom
    ADD CONSTRAINT incidents_majorroom_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majorroom
    ADD CONSTRAINT incidents_majorroom_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.incidents_majorrule
    ADD CONSTRAINT incidents_majorrule_key_key UNIQUE (key);
ALTER TABLE ONLY public.incidents_majorrule
    ADD CONSTRAINT incidents_majorrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majorrule
    ADD CONSTRAINT incidents_majorrule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.incidents_majorseat
    ADD CONSTRAINT incidents_majorseat_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majortodo
    ADD CONSTRAINT incidents_majortodo_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majortodo
    ADD CONSTRAINT incidents_majortodo_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.incidents_majorupdate
    ADD CONSTRAINT incidents_majorupdate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.incidents_majorupdate
    ADD CONSTRAINT incidents_majorupdate_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_catalogitemversion
    ADD CONSTRAINT item_version_no UNIQUE (item_id, no);
ALTER TABLE ONLY public.api_jobitem
    ADD CONSTRAINT job_item_once UNIQUE (job_id, no);
ALTER TABLE ONLY public.tickets_ticketlink
    ADD CONSTRAINT link_once UNIQUE (source_id, target_id, type);
ALTER TABLE ONLY public.accounts_location
    ADD CONSTRAINT location_key UNIQUE (company_id, key);
ALTER TABLE ONLY public.macros_macro
    ADD CONSTRAINT macros_macro_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.macros_macro
    ADD CONSTRAINT macros_macro_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.approvals_receivedmail
    ADD CONSTRAINT mail_once UNIQUE (message_id, body_sha256);
ALTER TABLE ONLY public.incidents_majorseat
    ADD CONSTRAINT major_seat_once UNIQUE (incident_id, part);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT membership_once UNIQUE (user_id, group_id);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notice_once UNIQUE (event_id, user_id, channel);
ALTER TABLE ONLY public.notifications_digest
    ADD CONSTRAINT notifications_digest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notifications_notificationhours
    ADD CONSTRAINT notifications_notificationhours_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notificationhours
    ADD CONSTRAINT notifications_notificationhours_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notifications_notificationhours
    ADD CONSTRAINT notifications_notificationhours_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.notifications_notificationpreference
    ADD CONSTRAINT notifications_notificationpreference_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notificationpreference
    ADD CONSTRAINT notifications_notificationpreference_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notifications_notificationtemplate
    ADD CONSTRAINT notifications_notificationtemplate_key_key UNIQUE (key);
ALTER TABLE ONLY public.notifications_notificationtemplate
    ADD CONSTRAINT notifications_notificationtemplate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notificationtemplate
    ADD CONSTRAINT notifications_notificationtemplate_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notifications_oncallpage
    ADD CONSTRAINT notifications_oncallpage_mark_key UNIQUE (mark);
ALTER TABLE ONLY public.notifications_oncallpage
    ADD CONSTRAINT notifications_oncallpage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_oncallpage
    ADD CONSTRAINT notifications_oncallpage_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notifications_pagedperson
    ADD CONSTRAINT notifications_pagedperson_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scheduled_occurrence
    ADD CONSTRAINT occurrence_once UNIQUE (schedule_id, due_at);
ALTER TABLE ONLY public.tickets_draft
    ADD CONSTRAINT one_draft_per_tab UNIQUE NULLS NOT DISTINCT (user_id, ticket_id, tab);
ALTER TABLE ONLY public.notifications_pagedperson
    ADD CONSTRAINT one_paged_per_level UNIQUE (page_id, level);
ALTER TABLE ONLY public.tickets_tickettext
    ADD CONSTRAINT one_text_for_each UNIQUE (ticket_id, is_public);
ALTER TABLE ONLY public.notifications_pagedperson
    ADD CONSTRAINT paged_once UNIQUE (page_id, user_id);
ALTER TABLE ONLY public.notifications_notificationpreference
    ADD CONSTRAINT preference_once UNIQUE (user_id, topic, channel);
ALTER TABLE ONLY public.tickets_priorityrow
    ADD CONSTRAINT priority_cell UNIQUE (impact, urgency);
ALTER TABLE ONLY public.problems_bonename
    ADD CONSTRAINT problems_bonename_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_bonename
    ADD CONSTRAINT problems_bonename_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.problems_candidatemember
    ADD CONSTRAINT problems_candidatemember_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_factor
    ADD CONSTRAINT problems_factor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_factor
    ADD CONSTRAINT problems_factor_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.problems_problem
    ADD CONSTRAINT problems_problem_opened_for_id_key UNIQUE (opened_for_id);
ALTER TABLE ONLY public.problems_problem
    ADD CONSTRAINT problems_problem_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.problems_problemtask
    ADD CONSTRAINT problems_problemtask_pkey PRIMARY KEY (ticket_ptr_id);
ALTER TABLE ONLY public.problems_telling
    ADD CONSTRAINT problems_telling_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_why
    ADD CONSTRAINT problems_why_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_why
    ADD CONSTRAINT problems_why_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_role
    ADD CONSTRAINT role_key UNIQUE NULLS NOT DISTINCT (company_id, key);
ALTER TABLE ONLY public.accounts_roleassignment
    ADD CONSTRAINT role_once UNIQUE (user_id, role_id);
ALTER TABLE ONLY public.schedules_rotalayer
    ADD CONSTRAINT rota_layer_order UNIQUE (rota_id, "order") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotamember
    ADD CONSTRAINT rota_member_position UNIQUE (layer_id, "position");
ALTER TABLE ONLY public.schedules_rotaoverride
    ADD CONSTRAINT rota_overrides_do_not_overlap EXCLUDE USING gist (rota_id WITH =, during WITH &&);
ALTER TABLE ONLY public.scheduled_occurrence
    ADD CONSTRAINT scheduled_occurrence_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scheduled_occurrence
    ADD CONSTRAINT scheduled_occurrence_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketschedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketschedule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_calendar
    ADD CONSTRAINT schedules_calendar_key_key UNIQUE (key);
ALTER TABLE ONLY public.schedules_calendar
    ADD CONSTRAINT schedules_calendar_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_calendar
    ADD CONSTRAINT schedules_calendar_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_calendarexception
    ADD CONSTRAINT schedules_calendarexception_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_calendarexception
    ADD CONSTRAINT schedules_calendarexception_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_calendarholiday
    ADD CONSTRAINT schedules_calendarholiday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_calendarholiday
    ADD CONSTRAINT schedules_calendarholiday_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_calendarhours
    ADD CONSTRAINT schedules_calendarhours_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_calendarhours
    ADD CONSTRAINT schedules_calendarhours_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_calendarlink
    ADD CONSTRAINT schedules_calendarlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_calendarlink
    ADD CONSTRAINT schedules_calendarlink_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_calendarlink
    ADD CONSTRAINT schedules_calendarlink_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.schedules_groupcalendar
    ADD CONSTRAINT schedules_groupcalendar_group_id_key UNIQUE (group_id);
ALTER TABLE ONLY public.schedules_groupcalendar
    ADD CONSTRAINT schedules_groupcalendar_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_groupcalendar
    ADD CONSTRAINT schedules_groupcalendar_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_rota
    ADD CONSTRAINT schedules_rota_key_key UNIQUE (key);
ALTER TABLE ONLY public.schedules_rota
    ADD CONSTRAINT schedules_rota_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_rota
    ADD CONSTRAINT schedules_rota_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_rotalayer
    ADD CONSTRAINT schedules_rotalayer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_rotalayer
    ADD CONSTRAINT schedules_rotalayer_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_rotamember
    ADD CONSTRAINT schedules_rotamember_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_rotamember
    ADD CONSTRAINT schedules_rotamember_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.schedules_rotaoverride
    ADD CONSTRAINT schedules_rotaoverride_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schedules_rotaoverride
    ADD CONSTRAINT schedules_rotaoverride_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.sla_cicalendar
    ADD CONSTRAINT sla_cicalendar_ci_id_key UNIQUE (ci_id);
ALTER TABLE ONLY public.sla_cicalendar
    ADD CONSTRAINT sla_cicalendar_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_cicalendar
    ADD CONSTRAINT sla_cicalendar_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.sla_clock
    ADD CONSTRAINT sla_clock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_clock
    ADD CONSTRAINT sla_clock_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.sla_clockescalation
    ADD CONSTRAINT sla_clockescalation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_clockevent
    ADD CONSTRAINT sla_clockevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_clocksegment
    ADD CONSTRAINT sla_clocksegment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_sladefinition
    ADD CONSTRAINT sla_definition_version UNIQUE (key, no);
ALTER TABLE ONLY public.sla_locationcalendar
    ADD CONSTRAINT sla_locationcalendar_location_id_key UNIQUE (location_id);
ALTER TABLE ONLY public.sla_locationcalendar
    ADD CONSTRAINT sla_locationcalendar_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_locationcalendar
    ADD CONSTRAINT sla_locationcalendar_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.sla_sladefinition
    ADD CONSTRAINT sla_sladefinition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_sladefinition
    ADD CONSTRAINT sla_sladefinition_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.sla_whatif
    ADD CONSTRAINT sla_whatif_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sla_whatif
    ADD CONSTRAINT sla_whatif_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.core_scheduletick
    ADD CONSTRAINT tick_once UNIQUE (schedule, tick_at);
ALTER TABLE ONLY public.tickets_ticketci
    ADD CONSTRAINT ticket_ci_once UNIQUE (ticket_id, ci_id, role);
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT ticket_schedule_key UNIQUE (company_id, key);
ALTER TABLE ONLY public.tickets_activity
    ADD CONSTRAINT tickets_activity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_activity
    ADD CONSTRAINT tickets_activity_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_assignmentrule
    ADD CONSTRAINT tickets_assignmentrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_assignmentrule
    ADD CONSTRAINT tickets_assignmentrule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_checklistitem
    ADD CONSTRAINT tickets_checklistitem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_checklistitem
    ADD CONSTRAINT tickets_checklistitem_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_draft
    ADD CONSTRAINT tickets_draft_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_draft
    ADD CONSTRAINT tickets_draft_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_fielddefinition
    ADD CONSTRAINT tickets_fielddefinition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_fielddefinition
    ADD CONSTRAINT tickets_fielddefinition_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_heldreply
    ADD CONSTRAINT tickets_heldreply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_heldreply
    ADD CONSTRAINT tickets_heldreply_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_priorityrow
    ADD CONSTRAINT tickets_priorityrow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_priorityrow
    ADD CONSTRAINT tickets_priorityrow_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_survey
    ADD CONSTRAINT tickets_survey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_survey
    ADD CONSTRAINT tickets_survey_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_survey
    ADD CONSTRAINT tickets_survey_ticket_id_key UNIQUE (ticket_id);
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_number_key UNIQUE (number);
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_ticketattachment
    ADD CONSTRAINT tickets_ticketattachment_attachment_id_key UNIQUE (attachment_id);
ALTER TABLE ONLY public.tickets_ticketattachment
    ADD CONSTRAINT tickets_ticketattachment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_ticketci
    ADD CONSTRAINT tickets_ticketci_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_ticketlink
    ADD CONSTRAINT tickets_ticketlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_ticketlink
    ADD CONSTRAINT tickets_ticketlink_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_tickettext
    ADD CONSTRAINT tickets_tickettext_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_timeentry
    ADD CONSTRAINT tickets_timeentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_timeentry
    ADD CONSTRAINT tickets_timeentry_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_transitionrule
    ADD CONSTRAINT tickets_transitionrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tickets_transitionrule
    ADD CONSTRAINT tickets_transitionrule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.tickets_watcher
    ADD CONSTRAINT tickets_watcher_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.problems_telling
    ADD CONSTRAINT told_once UNIQUE (problem_id, incident_id, what, digest, is_public);
ALTER TABLE ONLY public.tickets_watcher
    ADD CONSTRAINT watch_once UNIQUE (ticket_id, user_id);
ALTER TABLE ONLY public.webhooks_webhookdelivery
    ADD CONSTRAINT webhook_delivery_once UNIQUE (webhook_id, message_id);
ALTER TABLE ONLY public.webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.webhooks_webhookattempt
    ADD CONSTRAINT webhooks_webhookattempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks_webhookdelivery
    ADD CONSTRAINT webhooks_webhookdelivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks_webhookdelivery
    ADD CONSTRAINT webhooks_webhookdelivery_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.webhooks_webhookpulse
    ADD CONSTRAINT webhooks_webhookpulse_pkey PRIMARY KEY (webhook_id);
ALTER TABLE ONLY public.webhooks_webhooksecret
    ADD CONSTRAINT webhooks_webhooksecret_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flow
    ADD CONSTRAINT workflows_flow_key_key UNIQUE (key);
ALTER TABLE ONLY public.workflows_flow
    ADD CONSTRAINT workflows_flow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flow
    ADD CONSTRAINT workflows_flow_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.workflows_flowhook
    ADD CONSTRAINT workflows_flowhook_flow_id_key UNIQUE (flow_id);
ALTER TABLE ONLY public.workflows_flowhook
    ADD CONSTRAINT workflows_flowhook_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowhook
    ADD CONSTRAINT workflows_flowhook_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.workflows_flowjoin
    ADD CONSTRAINT workflows_flowjoin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowjoin
    ADD CONSTRAINT workflows_flowjoin_step_id_key UNIQUE (step_id);
ALTER TABLE ONLY public.workflows_flowrun
    ADD CONSTRAINT workflows_flowrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowrun
    ADD CONSTRAINT workflows_flowrun_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.workflows_flowscenario
    ADD CONSTRAINT workflows_flowscenario_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowscenario
    ADD CONSTRAINT workflows_flowscenario_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.workflows_flowsignal
    ADD CONSTRAINT workflows_flowsignal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowstep
    ADD CONSTRAINT workflows_flowstep_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowtrigger
    ADD CONSTRAINT workflows_flowtrigger_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowversion
    ADD CONSTRAINT workflows_flowversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflows_flowversion
    ADD CONSTRAINT workflows_flowversion_public_id_key UNIQUE (public_id);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_apitoken_owner_id_68f7ece9 ON public.accounts_apitoken USING btree (owner_id);
CREATE INDEX accounts_apitoken_public_part_288e99a4_like ON public.accounts_apitoken USING btree (public_part varchar_pattern_ops);
CREATE INDEX accounts_company_key_24d96fc0_like ON public.accounts_company USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_department_company_id_51470d70 ON public.accounts_department USING btree (company_id);
CREATE INDEX accounts_department_head_id_d5b22056 ON public.accounts_department USING btree (head_id);
CREATE INDEX accounts_department_key_e878c627 ON public.accounts_department USING btree (key);
CREATE INDEX accounts_department_key_e878c627_like ON public.accounts_department USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_department_parent_id_1cf3cf29 ON public.accounts_department USING btree (parent_id);
CREATE INDEX accounts_group_company_id_ec5a69ea ON public.accounts_group USING btree (company_id);
CREATE INDEX accounts_group_key_13223f9e_like ON public.accounts_group USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_group_manager_id_1228160d ON public.accounts_group USING btree (manager_id);
CREATE INDEX accounts_location_company_id_dc90bdf8 ON public.accounts_location USING btree (company_id);
CREATE INDEX accounts_location_key_b4ff3e6c ON public.accounts_location USING btree (key);
CREATE INDEX accounts_location_key_b4ff3e6c_like ON public.accounts_location USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_location_parent_id_13aec25a ON public.accounts_location USING btree (parent_id);
CREATE INDEX accounts_membership_group_id_ae835a10 ON public.accounts_membership USING btree (group_id);
CREATE INDEX accounts_membership_user_id_487fb39e ON public.accounts_membership USING btree (user_id);
CREATE INDEX accounts_role_company_id_d2986026 ON public.accounts_role USING btree (company_id);
CREATE INDEX accounts_role_key_82a0f15e ON public.accounts_role USING btree (key);
CREATE INDEX accounts_role_key_82a0f15e_like ON public.accounts_role USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_roleassignment_role_id_9ce8e4dd ON public.accounts_roleassignment USING btree (role_id);
CREATE INDEX accounts_roleassignment_user_id_ce5bcc18 ON public.accounts_roleassignment USING btree (user_id);
CREATE INDEX accounts_session_expire_date_5bbfba7c ON public.accounts_session USING btree (expire_date);
CREATE INDEX accounts_session_session_key_b186966f_like ON public.accounts_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX accounts_session_user_id_d5aaed01 ON public.accounts_session USING btree (user_id);
CREATE INDEX accounts_user_company_id_bc91fe74 ON public.accounts_user USING btree (company_id);
CREATE INDEX accounts_user_department_id_8dc06840 ON public.accounts_user USING btree (department_id);
CREATE INDEX accounts_user_location_id_ce1ce1cb ON public.accounts_user USING btree (location_id);
CREATE INDEX accounts_user_manager_id_57cc9038 ON public.accounts_user USING btree (manager_id);
CREATE INDEX activity_of_ticket ON public.tickets_activity USING btree (ticket_id, id DESC);
CREATE INDEX api_job_owner_id_52584b52 ON public.api_job USING btree (owner_id);
CREATE INDEX api_job_token_id_264b7cdb ON public.api_job USING btree (token_id);
CREATE INDEX approval_decided_by ON public.approvals_approval USING btree (decided_by_id, id DESC);
CREATE INDEX approval_due ON public.approvals_approvalrequest USING btree (next_fire_at, id) WHERE (next_fire_at IS NOT NULL);
CREATE INDEX approval_of_person ON public.approvals_approval USING btree (approver_id, id DESC);
CREATE INDEX approval_of_ticket ON public.approvals_approvalrequest USING btree (ticket_id, id DESC);
CREATE INDEX approval_waiting ON public.approvals_approval USING btree (approver_id, id) WHERE ((status)::text = 'requested'::text);
CREATE INDEX approvals_approval_delegate_id_6064552f ON public.approvals_approval USING btree (delegate_id);
CREATE INDEX approvals_approval_instead_of_id_3f7e41d5 ON public.approvals_approval USING btree (instead_of_id);
CREATE INDEX approvals_approval_request_id_76ef66d8 ON public.approvals_approval USING btree (request_id);
CREATE INDEX approvals_approval_via_group_id_31a15819 ON public.approvals_approval USING btree (via_group_id);
CREATE INDEX approvals_approvalrequest_decided_by_id_ef07eeb2 ON public.approvals_approvalrequest USING btree (decided_by_id);
CREATE INDEX approvals_approvalrequest_requested_by_id_8bc46cdb ON public.approvals_approvalrequest USING btree (requested_by_id);
CREATE INDEX approvals_decisionlink_approval_id_f2d70d99 ON public.approvals_decisionlink USING btree (approval_id);
CREATE INDEX approvals_decisionlink_token_hash_28a71262_like ON public.approvals_decisionlink USING btree (token_hash varchar_pattern_ops);
CREATE INDEX approvals_decisionlink_user_id_e4d8d729 ON public.approvals_decisionlink USING btree (user_id);
CREATE INDEX approvals_delegation_delegate_id_4f582066 ON public.approvals_delegation USING btree (delegate_id);
CREATE INDEX approvals_receivedmail_approval_id_c4f5e105 ON public.approvals_receivedmail USING btree (approval_id);
CREATE INDEX assignment_order ON public.tickets_assignmentrule USING btree (kind, "order", id) WHERE enabled;
CREATE INDEX attempt_by_key ON public.accounts_attempt USING btree (key, at);
CREATE INDEX audit_of_object ON public.core_auditlog USING btree ("table", object_ref, id DESC);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX bulk_change_age ON public.desk_bulkchange USING btree (created_at);
CREATE INDEX caller_wait_due ON public.incidents_callerwait USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX candidate_by_score ON public.problems_candidate USING btree (company_id, verdict, score DESC);
CREATE UNIQUE INDEX candidate_proposed_once ON public.problems_candidate USING btree (company_id, signature) WHERE (NOT ((verdict)::text = 'accepted'::text));
CREATE INDEX catalog_catalogitem_category_id_cdb1d9c9 ON public.catalog_catalogitem USING btree (category_id);
CREATE INDEX catalog_catalogitem_company_id_a41b7811 ON public.catalog_catalogitem USING btree (company_id);
CREATE INDEX catalog_catalogitem_key_9ce5f9bf ON public.catalog_catalogitem USING btree (key);
CREATE INDEX catalog_catalogitem_key_9ce5f9bf_like ON public.catalog_catalogitem USING btree (key varchar_pattern_ops);
CREATE INDEX catalog_catalogitem_owner_group_id_8351a1ac ON public.catalog_catalogitem USING btree (owner_group_id);
CREATE INDEX catalog_catalogitemversion_item_id_5ea7ecfa ON public.catalog_catalogitemversion USING btree (item_id);
CREATE INDEX catalog_catalogitemversion_published_by_id_6c1f6c5d ON public.catalog_catalogitemversion USING btree (published_by_id);
CREATE INDEX catalog_catalogtask_flow_step_2ebe1fda ON public.catalog_catalogtask USING btree (flow_step);
CREATE INDEX catalog_category_company_id_431233c7 ON public.catalog_category USING btree (company_id);
CREATE INDEX catalog_category_key_f07ff631 ON public.catalog_category USING btree (key);
CREATE INDEX catalog_category_key_f07ff631_like ON public.catalog_category USING btree (key varchar_pattern_ops);
CREATE INDEX catalog_category_parent_id_f61bd017 ON public.catalog_category USING btree (parent_id);
CREATE INDEX catalog_requestitem_request_id_f40ffb3d ON public.catalog_requestitem USING btree (request_id);
CREATE UNIQUE INDEX ci_asset_tag ON public.cmdb_ci USING btree (asset_tag) WHERE (NOT ((asset_tag)::text = ''::text));
CREATE INDEX ci_bigram ON public.cmdb_ci USING gin (bigram);
CREATE INDEX ci_by_name ON public.cmdb_ci USING btree (company_id, name);
CREATE INDEX clock_due ON public.sla_clock USING btree (due_at) WHERE ((stage)::text = 'in_progress'::text);
CREATE UNIQUE INDEX clock_event_once ON public.sla_clockevent USING btree (clock_id, gen, kind, pct) WHERE ((kind)::text = ANY (ARRAY[('warn'::character varying)::text, ('breach'::character varying)::text]));
CREATE UNIQUE INDEX clock_event_overdue_once ON public.sla_clockevent USING btree (clock_id, gen, kind, seq) WHERE ((kind)::text = 'overdue'::text);
CREATE INDEX clock_fires ON public.sla_clock USING btree (next_fire_at, id) WHERE (next_fire_at IS NOT NULL);
CREATE INDEX clock_of_calendar ON public.sla_clock USING btree (calendar_id, calendar_version) WHERE ((stage)::text = 'in_progress'::text);
CREATE UNIQUE INDEX clock_one_open_per_definition ON public.sla_clock USING btree (ticket_id, definition_id) WHERE ((stage)::text = ANY (ARRAY[('in_progress'::character varying)::text, ('paused'::character varying)::text]));
CREATE UNIQUE INDEX clock_one_open_per_track ON public.sla_clock USING btree (ticket_id, track) WHERE ((stage)::text = ANY (ARRAY[('in_progress'::character varying)::text, ('paused'::character varying)::text]));
CREATE INDEX clock_segments ON public.sla_clocksegment USING btree (clock_id, began_at);
CREATE INDEX cmdb_ci_assigned_to_id_07bf9943 ON public.cmdb_ci USING btree (assigned_to_id);
CREATE INDEX cmdb_ci_ci_class_id_77d935b4 ON public.cmdb_ci USING btree (ci_class_id);
CREATE INDEX cmdb_ci_location_id_9a3e201f ON public.cmdb_ci USING btree (location_id);
CREATE INDEX cmdb_ci_number_b40ed4d2_like ON public.cmdb_ci USING btree (number varchar_pattern_ops);
CREATE INDEX cmdb_ci_owner_id_05dbef41 ON public.cmdb_ci USING btree (owner_id);
CREATE INDEX cmdb_ci_support_group_id_a015b5bf ON public.cmdb_ci USING btree (support_group_id);
CREATE INDEX cmdb_ciclass_key_ed9b09af_like ON public.cmdb_ciclass USING btree (key varchar_pattern_ops);
CREATE INDEX cmdb_ciclass_parent_id_4f85ff92 ON public.cmdb_ciclass USING btree (parent_id);
CREATE INDEX connector_calls_newest ON public.connectors_connectorcall USING btree (connector_id, id DESC);
CREATE INDEX connectors_breaker_origin_dcf403f3_like ON public.connectors_breaker USING btree (origin varchar_pattern_ops);
CREATE INDEX connectors_callslot_connector_id_6ac32a46 ON public.connectors_callslot USING btree (connector_id);
CREATE INDEX connectors_connector_key_e0740777_like ON public.connectors_connector USING btree (key varchar_pattern_ops);
CREATE INDEX connectors_connectorcall_at_6256be61 ON public.connectors_connectorcall USING btree (at);
CREATE INDEX connectors_connectorcall_connector_id_a362b2a8 ON public.connectors_connectorcall USING btree (connector_id);
CREATE INDEX connectors_connectorsecret_connector_id_a75c7ada ON public.connectors_connectorsecret USING btree (connector_id);
CREATE INDEX core_attachment_sha256_2d10d40d ON public.core_attachment USING btree (sha256);
CREATE INDEX core_attachment_sha256_2d10d40d_like ON public.core_attachment USING btree (sha256 varchar_pattern_ops);
CREATE INDEX core_attachment_uploader_id_cffe2df0 ON public.core_attachment USING btree (uploader_id);
CREATE INDEX core_delivery_event_id_b08c48a1 ON public.core_delivery USING btree (event_id);
CREATE INDEX core_delivery_idem_key_147ebf75_like ON public.core_delivery USING btree (idem_key varchar_pattern_ops);
CREATE INDEX core_idempotencykey_created_at_2af3d891 ON public.core_idempotencykey USING btree (created_at);
CREATE INDEX core_revision_key_0f7b8fe2_like ON public.core_revision USING btree (key varchar_pattern_ops);
CREATE INDEX core_setting_key_6a834603_like ON public.core_setting USING btree (key varchar_pattern_ops);
CREATE INDEX delivery_dead ON public.core_delivery USING btree (dead_at) WHERE (dead_at IS NOT NULL);
CREATE INDEX delivery_due ON public.core_delivery USING btree (channel, not_before, id) WHERE ((dead_at IS NULL) AND (done_at IS NULL));
CREATE INDEX desk_bulkchange_owner_id_e8103d55 ON public.desk_bulkchange USING btree (owner_id);
CREATE INDEX desk_savedview_group_id_c5951253 ON public.desk_savedview USING btree (group_id);
CREATE INDEX desk_savedview_owner_id_a91b2850 ON public.desk_savedview USING btree (owner_id);
CREATE INDEX di10_behalf ON public.tickets_ticket USING btree (on_behalf_of_id, opened_at DESC) WHERE (on_behalf_of_id IS NOT NULL);
CREATE INDEX di11_updated ON public.tickets_ticket USING btree (updated_at, id);
CREATE INDEX di12_opened ON public.tickets_ticket USING brin (opened_at);
CREATE INDEX di13_bigram ON public.tickets_ticket USING gin (bigram);
CREATE INDEX di15_autoclose ON public.tickets_ticket USING btree (resolved_at) WHERE (active AND ((phase)::text = 'done'::text));
CREATE INDEX di1_open ON public.tickets_ticket USING btree (company_id, priority, opened_at DESC, id DESC) WHERE active;
CREATE INDEX di2_kind ON public.tickets_ticket USING btree (company_id, kind, priority, opened_at DESC, id DESC) WHERE active;
CREATE INDEX di3_group ON public.tickets_ticket USING btree (company_id, group_id, priority, opened_at DESC, id DESC) WHERE active;
CREATE INDEX di4_assignee ON public.tickets_ticket USING btree (company_id, assignee_id, priority, opened_at DESC, id DESC) WHERE active;
CREATE INDEX di5_requester ON public.tickets_ticket USING btree (company_id, requester_id, opened_at DESC, id DESC);
CREATE INDEX di6_newest ON public.tickets_ticket USING btree (company_id, opened_at DESC, id DESC);
CREATE INDEX di7_newest_open ON public.tickets_ticket USING btree (company_id, opened_at DESC, id DESC) WHERE active;
CREATE INDEX di8_states ON public.tickets_ticket USING btree (company_id, kind, state) WHERE active;
CREATE INDEX di9_ci ON public.tickets_ticket USING btree (ci_id, opened_at DESC) WHERE (ci_id IS NOT NULL);
CREATE INDEX django_celery_beat_periodictask_clocked_id_47a69f82 ON public.django_celery_beat_periodictask USING btree (clocked_id);
CREATE INDEX django_celery_beat_periodictask_crontab_id_d3cba168 ON public.django_celery_beat_periodictask USING btree (crontab_id);
CREATE INDEX django_celery_beat_periodictask_interval_id_a8ca27da ON public.django_celery_beat_periodictask USING btree (interval_id);
CREATE INDEX django_celery_beat_periodictask_name_265a36b7_like ON public.django_celery_beat_periodictask USING btree (name varchar_pattern_ops);
CREATE INDEX django_celery_beat_periodictask_solar_id_a87ce72c ON public.django_celery_beat_periodictask USING btree (solar_id);
CREATE INDEX flow_run_of_ticket ON public.workflows_flowrun USING btree (ticket_id, id DESC);
CREATE UNIQUE INDEX flow_run_once ON public.workflows_flowrun USING btree (flow_version_id, dedupe_key) WHERE (NOT ((dedupe_key)::text = ''::text));
CREATE INDEX flow_run_open ON public.workflows_flowrun USING btree (status, id) WHERE ((status)::text = ANY (ARRAY[('running'::character varying)::text, ('waiting'::character varying)::text, ('suspended'::character varying)::text]));
CREATE INDEX flow_signal_open ON public.workflows_flowsignal USING btree (name, correlation_key) WHERE (consumed_at IS NULL);
CREATE INDEX flow_step_due ON public.workflows_flowstep USING btree (due_at) WHERE ((due_at IS NOT NULL) AND ((status)::text = 'waiting'::text));
CREATE INDEX flow_step_failed ON public.workflows_flowstep USING btree (done_at) WHERE ((status)::text = 'failed'::text);
CREATE INDEX flow_step_leased ON public.workflows_flowstep USING btree (lease_until) WHERE ((status)::text = 'running'::text);
CREATE INDEX flow_step_ready ON public.workflows_flowstep USING btree (run_at, id) WHERE ((status)::text = 'ready'::text);
CREATE INDEX flow_step_waiting ON public.workflows_flowstep USING btree (wait_kind, wait_key) WHERE ((status)::text = 'waiting'::text);
CREATE INDEX flow_trigger_next ON public.workflows_flowtrigger USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX flow_trigger_order ON public.workflows_flowtrigger USING btree ("order", id);
CREATE INDEX hand_over_of_group ON public.handovers_handover USING btree (group_id, written_at DESC, id DESC);
CREATE INDEX hand_over_waiting ON public.handovers_handover USING btree (group_id) WHERE (taken_at IS NULL);
CREATE INDEX handovers_handover_taken_by_id_68fd5d3e ON public.handovers_handover USING btree (taken_by_id);
CREATE INDEX handovers_handover_written_by_id_10540aa9 ON public.handovers_handover USING btree (written_by_id);
CREATE INDEX handovers_handovernote_ticket_id_dd7e8622 ON public.handovers_handovernote USING btree (ticket_id);
CREATE INDEX held_reply_due ON public.tickets_heldreply USING btree (due_at, id);
CREATE INDEX incident_hold_due ON public.incidents_incident USING btree (hold_until) WHERE (hold_until IS NOT NULL);
CREATE INDEX incidents_incident_last_reopened_by_id_254474ed ON public.incidents_incident USING btree (last_reopened_by_id);
CREATE INDEX incidents_incidenttask_flow_step_00a7be58 ON public.incidents_incidenttask USING btree (flow_step);
CREATE INDEX incidents_majorproposal_decided_by_id_78cfc1db ON public.incidents_majorproposal USING btree (decided_by_id);
CREATE INDEX incidents_majorproposal_incident_id_3e4ed9c4 ON public.incidents_majorproposal USING btree (incident_id);
CREATE INDEX incidents_majorproposal_proposed_by_id_135ac35e ON public.incidents_majorproposal USING btree (proposed_by_id);
CREATE INDEX incidents_majorproposal_rule_id_5d59dbc8 ON public.incidents_majorproposal USING btree (rule_id);
CREATE INDEX incidents_majorreview_finished_by_id_839d5d25 ON public.incidents_majorreview USING btree (finished_by_id);
CREATE INDEX incidents_majorroom_accepted_by_id_c3b01dad ON public.incidents_majorroom USING btree (accepted_by_id);
CREATE INDEX incidents_majorrule_key_a7861454_like ON public.incidents_majorrule USING btree (key varchar_pattern_ops);
CREATE INDEX incidents_majorseat_incident_id_fd56cb19 ON public.incidents_majorseat USING btree (incident_id);
CREATE INDEX incidents_majorseat_person_id_0c37248e ON public.incidents_majorseat USING btree (person_id);
CREATE INDEX incidents_majortodo_done_by_id_926e43d5 ON public.incidents_majortodo USING btree (done_by_id);
CREATE INDEX incidents_majortodo_incident_id_bb922994 ON public.incidents_majortodo USING btree (incident_id);
CREATE INDEX incidents_majortodo_owner_id_d770368d ON public.incidents_majortodo USING btree (owner_id);
CREATE INDEX incidents_majorupdate_author_id_5f8035c8 ON public.incidents_majorupdate USING btree (author_id);
CREATE INDEX incidents_majorupdate_incident_id_d7c1e389 ON public.incidents_majorupdate USING btree (incident_id);
CREATE INDEX job_due ON public.api_job USING btree (not_before, id) WHERE ((state)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text]));
CREATE INDEX job_ended ON public.api_job USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX job_of_owner ON public.api_job USING btree (owner_id, id DESC);
CREATE INDEX macro_shown ON public.macros_macro USING btree (company_id, audience, uses DESC);
CREATE INDEX macros_macro_group_id_a9dde5a3 ON public.macros_macro USING btree (group_id);
CREATE INDEX macros_macro_owner_id_0bf95e7b ON public.macros_macro USING btree (owner_id);
CREATE INDEX macros_macro_to_group_id_fed65009 ON public.macros_macro USING btree (to_group_id);
CREATE INDEX mail_answered ON public.approvals_receivedmail USING btree (person_id, answered_at) WHERE (answered_at IS NOT NULL);
CREATE INDEX mail_waiting ON public.approvals_receivedmail USING btree (id) WHERE ((result)::text = ''::text);
CREATE INDEX major_update_due ON public.incidents_majorroom USING btree (next_update_at) WHERE (next_update_at IS NOT NULL);
CREATE INDEX merged_here ON public.tickets_merge USING btree (main_id) WHERE (undone_at IS NULL);
CREATE UNIQUE INDEX merged_once ON public.tickets_merge USING btree (source_id) WHERE (undone_at IS NULL);
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX notice_for_digest ON public.notifications_notification USING btree (digest_at, id) WHERE ((digest_id IS NULL) AND (digest_at IS NOT NULL));
CREATE INDEX notice_list ON public.notifications_notification USING btree (user_id, id DESC) WHERE ((channel)::text = 'inapp'::text);
CREATE INDEX notice_of_digest ON public.notifications_notification USING btree (digest_id, id) WHERE (digest_id IS NOT NULL);
CREATE INDEX notice_unread ON public.notifications_notification USING btree (user_id) WHERE (((channel)::text = 'inapp'::text) AND (read_at IS NULL));
CREATE INDEX notifications_notification_ticket_id_422ab224 ON public.notifications_notification USING btree (ticket_id);
CREATE INDEX notifications_notificationtemplate_key_e5bb847a_like ON public.notifications_notificationtemplate USING btree (key varchar_pattern_ops);
CREATE INDEX notifications_oncallpage_acknowledged_by_id_5eedc01c ON public.notifications_oncallpage USING btree (acknowledged_by_id);
CREATE INDEX notifications_oncallpage_mark_3f03f6e3_like ON public.notifications_oncallpage USING btree (mark varchar_pattern_ops);
CREATE INDEX notifications_oncallpage_rota_id_39d92dcd ON public.notifications_oncallpage USING btree (rota_id);
CREATE INDEX notifications_pagedperson_user_id_d695f7e4 ON public.notifications_pagedperson USING btree (user_id);
CREATE UNIQUE INDEX one_default_company ON public.accounts_company USING btree (is_default) WHERE is_default;
CREATE UNIQUE INDEX one_draft_of_a_flow ON public.workflows_flowversion USING btree (flow_id) WHERE ((status)::text = 'draft'::text);
CREATE UNIQUE INDEX one_open_proposal ON public.incidents_majorproposal USING btree (incident_id) WHERE ((verdict)::text = 'open'::text);
CREATE UNIQUE INDEX one_published_flow_version ON public.workflows_flowversion USING btree (flow_id) WHERE ((status)::text = 'published'::text);
CREATE UNIQUE INDEX one_published_version ON public.catalog_catalogitemversion USING btree (item_id) WHERE ((status)::text = 'published'::text);
CREATE UNIQUE INDEX one_task_per_complaint ON public.catalog_catalogtask USING btree (ritm_id, round) WHERE (round > 0);
CREATE INDEX outbox_position ON public.core_outboxevent USING btree ("position") WHERE ("position" IS NOT NULL);
CREATE INDEX outbox_unnumbered ON public.core_outboxevent USING btree (id) WHERE ("position" IS NULL);
CREATE INDEX outbox_unrelayed ON public.core_outboxevent USING btree (id) WHERE (relayed_at IS NULL);
CREATE INDEX page_due ON public.notifications_oncallpage USING btree (next_at, id) WHERE (ended_at IS NULL);
CREATE INDEX page_of_ticket ON public.notifications_oncallpage USING btree (ticket_id, id DESC);
CREATE UNIQUE INDEX problem_has_one_root_cause ON public.problems_why USING btree (problem_id) WHERE is_root;
CREATE INDEX problem_known_errors ON public.problems_problem USING btree (is_known_error) WHERE is_known_error;
CREATE INDEX problem_risk_review ON public.problems_problem USING btree (risk_review_date) WHERE (risk_review_date IS NOT NULL);
CREATE INDEX problems_bonename_problem_id_01d7e142 ON public.problems_bonename USING btree (problem_id);
CREATE INDEX problems_candidate_ci_id_0154dd2e ON public.problems_candidate USING btree (ci_id);
CREATE INDEX problems_candidate_company_id_03c03559 ON public.problems_candidate USING btree (company_id);
CREATE INDEX problems_candidate_decided_by_id_b31ca821 ON public.problems_candidate USING btree (decided_by_id);
CREATE INDEX problems_candidate_group_id_0f5cf0e6 ON public.problems_candidate USING btree (group_id);
CREATE INDEX problems_candidate_problem_id_9f26a148 ON public.problems_candidate USING btree (problem_id);
CREATE INDEX problems_candidatemember_candidate_id_a4428ae8 ON public.problems_candidatemember USING btree (candidate_id);
CREATE INDEX problems_candidatemember_incident_id_8ce78899 ON public.problems_candidatemember USING btree (incident_id);
CREATE INDEX problems_factor_problem_id_8a9dd08c ON public.problems_factor USING btree (problem_id);
CREATE INDEX problems_problemtask_flow_step_f1823535 ON public.problems_problemtask USING btree (flow_step);
CREATE INDEX problems_telling_incident_id_8f959412 ON public.problems_telling USING btree (incident_id);
CREATE INDEX problems_telling_problem_id_7aa32d74 ON public.problems_telling USING btree (problem_id);
CREATE INDEX problems_why_above_id_70c14491 ON public.problems_why USING btree (above_id);
CREATE INDEX problems_why_problem_id_a0ca98fa ON public.problems_why USING btree (problem_id);
CREATE INDEX ritm_of_version ON public.catalog_requestitem USING btree (item_version_id, ticket_ptr_id DESC);
CREATE INDEX rowchange_of_actor ON public.core_rowchange USING btree (actor_id, id DESC);
CREATE INDEX rowchange_of_record ON public.core_rowchange USING btree (record, record_id, id DESC);
CREATE UNIQUE INDEX rule_proposes_once ON public.incidents_majorproposal USING btree (incident_id, rule_id) WHERE (rule_id IS NOT NULL);
CREATE INDEX saved_view_shown ON public.desk_savedview USING btree (company_id, audience, "position");
CREATE INDEX scheduled_occurrence_schedule_id_4097bf87 ON public.scheduled_occurrence USING btree (schedule_id);
CREATE INDEX scheduled_occurrence_ticket_id_27d4e842 ON public.scheduled_occurrence USING btree (ticket_id);
CREATE INDEX scheduled_ticketschedule_ci_id_74150927 ON public.scheduled_ticketschedule USING btree (ci_id);
CREATE INDEX scheduled_ticketschedule_company_id_d2647df1 ON public.scheduled_ticketschedule USING btree (company_id);
CREATE INDEX scheduled_ticketschedule_group_id_a64b5ad4 ON public.scheduled_ticketschedule USING btree (group_id);
CREATE INDEX scheduled_ticketschedule_key_316ad3c5 ON public.scheduled_ticketschedule USING btree (key);
CREATE INDEX scheduled_ticketschedule_key_316ad3c5_like ON public.scheduled_ticketschedule USING btree (key varchar_pattern_ops);
CREATE INDEX scheduled_ticketschedule_owner_id_3fbaa15a ON public.scheduled_ticketschedule USING btree (owner_id);
CREATE INDEX scheduled_ticketschedule_requester_id_f1170233 ON public.scheduled_ticketschedule USING btree (requester_id);
CREATE INDEX schedules_calendar_key_a574eb15_like ON public.schedules_calendar USING btree (key varchar_pattern_ops);
CREATE INDEX schedules_calendarexception_calendar_id_e2f78143 ON public.schedules_calendarexception USING btree (calendar_id);
CREATE INDEX schedules_calendarholiday_calendar_id_4042b3c9 ON public.schedules_calendarholiday USING btree (calendar_id);
CREATE INDEX schedules_calendarhours_calendar_id_3c2ca33f ON public.schedules_calendarhours USING btree (calendar_id);
CREATE INDEX schedules_calendarlink_owner_id_464c6b73 ON public.schedules_calendarlink USING btree (owner_id);
CREATE INDEX schedules_calendarlink_rota_id_e0edc2a3 ON public.schedules_calendarlink USING btree (rota_id);
CREATE INDEX schedules_calendarlink_token_hash_d03bde64_like ON public.schedules_calendarlink USING btree (token_hash varchar_pattern_ops);
CREATE INDEX schedules_groupcalendar_calendar_id_6739c700 ON public.schedules_groupcalendar USING btree (calendar_id);
CREATE INDEX schedules_rota_group_id_82b46e82 ON public.schedules_rota USING btree (group_id);
CREATE INDEX schedules_rota_key_d081e5c3_like ON public.schedules_rota USING btree (key varchar_pattern_ops);
CREATE INDEX schedules_rotalayer_rota_id_333319c8 ON public.schedules_rotalayer USING btree (rota_id);
CREATE INDEX schedules_rotamember_user_id_ddd928d5 ON public.schedules_rotamember USING btree (user_id);
CREATE INDEX schedules_rotaoverride_made_by_id_d65d4c0a ON public.schedules_rotaoverride USING btree (made_by_id);
CREATE INDEX schedules_rotaoverride_person_id_480cfe9e ON public.schedules_rotaoverride USING btree (person_id);
CREATE INDEX sctask_of_item ON public.catalog_catalogtask USING btree (ritm_id, ticket_ptr_id);
CREATE INDEX seal_of_table ON public.core_seal USING btree ("table", no DESC);
CREATE INDEX sla_cicalendar_calendar_id_b6de99a3 ON public.sla_cicalendar USING btree (calendar_id);
CREATE INDEX sla_clockescalation_clock_id_75131a3c ON public.sla_clockescalation USING btree (clock_id);
CREATE INDEX sla_clockevent_clock_id_6b23ba1a ON public.sla_clockevent USING btree (clock_id);
CREATE UNIQUE INDEX sla_definition_one_published ON public.sla_sladefinition USING btree (key) WHERE ((status)::text = 'published'::text);
CREATE INDEX sla_locationcalendar_calendar_id_03f706af ON public.sla_locationcalendar USING btree (calendar_id);
CREATE INDEX sla_sladefinition_calendar_id_b7663386 ON public.sla_sladefinition USING btree (calendar_id);
CREATE INDEX sla_sladefinition_key_4d70a399 ON public.sla_sladefinition USING btree (key);
CREATE INDEX sla_sladefinition_key_4d70a399_like ON public.sla_sladefinition USING btree (key varchar_pattern_ops);
CREATE INDEX sla_sladefinition_track_dcc97c19 ON public.sla_sladefinition USING btree (track);
CREATE INDEX sla_sladefinition_track_dcc97c19_like ON public.sla_sladefinition USING btree (track varchar_pattern_ops);
CREATE INDEX sla_whatif_asked_by_id_a3391789 ON public.sla_whatif USING btree (asked_by_id);
CREATE INDEX sla_whatif_calendar_id_620edad2 ON public.sla_whatif USING btree (calendar_id);
CREATE INDEX sla_whatif_definition_id_f4adc0d2 ON public.sla_whatif USING btree (definition_id);
CREATE INDEX survey_asked ON public.tickets_survey USING btree (created_at);
CREATE INDEX text_words ON public.tickets_tickettext USING gin (words);
CREATE INDEX ticket_schedule_due ON public.scheduled_ticketschedule USING btree (next_at, id) WHERE (next_at IS NOT NULL);
CREATE UNIQUE INDEX ticket_source ON public.tickets_ticket USING btree (source, external_id) WHERE (NOT ((external_id)::text = ''::text));
CREATE INDEX tickets_assignmentrule_group_id_28552570 ON public.tickets_assignmentrule USING btree (group_id);
CREATE INDEX tickets_draft_ticket_id_4d738b41 ON public.tickets_draft USING btree (ticket_id);
CREATE INDEX tickets_draft_user_id_0c39dc9e ON public.tickets_draft USING btree (user_id);
CREATE INDEX tickets_fielddefinition_key_c0c2d7b6 ON public.tickets_fielddefinition USING btree (key);
CREATE INDEX tickets_fielddefinition_key_c0c2d7b6_like ON public.tickets_fielddefinition USING btree (key varchar_pattern_ops);
CREATE INDEX tickets_heldreply_author_id_e91486f1 ON public.tickets_heldreply USING btree (author_id);
CREATE INDEX tickets_heldreply_ticket_id_af184fcd ON public.tickets_heldreply USING btree (ticket_id);
CREATE INDEX tickets_survey_person_id_e463ec81 ON public.tickets_survey USING btree (person_id);
CREATE INDEX tickets_ticket_number_5f958fbb_like ON public.tickets_ticket USING btree (number varchar_pattern_ops);
CREATE INDEX tickets_ticket_parent_id_09dd967f ON public.tickets_ticket USING btree (parent_id);
CREATE INDEX tickets_ticketattachment_activity_id_43b5b5bb ON public.tickets_ticketattachment USING btree (activity_id);
CREATE INDEX tickets_ticketattachment_ticket_id_55842ab7 ON public.tickets_ticketattachment USING btree (ticket_id);
CREATE INDEX tickets_ticketci_ci_id_7919aebe ON public.tickets_ticketci USING btree (ci_id);
CREATE INDEX tickets_ticketci_ticket_id_54233b1b ON public.tickets_ticketci USING btree (ticket_id);
CREATE INDEX tickets_ticketlink_source_id_4ff17706 ON public.tickets_ticketlink USING btree (source_id);
CREATE INDEX tickets_ticketlink_target_id_73a7d86d ON public.tickets_ticketlink USING btree (target_id);
CREATE INDEX tickets_timeentry_person_id_7d0a3bb5 ON public.tickets_timeentry USING btree (person_id);
CREATE INDEX tickets_timeentry_ticket_id_ea54e4ed ON public.tickets_timeentry USING btree (ticket_id);
CREATE INDEX tickets_transitionrule_role_id_a5b7af32 ON public.tickets_transitionrule USING btree (role_id);
CREATE INDEX tickets_watcher_ticket_id_cf602ad7 ON public.tickets_watcher USING btree (ticket_id);
CREATE INDEX tickets_watcher_user_id_8c0a9e9c ON public.tickets_watcher USING btree (user_id);
CREATE INDEX transition_rule ON public.tickets_transitionrule USING btree (kind, name) WHERE enabled;
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY (ARRAY[('totp'::character varying)::text, ('recovery_codes'::character varying)::text]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE INDEX user_by_name ON public.accounts_user USING btree (company_id, name_ko);
CREATE UNIQUE INDEX user_email ON public.accounts_user USING btree (upper((email)::text)) WHERE (NOT ((email)::text = ''::text));
CREATE UNIQUE INDEX user_source ON public.accounts_user USING btree (source, external_id) WHERE (NOT ((source)::text = ''::text));
CREATE UNIQUE INDEX user_username ON public.accounts_user USING btree (upper((username)::text));
CREATE INDEX webhook_delivery_by_state ON public.webhooks_webhookdelivery USING btree (webhook_id, state, id DESC);
CREATE INDEX webhook_delivery_due ON public.webhooks_webhookdelivery USING btree (webhook_id, due_at, id) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX webhook_delivery_leased ON public.webhooks_webhookdelivery USING btree (webhook_id) WHERE (lease_until IS NOT NULL);
CREATE INDEX webhook_delivery_newest ON public.webhooks_webhookdelivery USING btree (webhook_id, id DESC);
CREATE INDEX webhook_delivery_old ON public.webhooks_webhookdelivery USING btree (created_at);
CREATE UNIQUE INDEX webhook_present_secret_once ON public.webhooks_webhooksecret USING btree (webhook_id) WHERE (ends_at IS NULL);
CREATE INDEX webhooks_webhook_company_id_bf83e0af ON public.webhooks_webhook USING btree (company_id);
CREATE INDEX webhooks_webhook_owner_id_fa512fda ON public.webhooks_webhook USING btree (owner_id);
CREATE INDEX webhooks_webhook_run_as_id_3eb0d20b ON public.webhooks_webhook USING btree (run_as_id);
CREATE INDEX webhooks_webhookattempt_at_db5ed28a ON public.webhooks_webhookattempt USING btree (at);
CREATE INDEX webhooks_webhookattempt_delivery_id_c57db657 ON public.webhooks_webhookattempt USING btree (delivery_id);
CREATE INDEX webhooks_webhookdelivery_event_id_48da21e7 ON public.webhooks_webhookdelivery USING btree (event_id);
CREATE INDEX webhooks_webhooksecret_webhook_id_a47e3163 ON public.webhooks_webhooksecret USING btree (webhook_id);
CREATE INDEX what_if_live ON public.sla_whatif USING btree (id) WHERE ((status)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text]));
CREATE INDEX workflows_flow_key_29c1320c_like ON public.workflows_flow USING btree (key varchar_pattern_ops);
CREATE INDEX workflows_flow_owner_group_id_2d9db1b5 ON public.workflows_flow USING btree (owner_group_id);
CREATE INDEX workflows_flowrun_flow_version_id_b4ad99a1 ON public.workflows_flowrun USING btree (flow_version_id);
CREATE INDEX workflows_flowrun_parent_step_id_3d8464e4 ON public.workflows_flowrun USING btree (parent_step_id);
CREATE INDEX workflows_flowrun_started_by_id_69f92b4b ON public.workflows_flowrun USING btree (started_by_id);
CREATE INDEX workflows_flowscenario_flow_id_17f131ef ON public.workflows_flowscenario USING btree (flow_id);
CREATE INDEX workflows_flowsignal_consumed_by_step_id_e145f898 ON public.workflows_flowsignal USING btree (consumed_by_step_id);
CREATE INDEX workflows_flowtrigger_flow_version_id_ffb656be ON public.workflows_flowtrigger USING btree (flow_version_id);
CREATE INDEX workflows_flowversion_flow_id_b6d8f911 ON public.workflows_flowversion USING btree (flow_id);
CREATE INDEX workflows_flowversion_published_by_id_6a033cc3 ON public.workflows_flowversion USING btree (published_by_id);
CREATE CONSTRAINT TRIGGER incidents_hold_agrees AFTER UPDATE OF hold_reason ON public.incidents_incident DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.hold_reason)::text IS DISTINCT FROM (old.hold_reason)::text)) EXECUTE FUNCTION public.incidents_rows_agree();
CREATE CONSTRAINT TRIGGER incidents_new_hold_agrees AFTER INSERT ON public.incidents_incident DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.hold_reason)::text <> ''::text)) EXECUTE FUNCTION public.incidents_rows_agree();
CREATE CONSTRAINT TRIGGER incidents_new_ticket_agrees AFTER INSERT ON public.tickets_ticket DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((new.kind)::text = 'incident'::text) AND ((new.state)::text = ANY (ARRAY[('on_hold'::character varying)::text, ('resolved'::character varying)::text, ('closed'::character varying)::text])))) EXECUTE FUNCTION public.incidents_rows_agree();
CREATE CONSTRAINT TRIGGER incidents_ticket_agrees AFTER UPDATE OF state, close_code, close_notes ON public.tickets_ticket DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((new.kind)::text = 'incident'::text) AND (((old.state)::text IS DISTINCT FROM (new.state)::text) OR ((old.close_code)::text IS DISTINCT FROM (new.close_code)::text) OR (old.close_notes IS DISTINCT FROM new.close_notes)))) EXECUTE FUNCTION public.incidents_rows_agree();
CREATE TRIGGER pgtrigger_answer_is_final_9a0ee BEFORE DELETE OR UPDATE ON public.approvals_approval FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_answer_is_final_9a0ee();
COMMENT ON TRIGGER pgtrigger_answer_is_final_9a0ee ON public.approvals_approval IS '3d840f9eff80ccb6499012d093350a0080d7d744';
CREATE TRIGGER pgtrigger_append_only_2a744 BEFORE DELETE OR UPDATE ON public.core_auditlog FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_append_only_2a744 ON public.core_auditlog IS '0a324130092c433addb10bf85a45e6f35b0fb632';
CREATE TRIGGER pgtrigger_append_only_3f279 BEFORE DELETE OR UPDATE ON public.sla_clockevent FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_3f279();
COMMENT ON TRIGGER pgtrigger_append_only_3f279 ON public.sla_clockevent IS 'f2ae7d605527f26307a33b70b3c2fc1be541f421';
CREATE TRIGGER pgtrigger_append_only_43f28 BEFORE DELETE OR UPDATE ON public.sla_clockescalation FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_43f28();
COMMENT ON TRIGGER pgtrigger_append_only_43f28 ON public.sla_clockescalation IS '2cc5f4a68101a012e35a2165f721723eb57e3374';
CREATE TRIGGER pgtrigger_append_only_62268 BEFORE DELETE OR UPDATE ON public.tickets_activity FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_62268();
COMMENT ON TRIGGER pgtrigger_append_only_62268 ON public.tickets_activity IS '06ad64b765f73267571849e5bc05e9447f6f3d98';
CREATE TRIGGER pgtrigger_append_only_6b263 BEFORE DELETE OR UPDATE ON public.sla_clocksegment FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_6b263();
COMMENT ON TRIGGER pgtrigger_append_only_6b263 ON public.sla_clocksegment IS 'b8147641c23a3c087423793fc55ef2c6f1e49b92';
CREATE TRIGGER pgtrigger_append_only_6e030 BEFORE DELETE OR UPDATE ON public.core_rowchange FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_append_only_6e030 ON public.core_rowchange IS 'ae7fdd706335e9aeb1073ae2db84c754ececc097';
CREATE TRIGGER pgtrigger_append_only_ad3da BEFORE UPDATE ON public.notifications_pagedperson FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_append_only_ad3da();
COMMENT ON TRIGGER pgtrigger_append_only_ad3da ON public.notifications_pagedperson IS '982b4a3c5eb9f31377ae55a44b34de5bed20132a';
CREATE TRIGGER pgtrigger_append_only_d2b37 BEFORE DELETE OR UPDATE ON public.handovers_handovernote FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_append_only_d2b37 ON public.handovers_handovernote IS '47f60c77a5d2be8caa5022ea932a7c1b8b6e59b4';
CREATE TRIGGER pgtrigger_append_only_e986a BEFORE DELETE OR UPDATE ON public.core_seal FOR EACH ROW EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_append_only_e986a ON public.core_seal IS '97e20474ff2319e2c512a4d7db830722e015a60e';
CREATE TRIGGER pgtrigger_assignment_revision_e18ea AFTER INSERT OR DELETE OR UPDATE OF kind, "order", condition, group_id, strategy, enabled ON public.tickets_assignmentrule FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_assignment_revision_e18ea();
COMMENT ON TRIGGER pgtrigger_assignment_revision_e18ea ON public.tickets_assignmentrule IS '79e27670a6e30d2707efea28307aed0d95e08801';
CREATE TRIGGER pgtrigger_calendar_revision_31b3c AFTER INSERT OR DELETE OR UPDATE ON public.schedules_calendar FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_calendar_revision_31b3c();
COMMENT ON TRIGGER pgtrigger_calendar_revision_31b3c ON public.schedules_calendar IS '98e40eb9fb0943ddbb1895ce86f556c2f083999c';
CREATE TRIGGER pgtrigger_ci_calendar_revision_7913d AFTER INSERT OR DELETE OR UPDATE ON public.sla_cicalendar FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_ci_calendar_revision_7913d();
COMMENT ON TRIGGER pgtrigger_ci_calendar_revision_7913d ON public.sla_cicalendar IS 'adb2e5963b67d9748ed64a9f0b267b006e2a4773';
CREATE TRIGGER pgtrigger_done_is_final_69025 BEFORE UPDATE ON public.core_delivery FOR EACH ROW WHEN (((new.done_at IS NULL) AND (old.done_at IS NOT NULL))) EXECUTE FUNCTION public.pgtrigger_done_is_final_69025();
COMMENT ON TRIGGER pgtrigger_done_is_final_69025 ON public.core_delivery IS 'f8292cafc26bbf11715083efc8486626194414e2';
CREATE TRIGGER pgtrigger_done_is_final_d90ad BEFORE UPDATE ON public.webhooks_webhookdelivery FOR EACH ROW WHEN ((((old.state)::text <> 'waiting'::text) AND ((new.state)::text <> (old.state)::text) AND (new.replays = old.replays))) EXECUTE FUNCTION public.pgtrigger_done_is_final_d90ad();
COMMENT ON TRIGGER pgtrigger_done_is_final_d90ad ON public.webhooks_webhookdelivery IS 'e189e82354b14a1d181c39e3a6c7f6d18b3bbfef';
CREATE TRIGGER pgtrigger_end_when_disabled_7dc0f AFTER UPDATE OF is_active ON public.accounts_user FOR EACH ROW WHEN (((NOT new.is_active) AND old.is_active)) EXECUTE FUNCTION public.pgtrigger_end_when_disabled_7dc0f();
COMMENT ON TRIGGER pgtrigger_end_when_disabled_7dc0f ON public.accounts_user IS '66af9c778e922808a0baecbfc3d6623490c8cf7c';
CREATE TRIGGER pgtrigger_exception_delete_6da57 AFTER DELETE ON public.schedules_calendarexception REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_exception_delete_6da57();
COMMENT ON TRIGGER pgtrigger_exception_delete_6da57 ON public.schedules_calendarexception IS '7a5761ca1a08eeb57ffb330c96d5e534ee540c5d';
CREATE TRIGGER pgtrigger_exception_insert_1d7ef AFTER INSERT ON public.schedules_calendarexception REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_exception_insert_1d7ef();
COMMENT ON TRIGGER pgtrigger_exception_insert_1d7ef ON public.schedules_calendarexception IS 'd369b06d46c4cf6d1b84462abd085f6fae459874';
CREATE TRIGGER pgtrigger_exception_update_52fbb AFTER UPDATE ON public.schedules_calendarexception REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_exception_update_52fbb();
COMMENT ON TRIGGER pgtrigger_exception_update_52fbb ON public.schedules_calendarexception IS '160c69274ccc8e75e54322a8e6a074ca9e538e43';
CREATE TRIGGER pgtrigger_group_calendar_revision_74269 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_groupcalendar FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_group_calendar_revision_74269();
COMMENT ON TRIGGER pgtrigger_group_calendar_revision_74269 ON public.schedules_groupcalendar IS 'c16d5b11506da07c9fd1f99b772073b401d88077';
CREATE TRIGGER pgtrigger_group_revision_10332 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_group FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_group_revision_10332();
COMMENT ON TRIGGER pgtrigger_group_revision_10332 ON public.accounts_group IS '500b3c19339845041bf6e14c8bb55fbf7702ffff';
CREATE TRIGGER pgtrigger_holiday_delete_22cc1 AFTER DELETE ON public.schedules_calendarholiday REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_holiday_delete_22cc1();
COMMENT ON TRIGGER pgtrigger_holiday_delete_22cc1 ON public.schedules_calendarholiday IS '8ed5160484d1dd102dbe202bb043aa4984bda17e';
CREATE TRIGGER pgtrigger_holiday_insert_b136d AFTER INSERT ON public.schedules_calendarholiday REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_holiday_insert_b136d();
COMMENT ON TRIGGER pgtrigger_holiday_insert_b136d ON public.schedules_calendarholiday IS 'd204fc4ceea50125ec4bf015dbed05468a5c33fe';
CREATE TRIGGER pgtrigger_holiday_update_16a4e AFTER UPDATE ON public.schedules_calendarholiday REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_holiday_update_16a4e();
COMMENT ON TRIGGER pgtrigger_holiday_update_16a4e ON public.schedules_calendarholiday IS '5107bbb4eeb0343c84d97854889337c9f39c85b9';
CREATE TRIGGER pgtrigger_hours_delete_f5f8e AFTER DELETE ON public.schedules_calendarhours REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_hours_delete_f5f8e();
COMMENT ON TRIGGER pgtrigger_hours_delete_f5f8e ON public.schedules_calendarhours IS '80daa231606fc86487d251c58f8aac9cd2ac0c57';
CREATE TRIGGER pgtrigger_hours_insert_3e116 AFTER INSERT ON public.schedules_calendarhours REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_hours_insert_3e116();
COMMENT ON TRIGGER pgtrigger_hours_insert_3e116 ON public.schedules_calendarhours IS '2ceb2bf252132be807547991ed80e8169953ff60';
CREATE TRIGGER pgtrigger_hours_update_7c700 AFTER UPDATE ON public.schedules_calendarhours REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_hours_update_7c700();
COMMENT ON TRIGGER pgtrigger_hours_update_7c700 ON public.schedules_calendarhours IS 'ceeadc57c0732df22228af53434cb771f555c8d4';
CREATE TRIGGER pgtrigger_location_calendar_revision_9ebb3 AFTER INSERT OR DELETE OR UPDATE ON public.sla_locationcalendar FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_location_calendar_revision_9ebb3();
COMMENT ON TRIGGER pgtrigger_location_calendar_revision_9ebb3 ON public.sla_locationcalendar IS '4b853de175fa48ee8037ef5a01b4e501ad389c1d';
CREATE TRIGGER pgtrigger_major_rule_revision_cc3cc AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorrule FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_major_rule_revision_cc3cc();
COMMENT ON TRIGGER pgtrigger_major_rule_revision_cc3cc ON public.incidents_majorrule IS '8df790027b51d630f35b002353cbceb792f9af6d';
CREATE TRIGGER pgtrigger_new_version_1a9a0 BEFORE UPDATE ON public.schedules_calendar FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_new_version_1a9a0();
COMMENT ON TRIGGER pgtrigger_new_version_1a9a0 ON public.schedules_calendar IS '056ec4ec53ac6c136695026bcf3a865ad3689b2b';
CREATE TRIGGER pgtrigger_no_truncate_00834 BEFORE TRUNCATE ON public.core_rowchange FOR EACH STATEMENT EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_no_truncate_00834 ON public.core_rowchange IS 'ae7bf4019659d91bb77cb1274abb66ad31ce41a2';
CREATE TRIGGER pgtrigger_no_truncate_154c1 BEFORE TRUNCATE ON public.core_auditlog FOR EACH STATEMENT EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_no_truncate_154c1 ON public.core_auditlog IS '3de0165cd6d48a21d920e133630f88ce8709d91d';
CREATE TRIGGER pgtrigger_no_truncate_a9190 BEFORE TRUNCATE ON public.core_seal FOR EACH STATEMENT EXECUTE FUNCTION public.core_refuse_change();
COMMENT ON TRIGGER pgtrigger_no_truncate_a9190 ON public.core_seal IS '2ae2022c473c9573e5e0758cd5625d167e8ecace';
CREATE TRIGGER pgtrigger_priority_revision_79e3f AFTER INSERT OR DELETE OR UPDATE ON public.tickets_priorityrow FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_priority_revision_79e3f();
COMMENT ON TRIGGER pgtrigger_priority_revision_79e3f ON public.tickets_priorityrow IS 'f0002dc91c36c39c6d359668871821354e2356a8';
CREATE TRIGGER pgtrigger_published_is_final_f06af BEFORE UPDATE ON public.sla_sladefinition FOR EACH ROW WHEN ((NOT ((old.status)::text = 'draft'::text))) EXECUTE FUNCTION public.pgtrigger_published_is_final_f06af();
COMMENT ON TRIGGER pgtrigger_published_is_final_f06af ON public.sla_sladefinition IS 'fa76e44b7f6f8c80b719308999dc5fc9b75c1be8';
CREATE TRIGGER pgtrigger_published_is_immutable_5587e BEFORE DELETE OR UPDATE ON public.workflows_flowversion FOR EACH ROW WHEN (((old.status)::text = ANY (ARRAY[('published'::character varying)::text, ('retired'::character varying)::text]))) EXECUTE FUNCTION public.pgtrigger_published_is_immutable_5587e();
COMMENT ON TRIGGER pgtrigger_published_is_immutable_5587e ON public.workflows_flowversion IS '4d8e0e8b4dfc29d69212a62fec284d9e76230cba';
CREATE TRIGGER pgtrigger_published_is_immutable_ebc17 BEFORE DELETE OR UPDATE ON public.catalog_catalogitemversion FOR EACH ROW WHEN (((old.status)::text = ANY (ARRAY[('published'::character varying)::text, ('retired'::character varying)::text]))) EXECUTE FUNCTION public.pgtrigger_published_is_immutable_ebc17();
COMMENT ON TRIGGER pgtrigger_published_is_immutable_ebc17 ON public.catalog_catalogitemversion IS '85c55da7343811c40628cba60da683d5fd435e58';
CREATE TRIGGER pgtrigger_published_stays_c030b BEFORE DELETE ON public.sla_sladefinition FOR EACH ROW WHEN ((NOT ((old.status)::text = 'draft'::text))) EXECUTE FUNCTION public.pgtrigger_published_stays_c030b();
COMMENT ON TRIGGER pgtrigger_published_stays_c030b ON public.sla_sladefinition IS '112f762cc30801034b6be1e84925c0b3f3bfeb9f';
CREATE TRIGGER pgtrigger_renew_holders_9ea59 AFTER UPDATE OF grants, needs_second_factor ON public.accounts_role FOR EACH ROW WHEN (((old.grants IS DISTINCT FROM new.grants) OR (old.needs_second_factor IS DISTINCT FROM new.needs_second_factor))) EXECUTE FUNCTION public.pgtrigger_renew_holders_9ea59();
COMMENT ON TRIGGER pgtrigger_renew_holders_9ea59 ON public.accounts_role IS '2fca8a238bfc4f731322c55134864f15a30ef063';
CREATE TRIGGER pgtrigger_renew_when_assigned_0d31b AFTER INSERT OR DELETE ON public.accounts_roleassignment FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_renew_when_assigned_0d31b();
COMMENT ON TRIGGER pgtrigger_renew_when_assigned_0d31b ON public.accounts_roleassignment IS 'eee80dff44c4e5ff795fc98067784e9e5bf3f662';
CREATE TRIGGER pgtrigger_request_end_is_final_cc481 BEFORE DELETE OR UPDATE ON public.approvals_approvalrequest FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_request_end_is_final_cc481();
COMMENT ON TRIGGER pgtrigger_request_end_is_final_cc481 ON public.approvals_approvalrequest IS '2ef6fc7a664d3ea1e2804456d5b7cd0d54244054';
CREATE TRIGGER pgtrigger_row_history_005d1 AFTER INSERT OR DELETE OR UPDATE ON public.workflows_flowhook FOR EACH ROW EXECUTE FUNCTION public.core_note_change('workflows_flow', 'id', 'flow_id', 'sealed,previous_sealed', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_005d1 ON public.workflows_flowhook IS '3de6c0bbbe7a198a2455dd956a86509b9c6899a5';
CREATE TRIGGER pgtrigger_row_history_03479 AFTER INSERT OR DELETE OR UPDATE ON public.workflows_flow FOR EACH ROW EXECUTE FUNCTION public.core_note_change('workflows_flow', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_03479 ON public.workflows_flow IS 'c43935cf9fe3bccffbba6a68652231db87edb3fb';
CREATE TRIGGER pgtrigger_row_history_07227 AFTER INSERT OR DELETE OR UPDATE ON public.connectors_connectorsecret FOR EACH ROW EXECUTE FUNCTION public.core_note_change('connectors_connector', 'id', 'connector_id', 'sealed', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_07227 ON public.connectors_connectorsecret IS '7f822f86f97da59e286e79a41adbc392e9b248ee';
CREATE TRIGGER pgtrigger_row_history_08dc4 AFTER INSERT OR DELETE OR UPDATE ON public.macros_macro FOR EACH ROW EXECUTE FUNCTION public.core_note_change('macros_macro', 'id', 'id', '', 'updated_at,lock_version,uses,used_at', '');
COMMENT ON TRIGGER pgtrigger_row_history_08dc4 ON public.macros_macro IS '50187c0b68971923998cfb170493089c50789bee';
CREATE TRIGGER pgtrigger_row_history_08faa AFTER INSERT OR DELETE OR UPDATE ON public.tickets_ticket FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'id', '', 'updated_at,lock_version', 'bigram');
COMMENT ON TRIGGER pgtrigger_row_history_08faa ON public.tickets_ticket IS 'fd17cec13390353d28013745c04e2f419a2fa2c7';
CREATE TRIGGER pgtrigger_row_history_0add3 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_timeentry FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'ticket_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_0add3 ON public.tickets_timeentry IS '4bd73e7185ae4f58d86d88cecc3e5ef64e8f2df2';
CREATE TRIGGER pgtrigger_row_history_0f76d AFTER INSERT OR DELETE OR UPDATE ON public.problems_factor FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'problem_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_0f76d ON public.problems_factor IS 'cf1290d20f08bbce326a29802f0e5f0fce3c87f8';
CREATE TRIGGER pgtrigger_row_history_10bdb AFTER INSERT OR DELETE OR UPDATE ON public.catalog_request FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_10bdb ON public.catalog_request IS 'a49848ab77f5f46696ab7c65797a437b3a0423d4';
CREATE TRIGGER pgtrigger_row_history_13f57 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_ticketci FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'ticket_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_13f57 ON public.tickets_ticketci IS '0b260381f92c4d61f7b0ce8a5196b0e64234b5ee';
CREATE TRIGGER pgtrigger_row_history_1714b AFTER INSERT OR DELETE OR UPDATE ON public.cmdb_ci FOR EACH ROW EXECUTE FUNCTION public.core_note_change('cmdb_ci', 'id', 'id', '', 'updated_at,lock_version', 'bigram');
COMMENT ON TRIGGER pgtrigger_row_history_1714b ON public.cmdb_ci IS '1c626a352c446a86b98ccd42ca3a64b317384ef3';
CREATE TRIGGER pgtrigger_row_history_17a8c AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorrule FOR EACH ROW EXECUTE FUNCTION public.core_note_change('incidents_majorrule', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_17a8c ON public.incidents_majorrule IS '8037b9b018524b0c22dcbd97a27a151d02563098';
CREATE TRIGGER pgtrigger_row_history_22ce5 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_department FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_department', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_22ce5 ON public.accounts_department IS '81962bcc6d6054d8324f8f567bcce02c9b0fe856';
CREATE TRIGGER pgtrigger_row_history_2b2e5 AFTER INSERT OR DELETE OR UPDATE ON public.catalog_catalogitemversion FOR EACH ROW EXECUTE FUNCTION public.core_note_change('catalog_catalogitem', 'id', 'item_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_2b2e5 ON public.catalog_catalogitemversion IS '90343c15156bd2af465df3180e2556536db7ef8b';
CREATE TRIGGER pgtrigger_row_history_2c255 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_membership FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_group', 'id', 'group_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_2c255 ON public.accounts_membership IS '1a7a3d90ab50c35d27683452810815c7d0cbace4';
CREATE TRIGGER pgtrigger_row_history_31ae4 AFTER INSERT OR DELETE OR UPDATE ON public.problems_bonename FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'problem_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_31ae4 ON public.problems_bonename IS '4e1740ef3ad29b8a190c1d29c72a2ebe51919588';
CREATE TRIGGER pgtrigger_row_history_3336e AFTER INSERT OR DELETE OR UPDATE ON public.tickets_transitionrule FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_transitionrule', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_3336e ON public.tickets_transitionrule IS 'd84bf1794dfc9b076de537a901f41b6c21b47c8f';
CREATE TRIGGER pgtrigger_row_history_33a44 AFTER INSERT OR DELETE OR UPDATE ON public.catalog_category FOR EACH ROW EXECUTE FUNCTION public.core_note_change('catalog_category', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_33a44 ON public.catalog_category IS '4219119d3320dd6d987f7220ddb7ea373aabc068';
CREATE TRIGGER pgtrigger_row_history_355da AFTER INSERT OR DELETE OR UPDATE ON public.accounts_user FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_user', 'id', 'id', 'password', 'updated_at,lock_version,last_login', '');
COMMENT ON TRIGGER pgtrigger_row_history_355da ON public.accounts_user IS '8b28f411856000567236a1b113d0471fc8ff3ce6';
CREATE TRIGGER pgtrigger_row_history_3595c AFTER INSERT OR DELETE OR UPDATE ON public.sla_cicalendar FOR EACH ROW EXECUTE FUNCTION public.core_note_change('cmdb_ci', 'id', 'ci_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_3595c ON public.sla_cicalendar IS '278a6f636ff64d0d52fa52159fba92ddd05fafb7';
CREATE TRIGGER pgtrigger_row_history_390b5 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_role FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_role', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_390b5 ON public.accounts_role IS '75bfc585cc31b3e0bcec62a78ee5d9f435d1414d';
CREATE TRIGGER pgtrigger_row_history_3b655 AFTER INSERT OR DELETE OR UPDATE ON public.catalog_catalogitem FOR EACH ROW EXECUTE FUNCTION public.core_note_change('catalog_catalogitem', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_3b655 ON public.catalog_catalogitem IS '7713602c6d414419223645f9b81f7363740cb293';
CREATE TRIGGER pgtrigger_row_history_3f2fc AFTER INSERT OR DELETE OR UPDATE ON public.webhooks_webhooksecret FOR EACH ROW EXECUTE FUNCTION public.core_note_change('webhooks_webhook', 'id', 'webhook_id', 'sealed', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_3f2fc ON public.webhooks_webhooksecret IS '43ac7c15261bbf398a70d53209a2d282a9c1c34d';
CREATE TRIGGER pgtrigger_row_history_413e7 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_group FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_group', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_413e7 ON public.accounts_group IS '7672d08aea816cf3f1c61da534edf3d3ec153fd1';
CREATE TRIGGER pgtrigger_row_history_422d1 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_calendarholiday FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_calendar', 'id', 'calendar_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_422d1 ON public.schedules_calendarholiday IS '55ecf0cc0a4da1e6f2938f77f9ad6f15c3e0256f';
CREATE TRIGGER pgtrigger_row_history_4986f AFTER INSERT OR DELETE OR UPDATE ON public.tickets_survey FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'ticket_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_4986f ON public.tickets_survey IS '0c85b39897de56033d2a09035f9a7714e3f625dd';
CREATE TRIGGER pgtrigger_row_history_49ce4 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_calendarlink FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_calendarlink', 'id', 'id', 'token_hash', 'updated_at,lock_version,last_used_at', '');
COMMENT ON TRIGGER pgtrigger_row_history_49ce4 ON public.schedules_calendarlink IS '8812c5b979cd0790dc80968fd2b1c03f83f4a2cd';
CREATE TRIGGER pgtrigger_row_history_4a959 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorupdate FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'incident_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_4a959 ON public.incidents_majorupdate IS 'f1a1b7f686cb0b06379279dc7bb22a3acfbb217f';
CREATE TRIGGER pgtrigger_row_history_4d1bf AFTER INSERT OR DELETE OR UPDATE ON public.problems_telling FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'problem_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_4d1bf ON public.problems_telling IS '673542671d8616bdbed52ecad7ff868b8a8eb949';
CREATE TRIGGER pgtrigger_row_history_4d5ad AFTER INSERT OR DELETE OR UPDATE ON public.tickets_checklistitem FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'ticket_id', '', 'updated_at,lock_version,position', '');
COMMENT ON TRIGGER pgtrigger_row_history_4d5ad ON public.tickets_checklistitem IS '060357a469b07b3947fbb2ca2634944c32670507';
CREATE TRIGGER pgtrigger_row_history_4e4ce AFTER INSERT OR DELETE OR UPDATE ON public.schedules_calendar FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_calendar', 'id', 'id', '', 'updated_at,lock_version,version,stamp', '');
COMMENT ON TRIGGER pgtrigger_row_history_4e4ce ON public.schedules_calendar IS 'b891424d2350b1a422e30682f279952cdeb543e3';
CREATE TRIGGER pgtrigger_row_history_502c0 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majortodo FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'incident_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_502c0 ON public.incidents_majortodo IS 'dc5eadd9c9b2ad1c6ae5a0d47027c4d41e68b3e5';
CREATE TRIGGER pgtrigger_row_history_53690 AFTER INSERT OR DELETE OR UPDATE ON public.core_attachment FOR EACH ROW EXECUTE FUNCTION public.core_note_change('core_attachment', 'id', 'id', '', 'attached,scan_status', '');
COMMENT ON TRIGGER pgtrigger_row_history_53690 ON public.core_attachment IS '8cf91fd253fc0e24e6a918b4b75439bdb2c3f54d';
CREATE TRIGGER pgtrigger_row_history_61843 AFTER INSERT OR DELETE OR UPDATE ON public.webhooks_webhook FOR EACH ROW EXECUTE FUNCTION public.core_note_change('webhooks_webhook', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_61843 ON public.webhooks_webhook IS 'a99e56de4029e80c7ff1f967066055394556fdda';
CREATE TRIGGER pgtrigger_row_history_654e3 AFTER INSERT OR DELETE OR UPDATE ON public.sla_locationcalendar FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_location', 'id', 'location_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_654e3 ON public.sla_locationcalendar IS '73e16dda41b810ddd1f85bfd83636865133a3836';
CREATE TRIGGER pgtrigger_row_history_67eb6 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorroom FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'incident_id', '', 'updated_at,lock_version,alerted_for,late_updates', '');
COMMENT ON TRIGGER pgtrigger_row_history_67eb6 ON public.incidents_majorroom IS 'e6efead34580e0d9706123b8cb62e00edbbc9dd6';
CREATE TRIGGER pgtrigger_row_history_6c5b4 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorreview FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'incident_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_6c5b4 ON public.incidents_majorreview IS '6b717d6612556ba51951e57b7abb3b1971a1ff48';
CREATE TRIGGER pgtrigger_row_history_6dfbd AFTER INSERT OR DELETE OR UPDATE ON public.accounts_apitoken FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_apitoken', 'id', 'id', 'secret_hash,former_hash', 'updated_at,lock_version,last_used_at', '');
COMMENT ON TRIGGER pgtrigger_row_history_6dfbd ON public.accounts_apitoken IS '987306c994e7ce153fc07d183f6d46db3290424d';
CREATE TRIGGER pgtrigger_row_history_73ee3 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_incident FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_73ee3 ON public.incidents_incident IS 'd0bad36a2808893da2a993e3de2174e1732bee20';
CREATE TRIGGER pgtrigger_row_history_74164 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_calendarexception FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_calendar', 'id', 'calendar_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_74164 ON public.schedules_calendarexception IS 'b5f1daf9eb5cf8b009d52207bb47da852b8b0c8d';
CREATE TRIGGER pgtrigger_row_history_7857e AFTER INSERT OR DELETE OR UPDATE ON public.notifications_notificationtemplate FOR EACH ROW EXECUTE FUNCTION public.core_note_change('notifications_notificationtemplate', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_7857e ON public.notifications_notificationtemplate IS '86207e7b60bf2db96276164100255967617e5243';
CREATE TRIGGER pgtrigger_row_history_7dc23 AFTER INSERT OR DELETE OR UPDATE ON public.sla_sladefinition FOR EACH ROW EXECUTE FUNCTION public.core_note_change('sla_sladefinition', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_7dc23 ON public.sla_sladefinition IS 'c50ac0362d7627e22506b16ad6b4dc9aadaf9013';
CREATE TRIGGER pgtrigger_row_history_810c8 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_rotamember FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_rotalayer', 'id', 'layer_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_810c8 ON public.schedules_rotamember IS '783dab9ebc5235f8954a423d12f9ee3dc0668caf';
CREATE TRIGGER pgtrigger_row_history_86f82 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_location FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_location', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_86f82 ON public.accounts_location IS '49a36b33bc2e04282704da981860cb79b5b7c33a';
CREATE TRIGGER pgtrigger_row_history_87bb3 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_ticketlink FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'source_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_87bb3 ON public.tickets_ticketlink IS '37d3dfd763556e43647c012234065900ff3656b0';
CREATE TRIGGER pgtrigger_row_history_88f27 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_merge FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'source_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_88f27 ON public.tickets_merge IS '1f7f0d8bbf0323f61ad8e7286ff98b4f1ffd94dd';
CREATE TRIGGER pgtrigger_row_history_8b770 AFTER INSERT OR DELETE OR UPDATE ON public.cmdb_ciclass FOR EACH ROW EXECUTE FUNCTION public.core_note_change('cmdb_ciclass', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_8b770 ON public.cmdb_ciclass IS '510a467bbd2a711718ba334d290b78a3645dc4e8';
CREATE TRIGGER pgtrigger_row_history_8bbb8 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorproposal FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'incident_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_8bbb8 ON public.incidents_majorproposal IS 'e8b82ec863d2aa1c114557941080cfb2cf408b8c';
CREATE TRIGGER pgtrigger_row_history_8e3d3 AFTER INSERT OR DELETE OR UPDATE ON public.workflows_flowscenario FOR EACH ROW EXECUTE FUNCTION public.core_note_change('workflows_flow', 'id', 'flow_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_8e3d3 ON public.workflows_flowscenario IS 'df6400d149d413e991c57ae355e2b52aeb93a8b5';
CREATE TRIGGER pgtrigger_row_history_90957 AFTER INSERT OR DELETE OR UPDATE ON public.approvals_delegation FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_user', 'id', 'user_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_90957 ON public.approvals_delegation IS '018e162f8c396518dd071bd926cae068d7e94c11';
CREATE TRIGGER pgtrigger_row_history_9670b AFTER INSERT OR DELETE OR UPDATE ON public.schedules_calendarhours FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_calendar', 'id', 'calendar_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_9670b ON public.schedules_calendarhours IS 'f87fb61ab43c64829e40ef6702fde5631b30914e';
CREATE TRIGGER pgtrigger_row_history_969af AFTER INSERT OR DELETE OR UPDATE ON public.tickets_assignmentrule FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_assignmentrule', 'id', 'id', '', 'updated_at,lock_version,last_user_id', '');
COMMENT ON TRIGGER pgtrigger_row_history_969af ON public.tickets_assignmentrule IS 'b98d8f3f59f1352bde0df497b80d100da01435f0';
CREATE TRIGGER pgtrigger_row_history_9abd6 AFTER INSERT OR DELETE OR UPDATE ON public.connectors_connector FOR EACH ROW EXECUTE FUNCTION public.core_note_change('connectors_connector', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_9abd6 ON public.connectors_connector IS '4f63826c473ad51864cf6075d7e6b1d09210933f';
CREATE TRIGGER pgtrigger_row_history_9b00a AFTER INSERT OR DELETE OR UPDATE ON public.accounts_roleassignment FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_user', 'id', 'user_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_9b00a ON public.accounts_roleassignment IS 'f64976125b8e8603b3be7d40e561101920f842fb';
CREATE TRIGGER pgtrigger_row_history_9cdec AFTER INSERT OR DELETE OR UPDATE ON public.approvals_approvalrequest FOR EACH ROW EXECUTE FUNCTION public.core_note_change('approvals_approvalrequest', 'id', 'id', '', 'updated_at,lock_version,next_fire_at,fired', '');
COMMENT ON TRIGGER pgtrigger_row_history_9cdec ON public.approvals_approvalrequest IS 'd72b9ab053f2ec941e4ac5d4a5e571e243fcdb2d';
CREATE TRIGGER pgtrigger_row_history_9d963 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_groupcalendar FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_group', 'id', 'group_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_9d963 ON public.schedules_groupcalendar IS 'b486e130cabac6c95917e5f75deb43339bb9bf0c';
CREATE TRIGGER pgtrigger_row_history_a03d0 AFTER INSERT OR DELETE OR UPDATE ON public.scheduled_ticketschedule FOR EACH ROW EXECUTE FUNCTION public.core_note_change('scheduled_ticketschedule', 'id', 'id', '', 'updated_at,lock_version,next_at', '');
COMMENT ON TRIGGER pgtrigger_row_history_a03d0 ON public.scheduled_ticketschedule IS 'c3c5263cffd5c7e2a7b6bd030ed0e95d88c9c3ce';
CREATE TRIGGER pgtrigger_row_history_a6989 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_watcher FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'ticket_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_a6989 ON public.tickets_watcher IS '6246b1d8a2e945245214597136e0be526b9bc11e';
CREATE TRIGGER pgtrigger_row_history_affea AFTER INSERT OR DELETE OR UPDATE ON public.incidents_majorseat FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'incident_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_affea ON public.incidents_majorseat IS '4f1d34edf507d2e12d3dfa30d46342205bcc8258';
CREATE TRIGGER pgtrigger_row_history_b1681 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_rotalayer FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_rota', 'id', 'rota_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_b1681 ON public.schedules_rotalayer IS 'c1b26e8a8d8502c3125779fcc4dfcc41ad173af9';
CREATE TRIGGER pgtrigger_row_history_b2dcb AFTER INSERT OR DELETE OR UPDATE ON public.catalog_catalogtask FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_b2dcb ON public.catalog_catalogtask IS '66ac399ddfdc251c2d17b74607a2f470c1781a02';
CREATE TRIGGER pgtrigger_row_history_b30b5 AFTER INSERT OR DELETE OR UPDATE ON public.core_setting FOR EACH ROW EXECUTE FUNCTION public.core_note_change('core_setting', 'id', 'id', '', 'updated_at', '');
COMMENT ON TRIGGER pgtrigger_row_history_b30b5 ON public.core_setting IS 'b678bd91d133c46b445d88ec651c9aa2583c4161';
CREATE TRIGGER pgtrigger_row_history_bbf1d AFTER INSERT OR DELETE OR UPDATE ON public.notifications_notificationpreference FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_user', 'id', 'user_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_bbf1d ON public.notifications_notificationpreference IS '270bd3b1ddaa6e99471182c0539255d904526f45';
CREATE TRIGGER pgtrigger_row_history_bf277 AFTER INSERT OR DELETE OR UPDATE ON public.desk_savedview FOR EACH ROW EXECUTE FUNCTION public.core_note_change('desk_savedview', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_bf277 ON public.desk_savedview IS 'f31a02a5d94ef3f0c3b83680fc12efc1a29593e0';
CREATE TRIGGER pgtrigger_row_history_c28c9 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_rota FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_rota', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_c28c9 ON public.schedules_rota IS 'ff9028e10a851958ae587f96e25ae7b7a29e9702';
CREATE TRIGGER pgtrigger_row_history_c3785 AFTER INSERT OR DELETE OR UPDATE ON public.accounts_company FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_company', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_c3785 ON public.accounts_company IS 'bb7afa57e679b9e787c3754965cd478d2c5c01ba';
CREATE TRIGGER pgtrigger_row_history_c81d0 AFTER INSERT OR DELETE OR UPDATE ON public.problems_problem FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_c81d0 ON public.problems_problem IS '46e5c356a7fd22812de8180c6643fee62cbff295';
CREATE TRIGGER pgtrigger_row_history_d2282 AFTER INSERT OR DELETE OR UPDATE ON public.workflows_flowversion FOR EACH ROW EXECUTE FUNCTION public.core_note_change('workflows_flow', 'id', 'flow_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_d2282 ON public.workflows_flowversion IS 'cc09646550a024598a61c5897a9d850390aea603';
CREATE TRIGGER pgtrigger_row_history_d4c12 AFTER INSERT OR DELETE OR UPDATE ON public.problems_problemtask FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_d4c12 ON public.problems_problemtask IS '8e1c10aacfc96384c5557b8860ba3212ca522a63';
CREATE TRIGGER pgtrigger_row_history_d539e AFTER INSERT OR DELETE OR UPDATE ON public.notifications_notificationhours FOR EACH ROW EXECUTE FUNCTION public.core_note_change('accounts_user', 'id', 'user_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_d539e ON public.notifications_notificationhours IS 'f56ec6e3d3516a315385fdc933a02e675a5aa560';
CREATE TRIGGER pgtrigger_row_history_dac40 AFTER INSERT OR DELETE OR UPDATE ON public.incidents_incidenttask FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_dac40 ON public.incidents_incidenttask IS '3cca513e66057ee1b6a04687afb384bb6e6385ca';
CREATE TRIGGER pgtrigger_row_history_df0a3 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_ticketattachment FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'ticket_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_df0a3 ON public.tickets_ticketattachment IS 'a4cdf269e04e3022e5601460e2a8bae7e1a277c5';
CREATE TRIGGER pgtrigger_row_history_eaf42 AFTER INSERT OR DELETE OR UPDATE ON public.approvals_approval FOR EACH ROW EXECUTE FUNCTION public.core_note_change('approvals_approvalrequest', 'id', 'request_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_eaf42 ON public.approvals_approval IS '9eeea0af8d3db7582449a96cf4bb099ed4e8a4c2';
CREATE TRIGGER pgtrigger_row_history_ec7c1 AFTER INSERT OR DELETE OR UPDATE ON public.catalog_requestitem FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'ticket_ptr_id', 'ticket_ptr_id', '', '', '');
COMMENT ON TRIGGER pgtrigger_row_history_ec7c1 ON public.catalog_requestitem IS '1c85451ba5be08274efeb0681a7d7af5bde52f40';
CREATE TRIGGER pgtrigger_row_history_f126b AFTER INSERT OR DELETE OR UPDATE ON public.problems_why FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_ticket', 'id', 'problem_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_f126b ON public.problems_why IS '8882727607b41097a3635d2fd411129b1f51b815';
CREATE TRIGGER pgtrigger_row_history_f26e1 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_priorityrow FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_priorityrow', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_f26e1 ON public.tickets_priorityrow IS 'da6da39205e3188b67cde52a7df6674c3a325bf5';
CREATE TRIGGER pgtrigger_row_history_f94e6 AFTER INSERT OR DELETE OR UPDATE ON public.schedules_rotaoverride FOR EACH ROW EXECUTE FUNCTION public.core_note_change('schedules_rota', 'id', 'rota_id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_f94e6 ON public.schedules_rotaoverride IS '749d0c80bcdf0140829618cf11123693ee60c229';
CREATE TRIGGER pgtrigger_row_history_fcccd AFTER INSERT OR DELETE OR UPDATE ON public.handovers_handover FOR EACH ROW EXECUTE FUNCTION public.core_note_change('handovers_handover', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_fcccd ON public.handovers_handover IS '1c680c1bdb237c8c663d36826131a79e7a4b6473';
CREATE TRIGGER pgtrigger_row_history_ff0a7 AFTER INSERT OR DELETE OR UPDATE ON public.tickets_fielddefinition FOR EACH ROW EXECUTE FUNCTION public.core_note_change('tickets_fielddefinition', 'id', 'id', '', 'updated_at,lock_version', '');
COMMENT ON TRIGGER pgtrigger_row_history_ff0a7 ON public.tickets_fielddefinition IS '59a7aaa06b662a1ed1d085d385320eb680d2db47';
CREATE TRIGGER pgtrigger_run_end_is_final_bbacb BEFORE UPDATE ON public.workflows_flowrun FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_run_end_is_final_bbacb();
COMMENT ON TRIGGER pgtrigger_run_end_is_final_bbacb ON public.workflows_flowrun IS 'b0d270afe2fea6e4bbb125aeca90299a8fef58e1';
CREATE TRIGGER pgtrigger_sla_revision_9a9f0 AFTER INSERT OR DELETE OR UPDATE ON public.sla_sladefinition FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_sla_revision_9a9f0();
COMMENT ON TRIGGER pgtrigger_sla_revision_9a9f0 ON public.sla_sladefinition IS '1d6ea86fb057995c4325dbfe4985ab922602c772';
CREATE TRIGGER pgtrigger_step_end_is_final_d9943 BEFORE UPDATE ON public.workflows_flowstep FOR EACH ROW EXECUTE FUNCTION public.pgtrigger_step_end_is_final_d9943();
COMMENT ON TRIGGER pgtrigger_step_end_is_final_d9943 ON public.workflows_flowstep IS '1eca33f73a4867d1eceb62d73a09b5e3c19b451e';
CREATE TRIGGER pgtrigger_ticket_is_open_5912d BEFORE INSERT OR UPDATE ON public.sla_clock FOR EACH ROW WHEN (((new.stage)::text = ANY (ARRAY[('in_progress'::character varying)::text, ('paused'::character varying)::text]))) EXECUTE FUNCTION public.pgtrigger_ticket_is_open_5912d();
COMMENT ON TRIGGER pgtrigger_ticket_is_open_5912d ON public.sla_clock IS '07d4aa53dd756d1a39b71b2b75585364d5c7cf3a';
CREATE TRIGGER pgtrigger_webhook_revision_48a17 AFTER INSERT OR DELETE OR UPDATE OF events, enabled ON public.webhooks_webhook FOR EACH STATEMENT EXECUTE FUNCTION public.pgtrigger_webhook_revision_48a17();
COMMENT ON TRIGGER pgtrigger_webhook_revision_48a17 ON public.webhooks_webhook IS '96cba98873167b237d04e4deb12d156fabe830d9';
CREATE CONSTRAINT TRIGGER sla_closed_ticket_has_no_open_clock AFTER UPDATE OF state_rank ON public.tickets_ticket DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.state_rank >= 90) AND (old.state_rank < 90))) EXECUTE FUNCTION public.sla_closed_ticket_has_no_open_clock();
CREATE CONSTRAINT TRIGGER tickets_assignee_is_a_member AFTER UPDATE OF group_id, assignee_id ON public.tickets_ticket DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.group_id IS NOT NULL) AND (new.assignee_id IS NOT NULL) AND ((new.group_id IS DISTINCT FROM old.group_id) OR (new.assignee_id IS DISTINCT FROM old.assignee_id)))) EXECUTE FUNCTION public.tickets_assignee_is_a_member();
CREATE CONSTRAINT TRIGGER tickets_new_assignee_is_a_member AFTER INSERT ON public.tickets_ticket DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.group_id IS NOT NULL) AND (new.assignee_id IS NOT NULL))) EXECUTE FUNCTION public.tickets_assignee_is_a_member();
CREATE CONSTRAINT TRIGGER tickets_parents_make_no_circle AFTER UPDATE OF parent_id ON public.tickets_ticket DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.parent_id IS NOT NULL) AND (new.parent_id IS DISTINCT FROM old.parent_id))) EXECUTE FUNCTION public.tickets_parents_make_no_circle();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_apitoken
    ADD CONSTRAINT accounts_apitoken_owner_id_68f7ece9_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_department
    ADD CONSTRAINT accounts_department_company_id_51470d70_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_department
    ADD CONSTRAINT accounts_department_head_id_d5b22056_fk_accounts_user_id FOREIGN KEY (head_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_department
    ADD CONSTRAINT accounts_department_parent_id_1cf3cf29_fk_accounts_ FOREIGN KEY (parent_id) REFERENCES public.accounts_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_group
    ADD CONSTRAINT accounts_group_company_id_ec5a69ea_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_group
    ADD CONSTRAINT accounts_group_manager_id_1228160d_fk_accounts_user_id FOREIGN KEY (manager_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_location
    ADD CONSTRAINT accounts_location_company_id_dc90bdf8_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_location
    ADD CONSTRAINT accounts_location_parent_id_13aec25a_fk_accounts_location_id FOREIGN KEY (parent_id) REFERENCES public.accounts_location(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_group_id_ae835a10_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_user_id_487fb39e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_role
    ADD CONSTRAINT accounts_role_company_id_d2986026_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_roleassignment
    ADD CONSTRAINT accounts_roleassignment_role_id_9ce8e4dd_fk_accounts_role_id FOREIGN KEY (role_id) REFERENCES public.accounts_role(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_roleassignment
    ADD CONSTRAINT accounts_roleassignment_user_id_ce5bcc18_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_user_id_d5aaed01_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_company_id_bc91fe74_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_department_id_8dc06840_fk_accounts_department_id FOREIGN KEY (department_id) REFERENCES public.accounts_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_location_id_ce1ce1cb_fk_accounts_location_id FOREIGN KEY (location_id) REFERENCES public.accounts_location(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_manager_id_57cc9038_fk_accounts_user_id FOREIGN KEY (manager_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.api_job
    ADD CONSTRAINT api_job_owner_id_52584b52_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.api_job
    ADD CONSTRAINT api_job_token_id_264b7cdb_fk_accounts_apitoken_id FOREIGN KEY (token_id) REFERENCES public.accounts_apitoken(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.api_jobitem
    ADD CONSTRAINT api_jobitem_job_id_205bff82_fk_api_job_id FOREIGN KEY (job_id) REFERENCES public.api_job(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_approver_id_24454ffa_fk_accounts_user_id FOREIGN KEY (approver_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_decided_by_id_16c3e602_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_delegate_id_6064552f_fk_accounts_user_id FOREIGN KEY (delegate_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_instead_of_id_3f7e41d5_fk_accounts_user_id FOREIGN KEY (instead_of_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_request_id_76ef66d8_fk_approvals FOREIGN KEY (request_id) REFERENCES public.approvals_approvalrequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approval
    ADD CONSTRAINT approvals_approval_via_group_id_31a15819_fk_accounts_group_id FOREIGN KEY (via_group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalre_company_id_3e723416_fk_accounts_ FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalre_decided_by_id_ef07eeb2_fk_accounts_ FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalre_previous_id_1067fbf0_fk_approvals FOREIGN KEY (previous_id) REFERENCES public.approvals_approvalrequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalre_requested_by_id_8bc46cdb_fk_accounts_ FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_approvalrequest
    ADD CONSTRAINT approvals_approvalre_ticket_id_3d451c47_fk_tickets_t FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_decisionlink
    ADD CONSTRAINT approvals_decisionli_approval_id_f2d70d99_fk_approvals FOREIGN KEY (approval_id) REFERENCES public.approvals_approval(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_decisionlink
    ADD CONSTRAINT approvals_decisionlink_user_id_e4d8d729_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_delegation
    ADD CONSTRAINT approvals_delegation_delegate_id_4f582066_fk_accounts_user_id FOREIGN KEY (delegate_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_delegation
    ADD CONSTRAINT approvals_delegation_user_id_bc8ce10e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_receivedmail
    ADD CONSTRAINT approvals_receivedma_approval_id_c4f5e105_fk_approvals FOREIGN KEY (approval_id) REFERENCES public.approvals_approval(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.approvals_receivedmail
    ADD CONSTRAINT approvals_receivedmail_person_id_a10fbd88_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogitem
    ADD CONSTRAINT catalog_catalogitem_category_id_cdb1d9c9_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogitem
    ADD CONSTRAINT catalog_catalogitem_company_id_a41b7811_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogitem
    ADD CONSTRAINT catalog_catalogitem_owner_group_id_8351a1ac_fk_accounts_ FOREIGN KEY (owner_group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogitemversion
    ADD CONSTRAINT catalog_catalogitemv_item_id_5ea7ecfa_fk_catalog_c FOREIGN KEY (item_id) REFERENCES public.catalog_catalogitem(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogitemversion
    ADD CONSTRAINT catalog_catalogitemv_published_by_id_6c1f6c5d_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogtask
    ADD CONSTRAINT catalog_catalogtask_ritm_id_1bbc655b_fk_catalog_r FOREIGN KEY (ritm_id) REFERENCES public.catalog_requestitem(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogtask
    ADD CONSTRAINT catalog_catalogtask_ticket_ptr_id_55686ec7_fk_tickets_ticket_id FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_company_id_431233c7_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_category
    ADD CONSTRAINT catalog_category_parent_id_f61bd017_fk_catalog_category_id FOREIGN KEY (parent_id) REFERENCES public.catalog_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_request
    ADD CONSTRAINT catalog_request_ticket_ptr_id_7279a5d1_fk_tickets_ticket_id FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_requestitem
    ADD CONSTRAINT catalog_requestitem_item_version_id_3cc04646_fk_catalog_c FOREIGN KEY (item_version_id) REFERENCES public.catalog_catalogitemversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_requestitem
    ADD CONSTRAINT catalog_requestitem_request_id_f40ffb3d_fk_catalog_r FOREIGN KEY (request_id) REFERENCES public.catalog_request(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_requestitem
    ADD CONSTRAINT catalog_requestitem_ticket_ptr_id_554f1d74_fk_tickets_ticket_id FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_assigned_to_id_07bf9943_fk_accounts_user_id FOREIGN KEY (assigned_to_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_ci_class_id_77d935b4_fk_cmdb_ciclass_id FOREIGN KEY (ci_class_id) REFERENCES public.cmdb_ciclass(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_company_id_9aef2c6f_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_location_id_9a3e201f_fk_accounts_location_id FOREIGN KEY (location_id) REFERENCES public.accounts_location(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_owner_id_05dbef41_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ci
    ADD CONSTRAINT cmdb_ci_support_group_id_a015b5bf_fk_accounts_group_id FOREIGN KEY (support_group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.cmdb_ciclass
    ADD CONSTRAINT cmdb_ciclass_parent_id_4f85ff92_fk_cmdb_ciclass_id FOREIGN KEY (parent_id) REFERENCES public.cmdb_ciclass(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connectors_callslot
    ADD CONSTRAINT connectors_callslot_connector_id_6ac32a46_fk_connector FOREIGN KEY (connector_id) REFERENCES public.connectors_connector(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connectors_connectorcall
    ADD CONSTRAINT connectors_connector_connector_id_a362b2a8_fk_connector FOREIGN KEY (connector_id) REFERENCES public.connectors_connector(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connectors_connectorsecret
    ADD CONSTRAINT connectors_connector_connector_id_a75c7ada_fk_connector FOREIGN KEY (connector_id) REFERENCES public.connectors_connector(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.core_delivery
    ADD CONSTRAINT core_delivery_event_id_b08c48a1_fk_core_outboxevent_id FOREIGN KEY (event_id) REFERENCES public.core_outboxevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.desk_bulkchange
    ADD CONSTRAINT desk_bulkchange_owner_id_e8103d55_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.desk_bulkchange
    ADD CONSTRAINT desk_bulkchange_undoes_id_05573709_fk_desk_bulkchange_id FOREIGN KEY (undoes_id) REFERENCES public.desk_bulkchange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.desk_savedview
    ADD CONSTRAINT desk_savedview_company_id_9341cd1d_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.desk_savedview
    ADD CONSTRAINT desk_savedview_group_id_c5951253_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.desk_savedview
    ADD CONSTRAINT desk_savedview_owner_id_a91b2850_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_celery_beat_periodictask
    ADD CONSTRAINT django_celery_beat_p_clocked_id_47a69f82_fk_django_ce FOREIGN KEY (clocked_id) REFERENCES public.django_celery_beat_clockedschedule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_celery_beat_periodictask
    ADD CONSTRAINT django_celery_beat_p_crontab_id_d3cba168_fk_django_ce FOREIGN KEY (crontab_id) REFERENCES public.django_celery_beat_crontabschedule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_celery_beat_periodictask
    ADD CONSTRAINT django_celery_beat_p_interval_id_a8ca27da_fk_django_ce FOREIGN KEY (interval_id) REFERENCES public.django_celery_beat_intervalschedule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_celery_beat_periodictask
    ADD CONSTRAINT django_celery_beat_p_solar_id_a87ce72c_fk_django_ce FOREIGN KEY (solar_id) REFERENCES public.django_celery_beat_solarschedule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.handovers_handover
    ADD CONSTRAINT handovers_handover_company_id_8d96b2db_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.handovers_handover
    ADD CONSTRAINT handovers_handover_group_id_9cf269e2_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.handovers_handover
    ADD CONSTRAINT handovers_handover_taken_by_id_68fd5d3e_fk_accounts_user_id FOREIGN KEY (taken_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.handovers_handover
    ADD CONSTRAINT handovers_handover_written_by_id_10540aa9_fk_accounts_user_id FOREIGN KEY (written_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.handovers_handovernote
    ADD CONSTRAINT handovers_handoverno_hand_over_id_40327549_fk_handovers FOREIGN KEY (hand_over_id) REFERENCES public.handovers_handover(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.handovers_handovernote
    ADD CONSTRAINT handovers_handovernote_ticket_id_dd7e8622_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_callerwait
    ADD CONSTRAINT incidents_callerwait_incident_id_c245373e_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_incident
    ADD CONSTRAINT incidents_incident_last_reopened_by_id_254474ed_fk_accounts_ FOREIGN KEY (last_reopened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_incident
    ADD CONSTRAINT incidents_incident_ticket_ptr_id_6522a16a_fk_tickets_ticket_id FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_incidenttask
    ADD CONSTRAINT incidents_incidentta_ticket_ptr_id_202d0a9d_fk_tickets_t FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorproposal
    ADD CONSTRAINT incidents_majorpropo_decided_by_id_78cfc1db_fk_accounts_ FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorproposal
    ADD CONSTRAINT incidents_majorpropo_incident_id_3e4ed9c4_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorproposal
    ADD CONSTRAINT incidents_majorpropo_proposed_by_id_135ac35e_fk_accounts_ FOREIGN KEY (proposed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorproposal
    ADD CONSTRAINT incidents_majorpropo_rule_id_5d59dbc8_fk_incidents FOREIGN KEY (rule_id) REFERENCES public.incidents_majorrule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorreview
    ADD CONSTRAINT incidents_majorrevie_finished_by_id_839d5d25_fk_accounts_ FOREIGN KEY (finished_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorreview
    ADD CONSTRAINT incidents_majorrevie_incident_id_b9493de9_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorroom
    ADD CONSTRAINT incidents_majorroom_accepted_by_id_c3b01dad_fk_accounts_user_id FOREIGN KEY (accepted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorroom
    ADD CONSTRAINT incidents_majorroom_incident_id_c6a72841_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorseat
    ADD CONSTRAINT incidents_majorseat_incident_id_fd56cb19_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorseat
    ADD CONSTRAINT incidents_majorseat_person_id_0c37248e_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majortodo
    ADD CONSTRAINT incidents_majortodo_done_by_id_926e43d5_fk_accounts_user_id FOREIGN KEY (done_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majortodo
    ADD CONSTRAINT incidents_majortodo_incident_id_bb922994_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majortodo
    ADD CONSTRAINT incidents_majortodo_owner_id_d770368d_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorupdate
    ADD CONSTRAINT incidents_majorupdat_incident_id_d7c1e389_fk_incidents FOREIGN KEY (incident_id) REFERENCES public.incidents_incident(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.incidents_majorupdate
    ADD CONSTRAINT incidents_majorupdate_author_id_5f8035c8_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.macros_macro
    ADD CONSTRAINT macros_macro_company_id_d878f79f_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.macros_macro
    ADD CONSTRAINT macros_macro_group_id_a9dde5a3_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.macros_macro
    ADD CONSTRAINT macros_macro_owner_id_0bf95e7b_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.macros_macro
    ADD CONSTRAINT macros_macro_to_group_id_fed65009_fk_accounts_group_id FOREIGN KEY (to_group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_digest
    ADD CONSTRAINT notifications_digest_user_id_01fcc33e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notifi_digest_id_c54845ff_fk_notificat FOREIGN KEY (digest_id) REFERENCES public.notifications_digest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notifi_ticket_id_422ab224_fk_tickets_t FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_notificationhours
    ADD CONSTRAINT notifications_notifi_user_id_4b877bd4_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_notificationpreference
    ADD CONSTRAINT notifications_notifi_user_id_7cfb3d3a_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_user_id_b5e8c0ff_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_oncallpage
    ADD CONSTRAINT notifications_oncall_acknowledged_by_id_5eedc01c_fk_accounts_ FOREIGN KEY (acknowledged_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_oncallpage
    ADD CONSTRAINT notifications_oncall_ticket_id_99c45cd2_fk_tickets_t FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_oncallpage
    ADD CONSTRAINT notifications_oncallpage_rota_id_39d92dcd_fk_schedules_rota_id FOREIGN KEY (rota_id) REFERENCES public.schedules_rota(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_pagedperson
    ADD CONSTRAINT notifications_pagedp_page_id_809bd75d_fk_notificat FOREIGN KEY (page_id) REFERENCES public.notifications_oncallpage(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_pagedperson
    ADD CONSTRAINT notifications_pagedperson_user_id_d695f7e4_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_bonename
    ADD CONSTRAINT problems_bonename_problem_id_01d7e142_fk_problems_ FOREIGN KEY (problem_id) REFERENCES public.problems_problem(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_ci_id_0154dd2e_fk_cmdb_ci_id FOREIGN KEY (ci_id) REFERENCES public.cmdb_ci(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_company_id_03c03559_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_decided_by_id_b31ca821_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_group_id_0f5cf0e6_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidate
    ADD CONSTRAINT problems_candidate_problem_id_9f26a148_fk_problems_ FOREIGN KEY (problem_id) REFERENCES public.problems_problem(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidatemember
    ADD CONSTRAINT problems_candidateme_candidate_id_a4428ae8_fk_problems_ FOREIGN KEY (candidate_id) REFERENCES public.problems_candidate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_candidatemember
    ADD CONSTRAINT problems_candidateme_incident_id_8ce78899_fk_tickets_t FOREIGN KEY (incident_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_factor
    ADD CONSTRAINT problems_factor_problem_id_8a9dd08c_fk_problems_ FOREIGN KEY (problem_id) REFERENCES public.problems_problem(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_problem
    ADD CONSTRAINT problems_problem_opened_for_id_2c4d744b_fk_tickets_ticket_id FOREIGN KEY (opened_for_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_problem
    ADD CONSTRAINT problems_problem_ticket_ptr_id_61006c30_fk_tickets_ticket_id FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_problemtask
    ADD CONSTRAINT problems_problemtask_ticket_ptr_id_772d3b0d_fk_tickets_t FOREIGN KEY (ticket_ptr_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_telling
    ADD CONSTRAINT problems_telling_incident_id_8f959412_fk_tickets_ticket_id FOREIGN KEY (incident_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_telling
    ADD CONSTRAINT problems_telling_problem_id_7aa32d74_fk_problems_ FOREIGN KEY (problem_id) REFERENCES public.problems_problem(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_why
    ADD CONSTRAINT problems_why_above_id_70c14491_fk_problems_why_id FOREIGN KEY (above_id) REFERENCES public.problems_why(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.problems_why
    ADD CONSTRAINT problems_why_problem_id_a0ca98fa_fk_problems_ FOREIGN KEY (problem_id) REFERENCES public.problems_problem(ticket_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_occurrence
    ADD CONSTRAINT scheduled_occurrence_schedule_id_4097bf87_fk_scheduled FOREIGN KEY (schedule_id) REFERENCES public.scheduled_ticketschedule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_occurrence
    ADD CONSTRAINT scheduled_occurrence_ticket_id_27d4e842_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketsche_company_id_d2647df1_fk_accounts_ FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketsche_requester_id_f1170233_fk_accounts_ FOREIGN KEY (requester_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketschedule_ci_id_74150927_fk_cmdb_ci_id FOREIGN KEY (ci_id) REFERENCES public.cmdb_ci(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketschedule_group_id_a64b5ad4_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.scheduled_ticketschedule
    ADD CONSTRAINT scheduled_ticketschedule_owner_id_3fbaa15a_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_calendarexception
    ADD CONSTRAINT schedules_calendarex_calendar_id_e2f78143_fk_schedules FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_calendarhours
    ADD CONSTRAINT schedules_calendarho_calendar_id_3c2ca33f_fk_schedules FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_calendarholiday
    ADD CONSTRAINT schedules_calendarho_calendar_id_4042b3c9_fk_schedules FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_calendarlink
    ADD CONSTRAINT schedules_calendarlink_owner_id_464c6b73_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_calendarlink
    ADD CONSTRAINT schedules_calendarlink_rota_id_e0edc2a3_fk_schedules_rota_id FOREIGN KEY (rota_id) REFERENCES public.schedules_rota(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_groupcalendar
    ADD CONSTRAINT schedules_groupcalen_calendar_id_6739c700_fk_schedules FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_groupcalendar
    ADD CONSTRAINT schedules_groupcalendar_group_id_75d2cde2_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rota
    ADD CONSTRAINT schedules_rota_group_id_82b46e82_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotalayer
    ADD CONSTRAINT schedules_rotalayer_rota_id_333319c8_fk_schedules_rota_id FOREIGN KEY (rota_id) REFERENCES public.schedules_rota(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotamember
    ADD CONSTRAINT schedules_rotamember_layer_id_43720dd0_fk_schedules FOREIGN KEY (layer_id) REFERENCES public.schedules_rotalayer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotamember
    ADD CONSTRAINT schedules_rotamember_user_id_ddd928d5_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotaoverride
    ADD CONSTRAINT schedules_rotaoverride_made_by_id_d65d4c0a_fk_accounts_user_id FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotaoverride
    ADD CONSTRAINT schedules_rotaoverride_person_id_480cfe9e_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.schedules_rotaoverride
    ADD CONSTRAINT schedules_rotaoverride_rota_id_4f4004a9_fk_schedules_rota_id FOREIGN KEY (rota_id) REFERENCES public.schedules_rota(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_cicalendar
    ADD CONSTRAINT sla_cicalendar_calendar_id_b6de99a3_fk_schedules_calendar_id FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_cicalendar
    ADD CONSTRAINT sla_cicalendar_ci_id_8a5f521f_fk_cmdb_ci_id FOREIGN KEY (ci_id) REFERENCES public.cmdb_ci(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clock
    ADD CONSTRAINT sla_clock_calendar_id_7294c5f8_fk_schedules_calendar_id FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clock
    ADD CONSTRAINT sla_clock_definition_id_09b76910_fk_sla_sladefinition_id FOREIGN KEY (definition_id) REFERENCES public.sla_sladefinition(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clock
    ADD CONSTRAINT sla_clock_ticket_id_0a036dca_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clockescalation
    ADD CONSTRAINT sla_clockescalation_clock_id_75131a3c_fk_sla_clock_id FOREIGN KEY (clock_id) REFERENCES public.sla_clock(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clockevent
    ADD CONSTRAINT sla_clockevent_clock_id_6b23ba1a_fk_sla_clock_id FOREIGN KEY (clock_id) REFERENCES public.sla_clock(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_clocksegment
    ADD CONSTRAINT sla_clocksegment_clock_id_fc517c05_fk_sla_clock_id FOREIGN KEY (clock_id) REFERENCES public.sla_clock(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_locationcalendar
    ADD CONSTRAINT sla_locationcalendar_calendar_id_03f706af_fk_schedules FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_locationcalendar
    ADD CONSTRAINT sla_locationcalendar_location_id_1c138999_fk_accounts_ FOREIGN KEY (location_id) REFERENCES public.accounts_location(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_sladefinition
    ADD CONSTRAINT sla_sladefinition_calendar_id_b7663386_fk_schedules_calendar_id FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_whatif
    ADD CONSTRAINT sla_whatif_asked_by_id_a3391789_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_whatif
    ADD CONSTRAINT sla_whatif_calendar_id_620edad2_fk_schedules_calendar_id FOREIGN KEY (calendar_id) REFERENCES public.schedules_calendar(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sla_whatif
    ADD CONSTRAINT sla_whatif_definition_id_f4adc0d2_fk_sla_sladefinition_id FOREIGN KEY (definition_id) REFERENCES public.sla_sladefinition(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_activity
    ADD CONSTRAINT tickets_activity_actor_id_204ec67a_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_activity
    ADD CONSTRAINT tickets_activity_ticket_id_0a003eeb_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_assignmentrule
    ADD CONSTRAINT tickets_assignmentrule_group_id_28552570_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_checklistitem
    ADD CONSTRAINT tickets_checklistite_created_by_id_7381f3d7_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_checklistitem
    ADD CONSTRAINT tickets_checklistitem_done_by_id_717fc3bd_fk_accounts_user_id FOREIGN KEY (done_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_checklistitem
    ADD CONSTRAINT tickets_checklistitem_ticket_id_c17c4cec_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_draft
    ADD CONSTRAINT tickets_draft_ticket_id_4d738b41_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_draft
    ADD CONSTRAINT tickets_draft_user_id_0c39dc9e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_heldreply
    ADD CONSTRAINT tickets_heldreply_author_id_e91486f1_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_heldreply
    ADD CONSTRAINT tickets_heldreply_ticket_id_af184fcd_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_by_id_042d5d6f_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_main_id_80fc9a4b_fk_tickets_ticket_id FOREIGN KEY (main_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_source_id_e8b8170e_fk_tickets_ticket_id FOREIGN KEY (source_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_target_id_ca18eaa8_fk_tickets_ticket_id FOREIGN KEY (target_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_merge
    ADD CONSTRAINT tickets_merge_undone_by_id_75bbc638_fk_accounts_user_id FOREIGN KEY (undone_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_survey
    ADD CONSTRAINT tickets_survey_group_id_aa6a2ade_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_survey
    ADD CONSTRAINT tickets_survey_person_id_e463ec81_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_survey
    ADD CONSTRAINT tickets_survey_ticket_id_c60c496f_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_assignee_id_3a5aa407_fk_accounts_user_id FOREIGN KEY (assignee_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_ci_id_757e8e26_fk_cmdb_ci_id FOREIGN KEY (ci_id) REFERENCES public.cmdb_ci(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_closed_by_id_e398ed81_fk_accounts_user_id FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_company_id_20adebe1_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_group_id_4c5eda1a_fk_accounts_group_id FOREIGN KEY (group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_location_id_5ecdf4f6_fk_accounts_location_id FOREIGN KEY (location_id) REFERENCES public.accounts_location(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_on_behalf_of_id_8499905a_fk_accounts_user_id FOREIGN KEY (on_behalf_of_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_opened_by_id_dc986186_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_parent_id_09dd967f_fk_tickets_ticket_id FOREIGN KEY (parent_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_requester_id_2072a2f2_fk_accounts_user_id FOREIGN KEY (requester_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticket
    ADD CONSTRAINT tickets_ticket_resolved_by_id_cfa18241_fk_accounts_user_id FOREIGN KEY (resolved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketattachment
    ADD CONSTRAINT tickets_ticketattach_activity_id_43b5b5bb_fk_tickets_a FOREIGN KEY (activity_id) REFERENCES public.tickets_activity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketattachment
    ADD CONSTRAINT tickets_ticketattach_attachment_id_12c838df_fk_core_atta FOREIGN KEY (attachment_id) REFERENCES public.core_attachment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketattachment
    ADD CONSTRAINT tickets_ticketattach_ticket_id_55842ab7_fk_tickets_t FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketci
    ADD CONSTRAINT tickets_ticketci_ci_id_7919aebe_fk_cmdb_ci_id FOREIGN KEY (ci_id) REFERENCES public.cmdb_ci(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketci
    ADD CONSTRAINT tickets_ticketci_ticket_id_54233b1b_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketlink
    ADD CONSTRAINT tickets_ticketlink_source_id_4ff17706_fk_tickets_ticket_id FOREIGN KEY (source_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_ticketlink
    ADD CONSTRAINT tickets_ticketlink_target_id_73a7d86d_fk_tickets_ticket_id FOREIGN KEY (target_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_tickettext
    ADD CONSTRAINT tickets_tickettext_ticket_id_e5ef7f4a_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_timeentry
    ADD CONSTRAINT tickets_timeentry_person_id_7d0a3bb5_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_timeentry
    ADD CONSTRAINT tickets_timeentry_ticket_id_ea54e4ed_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_transitionrule
    ADD CONSTRAINT tickets_transitionrule_role_id_a5b7af32_fk_accounts_role_id FOREIGN KEY (role_id) REFERENCES public.accounts_role(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_watcher
    ADD CONSTRAINT tickets_watcher_ticket_id_cf602ad7_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tickets_watcher
    ADD CONSTRAINT tickets_watcher_user_id_8c0a9e9c_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_company_id_bf83e0af_fk_accounts_company_id FOREIGN KEY (company_id) REFERENCES public.accounts_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_owner_id_fa512fda_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_run_as_id_3eb0d20b_fk_accounts_user_id FOREIGN KEY (run_as_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhookattempt
    ADD CONSTRAINT webhooks_webhookatte_delivery_id_c57db657_fk_webhooks_ FOREIGN KEY (delivery_id) REFERENCES public.webhooks_webhookdelivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhookdelivery
    ADD CONSTRAINT webhooks_webhookdeli_event_id_48da21e7_fk_core_outb FOREIGN KEY (event_id) REFERENCES public.core_outboxevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhookdelivery
    ADD CONSTRAINT webhooks_webhookdeli_webhook_id_195f5243_fk_webhooks_ FOREIGN KEY (webhook_id) REFERENCES public.webhooks_webhook(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhookpulse
    ADD CONSTRAINT webhooks_webhookpuls_webhook_id_aa1ec80f_fk_webhooks_ FOREIGN KEY (webhook_id) REFERENCES public.webhooks_webhook(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_webhooksecret
    ADD CONSTRAINT webhooks_webhooksecr_webhook_id_a47e3163_fk_webhooks_ FOREIGN KEY (webhook_id) REFERENCES public.webhooks_webhook(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flow
    ADD CONSTRAINT workflows_flow_owner_group_id_2d9db1b5_fk_accounts_group_id FOREIGN KEY (owner_group_id) REFERENCES public.accounts_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowhook
    ADD CONSTRAINT workflows_flowhook_flow_id_4ec30dfe_fk_workflows_flow_id FOREIGN KEY (flow_id) REFERENCES public.workflows_flow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowjoin
    ADD CONSTRAINT workflows_flowjoin_step_id_d9d49209_fk_workflows_flowstep_id FOREIGN KEY (step_id) REFERENCES public.workflows_flowstep(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowrun
    ADD CONSTRAINT workflows_flowrun_flow_version_id_b4ad99a1_fk_workflows FOREIGN KEY (flow_version_id) REFERENCES public.workflows_flowversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowrun
    ADD CONSTRAINT workflows_flowrun_parent_step_id_3d8464e4_fk_workflows FOREIGN KEY (parent_step_id) REFERENCES public.workflows_flowstep(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowrun
    ADD CONSTRAINT workflows_flowrun_started_by_id_69f92b4b_fk_accounts_user_id FOREIGN KEY (started_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowrun
    ADD CONSTRAINT workflows_flowrun_ticket_id_a86b5392_fk_tickets_ticket_id FOREIGN KEY (ticket_id) REFERENCES public.tickets_ticket(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowscenario
    ADD CONSTRAINT workflows_flowscenario_flow_id_17f131ef_fk_workflows_flow_id FOREIGN KEY (flow_id) REFERENCES public.workflows_flow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowsignal
    ADD CONSTRAINT workflows_flowsignal_consumed_by_step_id_e145f898_fk_workflows FOREIGN KEY (consumed_by_step_id) REFERENCES public.workflows_flowstep(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowstep
    ADD CONSTRAINT workflows_flowstep_run_id_f41a4772_fk_workflows_flowrun_id FOREIGN KEY (run_id) REFERENCES public.workflows_flowrun(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowtrigger
    ADD CONSTRAINT workflows_flowtrigge_flow_version_id_ffb656be_fk_workflows FOREIGN KEY (flow_version_id) REFERENCES public.workflows_flowversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowversion
    ADD CONSTRAINT workflows_flowversio_published_by_id_6a033cc3_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.workflows_flowversion
    ADD CONSTRAINT workflows_flowversion_flow_id_b6d8f911_fk_workflows_flow_id FOREIGN KEY (flow_id) REFERENCES public.workflows_flow(id) DEFERRABLE INITIALLY DEFERRED;
