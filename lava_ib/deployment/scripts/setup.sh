#!/bin/sh
# Makes .venv with the versions that this bundle was made with. On the INRC's machines Lava and the
# extension are there already: run ./run.sh with that Python instead (PYTHON=... ./run.sh).
set -e
cd "$(dirname "$0")"
"${PYTHON:-python3}" -m venv .venv
.venv/bin/python -m pip install --no-deps --ignore-requires-python -r environment.txt
