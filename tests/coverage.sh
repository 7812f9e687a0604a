#!/bin/bash
# Line coverage per module, from the counters below the folder that is named.
set -eu
command -v lcov > /dev/null || { echo "tests/coverage.sh: install lcov" >&2; exit 1; }
folder=$1
lcov --quiet --capture --directory "$folder" --base-directory . --no-external --output-file "$folder/all.info" \
     --rc lcov_branch_coverage=0 2> "$folder/lcov.log" || { cat "$folder/lcov.log" >&2; exit 1; }
printf '%-8s %7s %7s %8s\n' module lines hit percent
awk -F'[:,]' '
    $1 == "SF" { n = split($2, part, "/src/"); split(part[n], path, "/"); module = n > 1 ? path[1] : ""; sub(/\.c$/, "", module); file = $2 }
    $1 == "DA" && module != "" { if (!((file, $2) in seen)) { seen[file, $2] = 1; lines[module]++ }
                               if ($3 > 0 && !((file, $2) in done)) { done[file, $2] = 1; hit[module]++ } }
    END { for (r in lines) { printf "%-8s %7d %7d %7.1f%%\n", r, lines[r], hit[r], 100 * hit[r] / lines[r] | "sort"
                             all += lines[r]; every += hit[r] }
          close("sort"); if (all) printf "%-8s %7d %7d %7.1f%%\n", "all", all, every, 100 * every / all }
' "$folder/all.info"
