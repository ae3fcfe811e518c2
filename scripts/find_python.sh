#!/bin/sh
# Print the first Python that can build .venv: of the arguments, or else of the usual names.
# Each candidate is started, since a name on PATH proves nothing (pyenv's shims exist for
# versions that are switched off), and must have ensurepip, which Debian leaves out.
set -u

check='import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 13))'

[ $# -gt 0 ] || set -- python3.12 python3.11 python3.10 python3
for candidate in "$@"; do
    if "$candidate" -c "$check" >/dev/null 2>&1 </dev/null; then
        echo "$candidate"
        exit 0
    fi
done
exit 1
