"""Any Lava Process on the chip: stock networks, hierarchies, several connections."""

import sys

import pytest

from lava_ib import InputError
from lava_ib.deployment.process_layers import process_layers
from lava_ib.hardware.summary import dry_run

SOURCE = """
import numpy as np
import lava_ib
from scipy.sparse import csr_matrix
from lava.proc.conv.process import Conv
from lava.proc.dense.process import Dense, LearningDense
from lava.proc.io.source import RingBuffer as Source
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.learning_rules.stdp_learning_rule import STDPLoihi
from lava.proc.lif.process import LIF
from lava.proc.sdn.process import SigmaDelta
from lava.proc.sparse.process import Sparse

def two_layers():
    source = Source(data=np.zeros((20, 5)))
    first = Dense(weights=np.eye(20)[:8] * 3 - 1)
    hidden = LIF(shape=(8,), name="hidden")
    second = Dense(weights=np.ones((4, 8)))
    back = Sparse(weights=csr_matrix(np.eye(8)[::2][:4].T))
    out = LIF(shape=(4,), name="out")
    sink = Sink(shape=(4,), buffer=5)
    source.s_out.connect(first.s_in)
    first.a_out.connect(hidden.a_in)
    hidden.s_out.connect(second.s_in)
    second.a_out.connect(out.a_in)
    out.s_out.connect(back.s_in)
    back.a_out.connect(hidden.a_in)
    out.s_out.connect(sink.a_in)
    return hidden

def plastic():
    rule = STDPLoihi(learning_rate=1, A_plus=1, A_minus=-1, tau_plus=10, tau_minus=10, t_epoch=4)
    before, after = LIF(shape=(6,), name="before"), LIF(shape=(3,), name="after")
    learning = LearningDense(weights=np.ones((3, 6)), learning_rule=rule)
    before.s_out.connect(learning.s_in)
    learning.a_out.connect(after.a_in)
    after.s_out.connect(learning.s_in_bap)
    return after

def picture():
    before = SigmaDelta(shape=(12, 10, 2), vth=1, name="before")
    kernel = Conv(weight=np.ones((5, 3, 3, 2)), input_shape=(12, 10, 2))
    after = SigmaDelta(shape=(10, 8, 5), vth=1, name="after")
    before.s_out.connect(kernel.s_in)
    kernel.a_out.connect(after.a_in)
    return after

def nothing():
    return Sink(shape=(4,), buffer=5)

def number():
    return 3
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "some_networks.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return "some_networks"


def test_several_connections_into_the_same_neurons(module):
    layers, notes = process_layers(f"{module}:two_layers")
    hidden, out = layers
    assert (hidden.name, out.name) == ("hidden", "out")
    assert {each.kind: each.inputs for each in hidden.connections} == {"dense": 20, "sparse": 4}
    assert out.targets == 2, "back to the hidden layer, and to the host"
    assert notes == ()
    found = dry_run(layers, notes=notes)
    assert found["violations"] == []
    core = found["per_core"][-1]
    # 20 axons of 8 targets with 3 bits each, and 4 of one target
    assert core["words"]["synapses"] == 20 * 3 + 4
    assert core["words"]["input axons"] == 24


def test_learning_connections_are_plastic(module):
    before, after = process_layers(f"{module}:plastic")[0]
    assert before.kind == "neurons" and not before.plastic
    assert after.plastic and after.inputs == 6


def test_convolutions_keep_their_geometry(module):
    before, after = process_layers(f"{module}:picture")[0]
    assert before.shape == (12, 10, 2)
    assert after.kernel == (3, 3) and after.input_shape == (12, 10, 2)
    assert after.shape == (10, 8, 5) and before.targets == 0


@pytest.mark.parametrize(
    ("function", "message"),
    [("nothing", "no Process of neurons"), ("number", "returned a int"), ("missing", "missing")],
)
def test_what_is_no_network_is_refused(module, function, message):
    with pytest.raises(InputError, match=message):
        process_layers(f"{module}:{function}")
