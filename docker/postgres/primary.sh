#!/usr/bin/env bash
# Run once by the image's entrypoint, when the primary's data is made: the database of the members, and what a synchronous standby
# needs. From its first real start on, nothing is committed that the standby does not have.
# Reads secrets from $SECRETS (/run/secrets).
set -euo pipefail
secrets=${SECRETS:-/run/secrets}
psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v members="$(cat "$secrets/store-password")" -v replication="$(cat "$secrets/replication-password")" <<'SQL'
SET password_encryption = 'scram-sha-256';
CREATE ROLE berth LOGIN PASSWORD :'members';
CREATE DATABASE berth OWNER berth;
CREATE ROLE standby LOGIN REPLICATION PASSWORD :'replication';
SELECT pg_create_physical_replication_slot('standby');
ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)';
ALTER SYSTEM SET max_slot_wal_keep_size = '4GB';
SQL
echo 'host replication standby all scram-sha-256' >>"$PGDATA/pg_hba.conf"
