#!/bin/sh
# Counts the lines of a log file by their level: log_levels FILE
set -eu
if [ $# -ne 1 ]; then
    echo "give the path of one log file" >&2
    exit 2
fi
echo "reading $1" >&2
exec awk '
    match($0, /(ERROR|WARN|INFO|DEBUG)/) { lines[substr($0, RSTART, RLENGTH)]++ }
    END {
        printf "{"
        split("ERROR WARN INFO DEBUG", levels, " ")
        for (i = 1; i <= 4; i++) printf "%s\"%s\":%d", (i > 1 ? "," : ""), tolower(levels[i]), lines[levels[i]]
        printf "}"
    }' "$1"
