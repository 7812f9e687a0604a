#!/bin/bash
# What artsync does, in five commands. Uses DATABASE_URL if it is set, else a private PostgreSQL: below build/, or
# where its user cannot reach that, in the folder for temporary files. tests/demo.sh [BINARY [FOLDER]]
set -eu

artsync=${1:-build/artsync}
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"

own=
folder=${2:-build/demo-pg}
if [ -z "${DATABASE_URL:-}" ]; then
    own=1
    tests/pg.sh start --dir "$folder"
    echo "Started a private PostgreSQL in $(cat "$folder/place") (a Unix socket, no port)"
    DATABASE_URL=$(tests/pg.sh url --dir "$folder")
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
  tests/pg.sh stop --dir $folder --remove      stop it and remove it
END
