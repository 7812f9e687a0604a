#!/bin/bash
# tests/fuzz/run.sh FOLDER TARGET...: make the seeds, then fuzz every target for FUZZ_SECONDS (0: only run the seeds).
# Inputs that are found stay in FOLDER/corpus; tests/fuzz/corpus/NAME/ is read beside them. Stops at the first crash.
set -eu
folder=$1; shift
corpus=$folder/corpus
mkdir -p "$corpus"
"$folder/seeds" "$corpus"
for target in "$@"; do
    name=${target#fuzz_}
    mkdir -p "$corpus/$name"
    inputs=("$corpus/$name")
    [ ! -d "tests/fuzz/corpus/$name" ] || inputs+=("tests/fuzz/corpus/$name")
    case $name in # what people wrote is seed enough for these
    csv | cleaner) for file in airtable_export/*.csv; do head -c 4000 "$file" > "$corpus/$name/$(basename "$file" .csv)"; done ;;
    base) for file in sql/*/base.json tests/bases/*/base.json; do cp "$file" "$corpus/$name/${file//\//_}"; done ;;
    env) cp .env.example "$corpus/$name/example" ;;
    esac
    echo "== $target"
    if [ "${FUZZ_SECONDS:-60}" = 0 ]; then
        "$folder/$target" "${inputs[@]}"
    else
        "$folder/$target" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
            -artifact_prefix="$folder/$name-" "${inputs[@]}" 2>&1 |
            { grep -E 'stat::number_of_executed_units|ERROR|SUMMARY|Test unit|BINGO|artifact' || true; }
        [ "${PIPESTATUS[0]}" = 0 ]
    fi
done
