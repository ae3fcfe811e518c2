"""Lava starts on the running Python, and nothing but Lava notices how."""

import subprocess
import sys
import textwrap

import pytest


def run(code: str) -> str:
    """Run code in a fresh Python, since a module is imported only once per process."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_lava_runs_a_network():
    out = run("""
        import lava_ib
        import numpy as np
        from lava.magma.core.run_conditions import RunSteps
        from lava.magma.core.run_configs import Loihi2SimCfg
        from lava.proc.dense.process import Dense
        from lava.proc.lif.process import LIF

        source = LIF(shape=(1,), bias_mant=3, vth=10)
        dense = Dense(weights=np.full((2, 1), 5))
        sink = LIF(shape=(2,), vth=1000)
        source.s_out.connect(dense.s_in)
        dense.a_out.connect(sink.a_in)
        sink.run(condition=RunSteps(9), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
        print(sink.u.get())
        sink.stop()
    """)
    assert out == "[10. 10.]"


def test_lava_can_be_imported_where_multiprocessing_has_started_the_process(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
            import multiprocessing
            import lava_ib.simulation

            def work():
                print("started")

            if __name__ == "__main__":
                process = multiprocessing.get_context("spawn").Process(target=work)
                process.start()
                process.join()
                raise SystemExit(process.exitcode)
        """)
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "started\n"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 imports Lava as it is")
def test_lava_still_needs_it():
    """When this fails, lava_ib.compat may go."""
    with pytest.raises(AssertionError, match=r"mutable default .* is not allowed"):
        run("import lava.magma.compiler.var_model")


def test_dataclasses_stay_as_they_are():
    run("""
        import dataclasses
        before = dataclasses.dataclass

        import lava_ib
        from lava.magma.compiler.subcompilers.address import NcLogicalAddress

        assert dataclasses.dataclass is before
        assert NcLogicalAddress.__hash__ is None
        assert dataclasses.make_dataclass("Plain", ["x"]).__hash__ is None
    """)


@pytest.mark.parametrize(
    ("error", "expected"), [("ModuleNotFoundError", "no error"), ("RuntimeError", "RuntimeError")]
)
@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 imports Lava as it is")
def test_dataclass_is_restored_when_lava_fails_to_import(error, expected):
    out = run(f"""
        import dataclasses, sys
        before = dataclasses.dataclass

        class Broken:
            def find_spec(self, name, path=None, target=None):
                if name.startswith("lava."):
                    raise {error}(name)

        sys.meta_path.insert(0, Broken())
        try:
            import lava_ib
            print("no error")
        except RuntimeError:
            print("RuntimeError")
        assert dataclasses.dataclass is before
    """)
    assert out == expected


def test_numpy_2_is_refused():
    out = run("""
        import numpy
        numpy.__version__ = "2.0.0"
        try:
            import lava_ib
        except ImportError as error:
            print(error)
    """)
    assert out == "lava_ib needs numpy<2 (Lava hangs with it), found 2.0.0"
