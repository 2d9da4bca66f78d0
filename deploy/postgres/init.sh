#!/bin/bash
# Makes each service's database with the role that owns it and the role that works with it, when PostgreSQL's data directory is new.
# Passwords come from the environment: AUTH_OWNER_PASSWORD, AUTH_APP_PASSWORD and so on. Safe to repeat: passwords are then set anew.
set -euo pipefail

make_database() {
    local service=$1 database=$2 owner_password=$3 app_password=$4
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" \
        --set owner="${service}_owner" --set app="${service}_app" --set database="$database" \
        --set owner_password="$owner_password" --set app_password="$app_password" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY[:'owner', :'app']) name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"owner" PASSWORD :'owner_password';
ALTER ROLE :"app" PASSWORD :'app_password';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";
\connect :"database"
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
SQL
}

make_database auth auth_db "${AUTH_OWNER_PASSWORD:?}" "${AUTH_APP_PASSWORD:?}"
make_database notifications notification_db "${NOTIFICATIONS_OWNER_PASSWORD:?}" "${NOTIFICATIONS_APP_PASSWORD:?}"
make_database inference inference_db "${INFERENCE_OWNER_PASSWORD:?}" "${INFERENCE_APP_PASSWORD:?}"
make_database candidates candidate_db "${CANDIDATES_OWNER_PASSWORD:?}" "${CANDIDATES_APP_PASSWORD:?}"
make_database jobs job_db "${JOBS_OWNER_PASSWORD:?}" "${JOBS_APP_PASSWORD:?}"
make_database billing billing_db "${BILLING_OWNER_PASSWORD:?}" "${BILLING_APP_PASSWORD:?}"
make_database interviews interview_db "${INTERVIEWS_OWNER_PASSWORD:?}" "${INTERVIEWS_APP_PASSWORD:?}"
