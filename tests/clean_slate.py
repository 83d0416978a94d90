"""After a test that committed, the database is again as it was when it was made.

Django empties every table and fires ``post_migrate``, which loads the reference data anew: some 700
statements and a second for each such test. Here the rows of the new database are kept in a schema of
their own, and one statement brings them back.
"""

from __future__ import annotations

from django.db import connection
from django.test import TransactionTestCase

_KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.wanted (place regclass PRIMARY KEY, columns text);
DO $$
DECLARE
  place regclass;
  filled boolean;
BEGIN
  FOREACH place IN ARRAY %s::regclass[] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', place) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE kept.%%I AS TABLE %%s', place::oid::text, place);
    END IF;
    INSERT INTO kept.wanted
    SELECT place, string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE filled)
    FROM pg_attribute WHERE attrelid = place AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  END LOOP;
END $$;
"""
# Triggers rest meanwhile: some write a row for each change, some refuse to let a row go. Foreign keys are
# looked at when all is as it was.
_BRING_BACK = """
DO $$
DECLARE
  one kept.wanted;
  filled boolean;
  touched kept.wanted[];
BEGIN
  FOR one IN SELECT * FROM kept.wanted LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.place) INTO filled;
    IF filled OR one.columns IS NOT NULL THEN
      touched := touched || one;
      EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one.place);
      EXECUTE format('DELETE FROM %s', one.place);
    END IF;
  END LOOP;
  FOREACH one IN ARRAY touched LOOP
    IF one.columns IS NOT NULL THEN
      EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM kept.%3$I',
                     one.place, one.columns, one.place::oid::text);
    END IF;
  END LOOP;
  SET CONSTRAINTS ALL IMMEDIATE;
  FOREACH one IN ARRAY touched LOOP
    EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', one.place);
  END LOOP;
END $$;
"""


def keep() -> None:
    """Remember what the tables hold now; once for each database."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [tables])


def bring_back() -> None:
    """Let the tables hold what they held then."""
    with connection.cursor() as cursor:
        cursor.execute(_BRING_BACK)


def replace_flush() -> None:
    """Let every test that commits end so, instead of with Django's ``flush``."""
    TransactionTestCase._fixture_teardown = lambda self: bring_back()  # type: ignore[attr-defined]
