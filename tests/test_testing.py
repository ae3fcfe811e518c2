"""The harness that steps one ProcessModel by hand."""

import numpy as np
import pytest
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol

from lava_ib.testing import SteppedModel


class Recorder(AbstractProcess):
    def __init__(self, *, every=2, width=3):
        super().__init__(every=every, width=width)
        self.a_in = InPort(shape=(3,))
        self.s_out = OutPort(shape=(3,))
        self.count = Var(shape=(2,), init=4)
        self.values = Var(shape=(3,), init=np.array([1.0, 2.0, 3.0]))


@implements(proc=Recorder, protocol=LoihiProtocol)
@requires(CPU)
class PyRecorderModel(PyLoihiProcessModel):
    a_in = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out = LavaPyType(PyOutPort.VEC_DENSE, float)
    count = LavaPyType(np.ndarray, np.int32)
    values = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.phases = []

    def run_spk(self):
        self.phases.append(("spk", self.time_step))
        self.received = self.a_in.recv()
        if self.time_step != 3:
            self.s_out.send(np.ones(self.proc_params["width"]) * self.received[0])

    def lrn_guard(self):
        return self.time_step % self.proc_params["every"] == 0

    def run_lrn(self):
        self.phases.append(("lrn", self.time_step))

    def pre_guard(self):
        return self.time_step == 2

    def run_pre_mgmt(self):
        self.phases.append(("pre", self.time_step))

    def post_guard(self):
        return self.time_step in (2, 3)

    def run_post_mgmt(self):
        self.phases.append(("post", self.time_step))


def stepped(**params) -> SteppedModel:
    return SteppedModel(Recorder(**params), PyRecorderModel)


def test_vars_start_with_their_shape_type_and_value():
    model = stepped().model
    np.testing.assert_array_equal(model.count, [4, 4])
    assert model.count.dtype == np.int32
    np.testing.assert_array_equal(model.values, [1, 2, 3])


def test_initial_values_are_copied():
    process = Recorder()
    SteppedModel(process, PyRecorderModel).model.values[:] = 0
    np.testing.assert_array_equal(process.values.init, [1, 2, 3])


def test_phases_come_in_lavas_order():
    model = stepped()
    model.run(4)
    assert model.model.phases == [
        ("spk", 1),
        ("spk", 2), ("pre", 2), ("lrn", 2), ("post", 2),
        ("spk", 3), ("post", 3),
        ("spk", 4), ("lrn", 4),
    ]  # fmt: skip


def test_messages_arrive_and_leave():
    sent = stepped().step(a_in=[5.0, 1.0, 2.0])
    assert set(sent) == {"s_out"}
    np.testing.assert_array_equal(sent["s_out"], [5.0, 5.0, 5.0])


def test_port_that_is_given_nothing_receives_zeros():
    model = stepped()
    model.step(a_in=[1.0, 2.0, 3.0])
    model.step()
    np.testing.assert_array_equal(model.model.received, np.zeros(3))


def test_port_that_sent_nothing_is_left_out():
    model = stepped()
    model.run(2)
    assert model.step() == {}


def test_run_stacks_the_messages_of_its_steps():
    inputs = np.arange(6.0).reshape(2, 3)
    sent = stepped().run(2, a_in=inputs)
    np.testing.assert_array_equal(sent["s_out"], np.repeat(inputs[:, :1], 3, axis=1))


def test_message_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"port a_in takes shape \(3,\), got \(2,\)"):
        stepped().step(a_in=[1.0, 2.0])


def test_sending_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"port s_out sends shape \(3,\), got \(4,\)"):
        stepped(width=4).step()


@pytest.mark.parametrize("port", ["b_in", "s_out", "count"])
def test_port_that_does_not_exist_is_refused(port):
    with pytest.raises(KeyError, match=port):
        stepped().step(**{port: np.zeros(3)})
