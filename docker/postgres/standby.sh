#!/usr/bin/env bash
# Runs the standby: at its first start it copies the primary, then it follows it, under the name that the primary waits for.
# When the primary is gone for good: pg_ctl promote here, then ALTER SYSTEM RESET synchronous_standby_names and SELECT pg_reload_conf(),
# because it would wait for a standby too. Never start the old primary beside it.
# Reads the password from $SECRETS (/run/secrets), and from the environment PGDATA, PRIMARY_HOST, PRIMARY_PORT (5432).
set -euo pipefail
secrets=${SECRETS:-/run/secrets}
port=${PRIMARY_PORT:-5432}
export PGPASSFILE=${RUN_FOLDER:-/run/postgresql}/password
(umask 0077 && printf '%s:%s:replication:standby:%s\n' "$PRIMARY_HOST" "$port" "$(cat "$secrets/replication-password")" >"$PGPASSFILE")
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  # A copy that was broken off is begun again.
  find "$PGDATA" -mindepth 1 -delete
  pg_basebackup --host="$PRIMARY_HOST" --port="$port" --username=standby --no-password --pgdata="$PGDATA" \
    --wal-method=stream --slot=standby --checkpoint=fast
  touch "$PGDATA/standby.signal"
fi
exec postgres \
  -c "primary_conninfo=host=$PRIMARY_HOST port=$port user=standby application_name=standby passfile=$PGPASSFILE" \
  -c primary_slot_name=standby "$@"
