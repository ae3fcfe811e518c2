"""Run Lava's own unit tests with lava_ib's import fix and compare with the kept list.

Lava's wheel brings its tests along as the top-level package ``tests``. Those that fail must
be in ``tests/lava_suite/expected_failures.toml``, with the first Python they fail on and why.
Arguments are passed on to pytest (``-k learning``, say).
"""

import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXPECTED = Path(__file__).parents[1] / "tests" / "lava_suite" / "expected_failures.toml"
SUITE_SECONDS = 1800
# Its own settings, or pytest would take those of the project that the .venv lies in.
PYTEST_INI = "[pytest]\ntimeout = 60\n"


def run_suite(report: Path, arguments: list[str]) -> None:
    """Run the suite in the report's folder, where its tests may leave files."""
    ini = report.with_name("pytest.ini")
    ini.write_text(PYTEST_INI)
    site = sysconfig.get_path("purelib")
    command = [
        *(sys.executable, "-m", "pytest", f"{site}/tests/lava", "-c", str(ini), "--rootdir", site),
        *("-p", "lava_ib.compat", "-p", "no:cacheprovider", "--continue-on-collection-errors"),
        *("-q", "--tb=no", "--disable-warnings", f"--junitxml={report}", *arguments),
    ]
    suite = subprocess.Popen(command, cwd=report.parent, start_new_session=True)
    try:
        suite.wait(SUITE_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"stopped after {SUITE_SECONDS} s")
    finally:
        # A test that was stopped can leave Lava's processes behind, waiting for ever.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(suite.pid, signal.SIGKILL)


def main() -> int:
    """Return 0 when every failure is listed for this Python."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        run_suite(report, sys.argv[1:])
        if not report.exists():
            print("no report: the suite did not come to its end")
            return 1
        cases = list(ET.parse(report).iter("testcase"))

    ran, failed = set(), set()
    for case in cases:
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        ran.add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)

    listed = {
        test
        for entry in tomllib.loads(EXPECTED.read_text())["failure"]
        if sys.version_info >= tuple(map(int, entry["since"].split(".")))
        for test in entry["tests"]
    }
    for name in sorted(listed & ran - failed):
        print(f"listed, but passed: {name}")
    for name in sorted(failed - listed):
        print(f"FAILED, not listed: {name}")
    python = ".".join(map(str, sys.version_info[:3]))
    print(
        f"Lava's own tests on Python {python}: {len(ran)} in all, {len(failed)} failed, "
        f"{len(failed - listed)} of them not listed"
    )
    return 1 if failed - listed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
