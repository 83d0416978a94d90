#!/bin/sh
# Run once by the postgres image: the application's role beside the owner (maru), with the limits of web requests.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set password="$MARU_APP_PASSWORD" <<'SQL'
CREATE ROLE itsm_app LOGIN PASSWORD :'password';
ALTER ROLE itsm_app SET lock_timeout = '3s';
ALTER ROLE itsm_app SET statement_timeout = '15s';
ALTER ROLE itsm_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE itsm_app SET join_collapse_limit = '4';
SQL
