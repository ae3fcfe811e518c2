#!/bin/sh
# Build .venv with lava_ib (editable) and all it needs to run. PYTHON=... names the Python to use.
set -eu
cd "$(dirname "$0")/.."

find_python=scripts/find_python.sh
tools=.tools

fail() {
    echo "setup: $*" >&2
    exit 1
}

# Where no Python fits: uv, which finds or fetches one. Where there is no uv either, any
# python3 with pip can bring it.
make_venv_with_uv() {
    uv=$(command -v uv) || {
        uv=$tools/bin/uv
        [ -x "$uv" ] || python3 -m pip install --quiet --target "$tools" uv 2>/dev/null
    } && "$uv" venv --quiet --clear --seed --python '>=3.10,<3.13' .venv
}

if [ -n "${PYTHON:-}" ]; then
    sh $find_python "$PYTHON" >/dev/null ||
        fail "PYTHON=$PYTHON does not start, is not Python 3.10 to 3.12, or lacks the venv module"
    "$PYTHON" -m venv --clear .venv
elif sh $find_python .venv/bin/python >/dev/null; then
    : # an older set-up, brought up to date below
elif python=$(sh $find_python); then
    "$python" -m venv --clear .venv
else
    make_venv_with_uv ||
        fail "no Python 3.10, 3.11 or 3.12 with venv found, nor could uv fetch one;" \
            "install one (Debian: python3-venv) or name it: make setup PYTHON=..."
fi

# Lava's wheel declares Python 3.10 only, so pip takes it on newer ones only when told to.
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
lava=$(grep '^lava-nc==' requirements/constraints.txt)
pip install --quiet --no-deps --ignore-requires-python "$lava"
pip install --quiet --constraint requirements/constraints.txt --editable .
.venv/bin/python -c 'import platform; print("set up: .venv with Python", platform.python_version())'
