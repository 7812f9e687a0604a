#!/bin/bash
# The house's rules that a machine can check: who may include whom, how long a file may be, no unfinished work.
set -u
cd "$(dirname "$0")/.." || exit
bad=0
complain() { echo "lint: $*" >&2; bad=1; }

# Arrows point down only: the headers that each room may include, besides its own.
util="err mem utf8 hash file interrupt log embed spool banned"
model="base catalog record links"
declare -A may=(
    [util]="$util"
    [model]="$util $model"
    [csv]="$util $model csv"
    [clean]="$util $model clean"
    [pg]="$util $model pg"
    [out]="$util $model out"
    [schema]="$util $model pg schema"
    [sync]="$util $model csv clean pg sync parity"
    [export]="$util $model csv pg export"
    [backup]="$util $model pg backup"
    [check]="$util $model csv clean pg sync check"
    [cli]="*"
)
for room in "${!may[@]}"; do
    for file in src/"$room"/*.[ch]; do
        [ -e "$file" ] || continue
        for header in $(sed -n 's|^#include "artsync/\(.*\)\.h"|\1|p' "$file"); do
            [[ "${may[$room]}" == "*" || " ${may[$room]} " == *" $header "* ]] ||
                complain "$file includes artsync/$header.h, which src/$room must not know"
        done
    done
done
for room in src/*/; do
    [ -n "${may[$(basename "$room")]:-}" ] || complain "$room is a room without a rule in tests/lint.sh"
done

only() { # FILES PATTERN: who else includes it?
    grep -rlE "#include $2" src include --include='*.[ch]' | grep -vE "^($1)" |
        while read -r file; do echo "$file includes $2"; done
}
for found in "$(only src/pg/ '<libpq-fe.h>')" "$(only src/csv/ '<csv.h>')" "$(only src/util/utf8.c '<utf8proc.h>')" \
             "$(only src/util/hash.c '<openssl/.*>')" "$(only 'src/util/hash.c|src/sync/' '<xxhash.h>')"; do
    [ -z "$found" ] || complain "$found: one room alone knows that library"
done

while read -r n file; do
    [ "$file" = total ] || [ "$n" -le 450 ] || complain "$file has $n lines, more than 450: it is two chapters"
done < <(find src include tests -name '*.[ch]' -exec wc -l {} + ; find tests/e2e -name '*.py' -exec wc -l {} +)

while read -r line; do
    complain "unfinished or unfit: $line"
done < <(grep -rnE '\b(TO[D]O|FIX[M]E|X[X]X)\b|\bexit *\(' src include --include='*.[ch]' | grep -v '^src/util/')

for query in sql/queries/*.sql; do
    name=$(basename "$query" .sql)
    grep -rqF "\"$name\"" src || complain "$query is run by nobody"
done

[ "$bad" = 0 ] && echo "lint: in order"
exit "$bad"
