#!/bin/bash
# What artsync does, in five commands. Uses DATABASE_URL if it is set, else a private PostgreSQL below build/.
set -eu

artsync=${1:-build/artsync}
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"

own=
if [ -z "${DATABASE_URL:-}" ]; then
    own=1
    echo "Starting a private PostgreSQL below build/demo-pg (a Unix socket, no port)"
    tests/pg.sh start --dir build/demo-pg
    DATABASE_URL=$(tests/pg.sh url --dir build/demo-pg)
    export DATABASE_URL
fi

run() {
    echo
    echo "\$ artsync $*"
    "$artsync" "$@"
}

run db migrate
run sync --export-dir airtable_export
run stats
run validate

[ -z "$own" ] || cat <<END

The demo's database goes on running:
  export DATABASE_URL='$DATABASE_URL'
  $artsync diff --export-dir tests/export_later      what ten weeks of work in Airtable would change
  tests/pg.sh stop --dir build/demo-pg --remove      stop it and remove it
END
