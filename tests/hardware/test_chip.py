"""Access to a chip: Lava's own functions, with commands of SLURM that answer as real ones do."""

import os
import warnings

import numpy as np
import pytest
from lava.magma.core.run_configs import Loihi2HwCfg
from lava.proc.dense.models import PyDenseModelBitAcc
from lava.proc.dense.process import Dense
from lava.proc.io.source import PySendModelFixed
from lava.proc.io.source import RingBuffer as Source
from lava.utils import loihi

from lava_ib import InputError
from lava_ib.hardware.chip import Access, Probes, reach
from lava_ib.hardware.run_configs import Loihi2Config

SINFO = """#!/bin/sh
if [ "$1" = "-N" ]; then
  echo "NODELIST NODES PARTITION STATE"
  echo "ncl-og-05 1 oheogulch idle"
  echo "ncl-og-06 1 oheogulch down"
else
  echo "PARTITION AVAIL TIMELIMIT NODES STATE NODELIST"
  echo "oheogulch up infinite 1 idle ncl-og-05"
fi
"""
VARIABLES = ("SLURM", "NOSLURM", "BOARD", "PARTITION", "LOIHI_GEN", "NXSDKHOST", "HOST_BINARY")


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    """A machine with SLURM, one board up, and an extension that can be found."""
    for name, text in (("sinfo", SINFO), ("ping", '#!/bin/sh\n[ "$1" = 10.0.0.5 ] && echo ok\n')):
        command = tmp_path / name
        command.write_text(text)
        command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    monkeypatch.setattr(loihi, "is_installed", lambda *_: True)
    monkeypatch.setattr(loihi, "host", None)


def test_without_the_extension_the_way_to_it_is_told():
    if loihi.is_installed():
        pytest.skip("this machine has the extension")
    with pytest.raises(InputError, match="INRC"):
        reach(Access())


def test_slurm_gets_partition_and_generation(cloud):
    assert reach(Access(partition="oheogulch", generation="N3C1")) == "N3C1 by SLURM, oheogulch"
    assert os.environ["PARTITION"] == "oheogulch"
    assert os.environ["SLURM"] == "1" and os.environ["LOIHI_GEN"] == "N3C1"
    assert loihi.host == "SLURM"


def test_a_board_is_taken_if_it_is_up(cloud):
    reach(Access(board="ncl-og-05"))
    assert os.environ["BOARD"] == "ncl-og-05" and "PARTITION" not in os.environ
    with pytest.raises(InputError, match="ncl-og-06 is not found or board is down"):
        reach(Access(board="ncl-og-06"))


def test_a_host_on_the_network_is_pinged(cloud):
    assert reach(Access(host="10.0.0.5")) == "N3B3 at 10.0.0.5"
    assert os.environ["NXSDKHOST"] == "10.0.0.5" and os.environ["NOSLURM"] == "1"
    with pytest.raises(InputError, match=r"ping 10\.0\.0\.9"):
        reach(Access(host="10.0.0.9"))


def test_an_unknown_partition_is_refused(cloud):
    with pytest.raises(InputError, match="partition kp is not found or is down"):
        reach(Access(partition="kp"))


def test_no_slurm_is_told(cloud, tmp_path):
    (tmp_path / "sinfo").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(InputError, match="no SLURM here"):
        reach(Access())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"generation": "N9"}, "--loihi-gen N9: expected one of N2A2"),
        ({"host": "a", "board": "b"}, "--host reaches a board without SLURM"),
        ({"partition": "a", "board": "b"}, "give one of them"),
    ],
)
def test_contradictions_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Access(**arguments)


def test_the_profiler_is_asked_for_time_and_energy(monkeypatch):
    """A stand-in with the calls that lava-optimization makes; it proves no more than these."""
    asked = {}

    class StandIn:
        def __init__(self, run_config):
            self.run_config = run_config

        def execution_time_probe(self, num_steps):
            asked["time"] = num_steps
            self.execution_time = np.full(num_steps, 2e-5)

        def energy_probe(self, num_steps):
            asked["energy"] = num_steps
            self.energy = 4e-4

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the import warns where the extension is missing
        from lava.utils import profiler
    monkeypatch.setattr(profiler, "run_cfg_dict", {Loihi2HwCfg: StandIn})
    probes = Probes(Loihi2Config(), 40)
    assert asked == {"time": 40, "energy": 40}
    assert probes.measured(20) == {
        "steps": 40,
        "seconds": pytest.approx(8e-4),
        "joules": 4e-4,
        "us_per_sample": pytest.approx(40.0),
        "uj_per_sample": pytest.approx(20.0),
    }


def test_what_belongs_on_the_host_may_run_there_and_nothing_else():
    source, dense = Source(data=np.zeros((2, 3))), Dense(weights=np.ones((2, 2)), name="middle")
    config = Loihi2Config()
    assert config.select(source, [PySendModelFixed]) is PySendModelFixed
    with pytest.raises(InputError, match=r"no model for Loihi 2: middle \(Dense\)"):
        config.select(dense, [PyDenseModelBitAcc])
    assert Loihi2HwCfg().select(dense, [PyDenseModelBitAcc]) is PyDenseModelBitAcc, "Lava's own"
