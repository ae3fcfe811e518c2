#!/bin/sh
# Classifies the samples of this bundle and prints the accuracy.
#   ./run.sh                          on Loihi 2, by SLURM
#   ./run.sh --host ADDRESS           on a board on the network
#   ./run.sh --backend loihi2-sim     the same graph on CPU
# Takes .venv of ./setup.sh if it is there, else $PYTHON, else python3.
cd "$(dirname "$0")" || exit 1
if [ -x .venv/bin/python ]; then PYTHON=.venv/bin/python; fi
PYTHONPATH="$PWD/code" PYTHONDONTWRITEBYTECODE=1 exec "${PYTHON:-python3}" \
    -m lava_ib.hardware.bundled "$@"
