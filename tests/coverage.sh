#!/bin/bash
# Line coverage per room, from the counters below the folder that is named.
set -eu
command -v lcov > /dev/null || { echo "tests/coverage.sh: install lcov" >&2; exit 1; }
folder=$1
lcov --quiet --capture --directory "$folder" --base-directory . --no-external --output-file "$folder/all.info" \
     --rc lcov_branch_coverage=0 2> "$folder/lcov.log" || { cat "$folder/lcov.log" >&2; exit 1; }
printf '%-8s %7s %7s %8s\n' room lines hit percent
awk -F'[:,]' '
    $1 == "SF" { n = split($2, part, "/src/"); split(part[n], path, "/"); room = n > 1 ? path[1] : ""; sub(/\.c$/, "", room); file = $2 }
    $1 == "DA" && room != "" { if (!((file, $2) in seen)) { seen[file, $2] = 1; lines[room]++ }
                               if ($3 > 0 && !((file, $2) in done)) { done[file, $2] = 1; hit[room]++ } }
    END { for (r in lines) { printf "%-8s %7d %7d %7.1f%%\n", r, lines[r], hit[r], 100 * hit[r] / lines[r] | "sort"
                             all += lines[r]; every += hit[r] }
          close("sort"); if (all) printf "%-8s %7d %7d %7.1f%%\n", "all", all, every, 100 * every / all }
' "$folder/all.info"
