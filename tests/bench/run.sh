#!/bin/sh
# make bench: artsync beside what an expert writes by hand, on a cluster of its own with safe settings.
#
#   ROWS=1000000 RUNS=3 tests/bench/run.sh              editions in the export, runs of each work, alternating
#   ROWS=5000000 RUNS=1 tests/bench/run.sh --alone      without the yardsticks
#
# Everything lies below build/bench (BENCH_DIR): the generated exports stay there for the next run, the cluster goes.
set -eu
cd "$(dirname "$0")/../.."
dir=${BENCH_DIR:-build/bench}
mkdir -p "$dir"
sql() { psql -X -q -v ON_ERROR_STOP=1 -d "$(tests/pg.sh url --dir "$dir/pg")" "$@"; }

trap 'tests/pg.sh stop --dir "$dir/pg" --remove' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tests/pg.sh start --dir "$dir/pg"
# A small server as people run it: durable (fsync, synchronous_commit and full_page_writes are on, as PostgreSQL's
# defaults have them), with some memory, and with enough space for WAL that no checkpoint falls into a run by chance.
sql -c "ALTER SYSTEM SET shared_buffers = '1GB'" -c "ALTER SYSTEM SET max_wal_size = '8GB'" \
    -c "ALTER SYSTEM SET checkpoint_timeout = '30min'"
tests/pg.sh stop --dir "$dir/pg"
tests/pg.sh start --dir "$dir/pg"

${CC:-cc} -O2 -o "$dir/parse" tests/bench/parse.c -lcsv
/usr/bin/python3 -B tests/bench/bench.py --dir "$dir" --url "$(tests/pg.sh url --dir "$dir/pg")" \
    --artsync "${ARTSYNC_BIN:-build/artsync}" --rows "${ROWS:-1000000}" --runs "${RUNS:-3}" "$@"
