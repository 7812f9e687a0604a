#!/bin/bash
# The rules that a machine can check: which folder may use which, no circles, how long a file may be, no unfinished work.
set -u
cd "$(dirname "$0")/.." || exit
bad=0
complain() { echo "lint: $*" >&2; bad=1; }

tests/lint_graph.py "${BUILD:-build}" src include/artsync docs/ARCHITECTURE.md tests || bad=1

tests/lint_structs.py src include/artsync || bad=1
tests/lint_cases.py tests/unit/*.c || bad=1
for document in docs/REFERENCE.md docs/FIELD_TYPES.md docs/base.json.5; do
    tests/reference.py check "$document" "${BUILD:-build}/artsync" "${BUILD:-build}/unit/reference" include/artsync || bad=1
done

tests/lint_help.py "${BUILD:-build}/artsync" || bad=1

only() { # FILES PATTERN: who else includes it?
    grep -rlE "#include $2" src include --include='*.[ch]' | grep -vE "^($1)" |
        while read -r file; do echo "$file includes $2"; done
}
for found in "$(only src/pg/ '<libpq-fe.h>')" "$(only src/fetch/ '<curl/.*>')" "$(only src/source/csv/ '<csv.h>')" "$(only src/util/utf8.c '<utf8proc.h>')" \
             "$(only src/util/hash.c '<openssl/.*>')" "$(only 'src/util/hash.c|src/identity/|src/load/' '<xxhash.h>')"; do
    [ -z "$found" ] || complain "$found: only one module may use that library"
done

short() { # MOST FOLDER...: no file below has more lines
    most=$1
    shift
    while read -r n file; do
        [ "$file" = total ] || [ "$n" -le "$most" ] || complain "$file has $n lines, more than $most: split it"
    done < <(find "$@" \( -name '*.[ch]' -o -name '*.py' \) -exec wc -l {} +)
}
short 400 src include
short 450 tests/unit tests/fuzz tests/e2e

while read -r line; do
    complain "more than 120 columns: $line"
done < <(LC_ALL=C.UTF-8 grep -rnE '^.{121,}' src include --include='*.[ch]')

while read -r line; do
    complain "unfinished or not allowed: $line"
done < <(grep -rnE '\b(TO[D]O|FIX[M]E|X[X]X)\b|\bexit *\(' src include --include='*.[ch]' | grep -v '^src/util/')

# What people read is printed by out_print, which escapes what is not ours. Help, completion and the abort of a missing
# option row print nothing else.
while read -r line; do
    complain "print it with out_print: $line"
done < <(grep -nE '(\bprintf|\bfprintf|\bvprintf|\bvfprintf|\bputs)\(|\bfputs\([^"]|\bfwrite\(' src/cli/*.c |
         grep -vE '^src/cli/(cmd_help|completion_bash|completion_fish)\.c|has no row for the option')

while read -r line; do
    complain "cites a text that is not in the repository: $line"
done < <(grep -rnE '\b(SPEC|HOUSE|FACTS)\b' src include sql docs tests README.md Makefile --exclude=lint.sh --exclude-dir=__pycache__)

while IFS=: read -r file _ keys; do
    grep -qE "\"[a-z]+\", $keys, " "$file" || complain "$file: $keys is in no KeyList, so \`base schema\` and the documents do not have its keys"
done < <(grep -noE 'const JsonKey \w+' src/model/*.c | grep -v 'JsonKey \*' | sed 's/const JsonKey //')

# Statements are in sql/queries or built in a plan module, where they can be read in one place. Not meant are src/pg and
# src/schema, which send what transactions, names and DDL are made of, src/source, whose statements are another database's,
# and restore.c, which changes lines of pg_restore's script.
while read -r line; do
    complain "an SQL statement outside sql/queries and plan*.c: $line"
done < <(grep -nE '(^|[^\])"(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|COPY|CREATE|DROP|ALTER|LOCK|ANALYZE|SET|SHOW|EXPLAIN|TRUNCATE) ' \
              src/{session,stage,identity,merge,load,compare,sync,undo,cli,export,backup,check}/*.c |
         grep -vE '^src/([a-z]+/plan[a-z_]*|backup/restore)\.c:')

# JSON is a form of report: commands describe their result. What is stored as JSON, the history's changes, a backup's
# manifest and the mapping of a map, is the exception.
while read -r line; do
    complain "JSON outside src/report and src/out: describe it with report.h: $line"
done < <({ grep -rnE '\bjson_(string|string_or_null|begin|end|open|close|item|raw|text|number|bool|null|error)\(' src --include='*.c'
           grep -rnE '\bcJSON_Print' src --include='*.c' | grep -vE '^src/(undo/undo|stage/made|merge/record|backup/manifest|model/base_map)\.c:'
         } | grep -vE '^src/(report|out)/')

# Plain words: tests/lint_words.txt says which are not used. Applied SQL files are never edited, exports are data.
word_files() {
    find src include sql tests docs README.md -type f -not -path '*/__pycache__/*' -not -name '*.csv' \
        -not -path 'sql/art*/0*.sql' -not -name lint_words.txt -print0
}
word_files | xargs -0 tests/lint_words.py tests/lint_words.txt || bad=1

for query in sql/queries/*.sql; do
    name=$(basename "$query" .sql)
    grep -rqF "\"$name\"" src || complain "$query is never run"
done

[ "$bad" = 0 ] && echo "lint: passed"
exit "$bad"
