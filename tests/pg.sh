#!/bin/sh
# A throw-away PostgreSQL cluster on a Unix socket: no port is opened, nothing outside its folder is touched.
#
#   tests/pg.sh run [--dir DIR] -- COMMAND...   start, run COMMAND with ARTSYNC_TEST_URL and PG* set, stop and remove
#   tests/pg.sh start [--dir DIR] [--fast]      start (again, if need be); starting twice is fine
#   tests/pg.sh stop  [--dir DIR] [--remove]
#   tests/pg.sh url   [--dir DIR]
#
# DIR defaults to build/pg. --fast gives up safety for speed (fsync=off) and is what `run` uses. As root the server runs as
# user postgres; where that user cannot reach DIR, or the socket's path gets too long, the cluster lies in a folder
# of its own below $TMPDIR and DIR holds a note of it.
set -eu

fail() { echo "tests/pg.sh: $*" >&2; exit 1; }
usage() { sed -n '4,7s/^# *//p' "$0" >&2; exit 2; }

[ $# -gt 0 ] || usage
action=$1; shift
dir=build/pg; fast=; remove=
[ "$action" != run ] || { dir=; fast=1; }
while [ $# -gt 0 ]; do
    case $1 in
        --dir) [ $# -gt 1 ] || usage; dir=$2; shift 2 ;;
        --fast) fast=1; shift ;;
        --remove) remove=1; shift ;;
        --) shift; break ;;
        *) usage ;;
    esac
done

user=postgres; database=artsync
if [ "$(id -u)" = 0 ]; then
    id "$user" >/dev/null 2>&1 || fail "user $user does not exist: install postgresql"
    # without PAM or sudo, which containers may lack
    as_server() { setpriv --reuid="$user" --regid="$user" --init-groups env HOME=/ LC_ALL=C.UTF-8 "$@"; }
else
    as_server() { env LC_ALL=C.UTF-8 "$@"; }
fi

find_bin() {
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -V | while read -r d; do
        [ -x "$d/initdb" ] && echo "$d"; done | tail -n 1)
    [ -n "$bin" ] || { bin=$(pg_config --bindir 2>/dev/null) && [ -x "$bin/initdb" ]; } ||
        fail "no PostgreSQL server found: install postgresql"
}

# Where the cluster lies: DIR itself, or the folder that DIR/place names.
find_place() {
    place=
    if [ -f "$dir/place" ]; then place=$(cat "$dir/place"); fi
    [ -n "$place" ] && [ -d "$place" ] || place=
}

usable() { # can the server's user keep data and a socket in $1?
    # socket paths end at 107 bytes; /s/.s.PGSQL.5432 is 16 of them
    [ "$(printf %s "$1" | wc -c)" -le 90 ] || return 1
    [ "$(id -u)" != 0 ] || chown "$user" "$1" 2>/dev/null || return 1
    (cd / && as_server sh -c 'cd "$1" && [ -w . ] && [ -x . ]' sh "$1") 2>/dev/null
}

make_place() {
    mkdir -p "$dir"
    place=$(cd "$dir" && pwd)/cluster
    mkdir -p "$place"
    if ! usable "$place"; then
        rmdir "$place" 2>/dev/null || :
        place=$(mktemp -d "${TMPDIR:-/tmp}/artsync-pg.XXXXXX")
        if ! usable "$place"; then
            rmdir "$place"
            place=$(mktemp -d /tmp/artsync-pg.XXXXXX)
            usable "$place" || fail "user $user cannot use $place"
        fi
    fi
    echo "$place" > "$dir/place"
}

settings() {
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$place/s'"
    echo "timezone = 'UTC'"
    echo "log_timezone = 'UTC'"
    echo "max_connections = 50"
    if [ -n "$fast" ]; then
        echo "fsync = off"
        echo "synchronous_commit = off"
        echo "full_page_writes = off"
    fi
}

make_cluster() {
    as_server "$bin/initdb" -D "$place/data" -U "$user" -A trust -E UTF8 --locale=C.UTF-8 --no-instructions \
        > "$place/initdb.log" 2>&1 || { cat "$place/initdb.log" >&2; fail "initdb failed"; }
    settings | as_server tee -a "$place/data/postgresql.conf" > /dev/null
}

running() { [ -n "$place" ] && as_server "$bin/pg_ctl" -D "$place/data" status > /dev/null 2>&1; }

start() {
    find_bin
    find_place
    [ -n "$place" ] || make_place
    (
        cd "$place" # a folder that the server's user can be in
        ! running || exit 0
        [ -s data/PG_VERSION ] || make_cluster
        as_server mkdir -p "$place/s"
        # in a session of its own: Ctrl-C at the tests must not reach the server
        as_server setsid "$bin/pg_ctl" -D "$place/data" -l "$place/server.log" -w -t 60 start > "$place/start.log" 2>&1 ||
            { cat "$place/start.log" "$place/server.log" >&2; fail "the server did not start"; }
        as_server "$bin/createdb" -h "$place/s" -p 5432 -U "$user" "$database" 2>/dev/null || :
    )
}

stop() {
    find_bin
    find_place
    [ -n "$place" ] || return 0
    ( cd "$place" && ! running || as_server "$bin/pg_ctl" -D "$place/data" -m fast -w -t 60 stop ) > /dev/null 2>&1 ||
        fail "the server in $place did not stop"
    if [ -n "$remove" ]; then
        rm -rf "$place" "$dir/place"
        rmdir "$dir" 2>/dev/null || :
    fi
}

url() {
    find_place
    [ -n "$place" ] || fail "no cluster in $dir: run tests/pg.sh start first"
    printf 'postgresql://%s@/%s?host=%s&port=5432\n' "$user" "$database" \
        "$(printf %s "$place/s" | sed 's/%/%25/g; s/ /%20/g; s/&/%26/g; s/?/%3F/g; s/#/%23/g')"
}

run() {
    [ $# -gt 0 ] || usage
    temporary=
    if [ -z "$dir" ]; then
        temporary=$(mktemp -d "${TMPDIR:-/tmp}/artsync-test.XXXXXX")
        chmod 711 "$temporary"
        dir=$temporary
    fi
    remove=1
    trap 'stop; [ -z "$temporary" ] || rm -rf "$temporary"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    start
    ARTSYNC_TEST_URL=$(url) PGHOST=$place/s PGPORT=5432 PGUSER=$user PGDATABASE=$database
    export ARTSYNC_TEST_URL PGHOST PGPORT PGUSER PGDATABASE
    unset PGPASSWORD PGSERVICE PGOPTIONS PGHOSTADDR DATABASE_URL
    status=0
    "$@" || status=$?
    exit "$status"
}

case $action in
    start|stop|url) [ $# = 0 ] || usage; "$action" ;;
    run) run "$@" ;;
    *) usage ;;
esac
