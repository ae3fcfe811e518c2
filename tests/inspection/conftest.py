"""Process graphs to look at: Lava's own examples, large ones, and broken ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.model.sub.model import AbstractSubProcessModel
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol
from lava.proc.dense.process import Dense, LearningDense
from lava.proc.io.source import RingBuffer
from lava.proc.learning_rules.r_stdp_learning_rule import RewardModulatedSTDP
from lava.proc.lif.process import LIF, LearningLIF
from lava.proc.monitor.process import Monitor

from lava_ib.processes import Network


class Group(AbstractProcess):
    """Neurons behind a connection, as one hierarchical Process."""

    def __init__(self, neurons: int = 2, name: str | None = None) -> None:
        super().__init__(neurons=neurons, name=name)
        self.s_in = InPort(shape=(neurons,))
        self.s_out = OutPort(shape=(neurons,))
        self.v = Var(shape=(neurons,))


@implements(proc=Group, protocol=LoihiProtocol)
class SubGroupModel(AbstractSubProcessModel):
    def __init__(self, proc: Group) -> None:
        neurons = proc.proc_params["neurons"]
        self.dense = Dense(weights=np.eye(neurons))
        self.lif = LIF(shape=(neurons,))
        proc.s_in.connect(self.dense.s_in)
        self.dense.a_out.connect(self.lif.a_in)
        self.lif.s_out.connect(proc.s_out)
        proc.v.alias(self.lif.v)


class Relay(AbstractProcess):
    """Passes on what arrives; also what it sends itself."""

    def __init__(self, shape: tuple[int, ...] = (2,), name: str | None = None) -> None:
        super().__init__(name=name)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)


@implements(proc=Relay, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRelayModel(PyLoihiProcessModel):
    a_in: Any = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: Any = LavaPyType(PyOutPort.VEC_DENSE, float)


class Nothing(Relay):
    """A Process that nobody wrote a model for."""


class Broken(AbstractProcess):
    """A hierarchical Process whose model cannot be built."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.s_in = InPort(shape=(2,))


@implements(proc=Broken, protocol=LoihiProtocol)
class SubBrokenModel(AbstractSubProcessModel):
    def __init__(self, proc: Broken) -> None:
        raise ValueError("no such file: weights.npz")


class Island(AbstractProcess):
    """Holds a Process that is connected to nothing."""


@implements(proc=Island, protocol=LoihiProtocol)
class SubIslandModel(AbstractSubProcessModel):
    def __init__(self, proc: Island) -> None:
        self.first = Relay(name="first")
        self.second = Relay(name="second")
        self.alone = Relay(name="alone")
        self.first.s_out.connect(self.second.a_in)


def lif_dense_lif() -> AbstractProcess:
    """Lava's first tutorial, with a probe on the membrane potentials."""
    first, dense, second = LIF(shape=(3,)), Dense(weights=np.ones((2, 3))), LIF(shape=(2,))
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    Monitor().probe(second.v, 10)
    return first


def reward_modulated_stdp() -> AbstractProcess:
    """The network of Lava's R-STDP material: a learning connection, with a reward."""
    rule = RewardModulatedSTDP(
        learning_rate=1,
        A_plus=2,
        A_minus=-2,
        pre_trace_decay_tau=10,
        post_trace_decay_tau=10,
        pre_trace_kernel_magnitude=16,
        post_trace_kernel_magnitude=16,
        eligibility_trace_decay_tau=0.5,
        t_epoch=2,
    )
    before = LIF(shape=(1,), bias_mant=1)
    dense = LearningDense(weights=np.zeros((1, 1)), learning_rule=rule)
    after = LearningLIF(shape=(1,), learning_rule=rule)
    reward, reward_dense = RingBuffer(data=np.zeros((1, 10))), Dense(weights=np.eye(1))
    reward.s_out.connect(reward_dense.s_in)
    reward_dense.a_out.connect(after.a_third_factor_in)
    before.s_out.connect(dense.s_in)
    dense.a_out.connect(after.a_in)
    after.s_out_bap.connect(dense.s_in_bap)
    after.s_out_y1.connect(dense.s_in_y1)
    after.s_out_y2.connect(dense.s_in_y2)
    after.s_out_y3.connect(dense.s_in_y3)
    return before


def hierarchy() -> AbstractProcess:
    """Groups of neurons in hierarchical Processes, with virtual ports between them."""
    groups = [Group(4, name=f"group{number}") for number in range(3)]
    groups[0].s_out.connect(groups[1].s_in)
    groups[1].s_out.reshape((2, 2)).transpose().flatten().connect(groups[2].s_in)
    return groups[1]


@pytest.fixture(scope="session")
def networks() -> dict[str, Callable[[], AbstractProcess]]:
    """Networks that Lava can compile, by name."""
    return {
        "lif": lif_dense_lif,
        "r-stdp": reward_modulated_stdp,
        "hierarchy": hierarchy,
    }


def broken_network() -> AbstractProcess:
    """A cycle, two ports connected twice, and Processes that no run config can run."""
    one, two, nothing = Relay((4,), "one"), Relay((4,), "two"), Nothing((4,), "nothing")
    one.s_out.connect(two.a_in)
    two.s_out.reshape((2, 2)).flatten().connect(one.a_in)
    one.s_out.reshape((2, 2)).flatten().connect(two.a_in)
    nothing.s_out.connect(one.a_in)
    broken, feed, more = Broken("broken"), Relay((2,), "feed"), Relay((2,), "more")
    feed.s_out.connect(broken.s_in)
    feed.s_out.concat_with(more.s_out, axis=0).connect(one.a_in)
    return one


@pytest.fixture
def broken() -> AbstractProcess:
    return broken_network()


@pytest.fixture
def island() -> AbstractProcess:
    return Island(name="island")


@pytest.fixture(scope="session")
def many() -> Callable[[int], AbstractProcess]:
    """A flat graph of so many Processes, each with two neighbours further on."""

    def build(count: int) -> AbstractProcess:
        relays = [Relay(name=f"relay{number}") for number in range(count)]
        for number, relay in enumerate(relays):
            for later in (number + 1, number + 7):
                if later < count:
                    relay.s_out.connect(relays[later].a_in)
        return relays[0]

    return build


@pytest.fixture
def network(make_settings) -> Network:
    return Network(make_settings(), np.zeros((1, 6)), np.array([-1]))
