#!/bin/bash
# Run unit test programs one after the other, each with the totals of cmocka, and sum them up.
set -u

failed=0 passed=0
for program in "$@"; do
    echo "== $(basename "$program")"
    # a shell in the background, or nohup, leaves signals ignored, which programs keep: the tests send them
    output=$(env --default-signal=HUP,INT,QUIT,TERM,USR1,USR2,PIPE "$program" 2>&1)
    status=$?
    if [ "$status" = 0 ]; then
        grep -E '^\[  (PASSED|SKIPPED)  \]' <<< "$output"
    else
        echo "$output"
        echo "$(basename "$program") ended with status $status"
        failed=$((failed + 1))
    fi
    n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' <<< "$output" | tail -n 1)
    passed=$((passed + ${n:-0}))
done
echo "unit tests: $passed passed in $# programs, $failed of them failed"
[ "$failed" = 0 ]
