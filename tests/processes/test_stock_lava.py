"""Each Process works alone in a graph of Lava's own Processes."""

import numpy as np
import pytest
from lava.magma.core.learning.learning_rule import Loihi3FLearningRule
from lava.proc.dense.process import Dense, LearningDense
from lava.proc.lif.process import LIF

from lava_ib.processes import (
    PlasticDense,
    PrototypeMemory,
    RateLayer,
    Readout,
    SampleSource,
    WindowMemory,
)
from lava_ib.processes.plastic_dense.models import PyPlasticDenseModelFloat
from lava_ib.processes.prototype_memory.models import PyPrototypeMemoryModelFloat
from lava_ib.processes.readout.models import PyReadoutModelFloat
from lava_ib.processes.window_memory.models import PyWindowMemoryModelFloat
from lava_ib.rule.memory import Prototype, Window
from lava_ib.rule.settings import ReadoutSettings
from lava_ib.testing import SteppedModel

T, PRE, POST, CLASSES = 16, 3, 4, 3
RNG = np.random.default_rng(12)
X = RNG.normal(size=(T, PRE))
Z = RNG.random((T, POST))
LABELS = np.eye(CLASSES)[RNG.integers(0, CLASSES, T)]
WEIGHTS = RNG.normal(size=(POST, PRE))


def rate_outputs(drive: np.ndarray, tau: float) -> tuple[np.ndarray, np.ndarray]:
    """Membranes and normalised rates, a row a step."""
    u, membranes = np.zeros(drive.shape[1]), []
    for now in drive:
        u = u + (now - u) / tau
        membranes.append(u)
    membranes = np.array(membranes)
    r = np.maximum(membranes, 0)
    norm = np.linalg.norm(r, axis=1, keepdims=True)
    return membranes, np.divide(r, norm, out=np.zeros_like(r), where=norm > 0)


def projected(third: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Third factors carried back through the normalisation."""
    r = np.maximum(u, 0)
    norm = np.linalg.norm(r)
    if norm == 0:
        return np.zeros_like(u)
    return (third - (third @ r) * r / norm**2) / norm


def test_rate_layer_behind_a_stock_dense(run_lava, feed, record):
    dense, layer = Dense(weights=WEIGHTS, num_message_bits=8), RateLayer(shape=(POST,), tau=2.0)
    feed(dense.s_in, X)
    dense.a_out.connect(layer.a_in)
    z = record(layer.s_out, T)
    run_lava(layer, T)
    delayed = np.vstack([np.zeros(POST), X[:-1] @ WEIGHTS.T])
    membranes, rates = rate_outputs(delayed, 2.0)
    np.testing.assert_allclose(z(), rates, atol=1e-13)
    np.testing.assert_allclose(layer.u.get(), membranes[-1], atol=1e-13)


@pytest.mark.parametrize("steps", [1, 4])
def test_sample_source_drives_stock_neurons(run_lava, steps):
    source = SampleSource(x=X, labels=np.zeros(T, int), classes=2, steps_per_sample=steps)
    dense = Dense(weights=WEIGHTS, num_message_bits=8)
    lif = LIF(shape=(POST,), du=1.0, dv=0.25, vth=100.0)
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(lif.a_in)
    run_lava(lif, T)
    v = np.zeros(POST)
    for x in np.vstack([np.zeros(PRE), np.repeat(X, steps, axis=0)])[:T]:
        v = 0.75 * v + WEIGHTS @ x
    np.testing.assert_allclose(lif.v.get(), v, atol=1e-13)
    assert source.sample.get() == T // steps


def test_rate_layer_teaches_a_stock_learning_dense(run_lava, feed):
    """Lava's own learning engine runs the rule in the chip's timing.

    Its drive is one step late, so a sample is shown for two; its y traces decay by
    exp(-1/65535) a step within an epoch, hence the tolerance.
    """
    samples, steps = 8, 2
    spikes = (RNG.random((samples, PRE)) > 0.4).astype(float)
    third = RNG.normal(size=(samples * steps, POST))
    rule = Loihi3FLearningRule(
        dw="u0*t*y2 - u0*t*y3", dt="x0*y1 - u0*t", x1_tau=10, x2_tau=10, t_epoch=steps
    )
    dense = LearningDense(weights=WEIGHTS, learning_rule=rule, num_message_bits=8)
    layer = RateLayer(shape=(POST,), steps_per_sample=steps, timing="chip")
    feed(dense.s_in, np.repeat(spikes, steps, axis=0))
    feed(layer.a_third_factor_in, third)
    dense.a_out.connect(layer.a_in)
    layer.s_out_bap.connect(dense.s_in_bap)
    layer.s_out_y1.connect(dense.s_in_y1)
    layer.s_out_y2.connect(dense.s_in_y2)
    layer.s_out_y3.connect(dense.s_in_y3)
    run_lava(layer, samples * steps)

    weights, tag, xi = WEIGHTS.copy(), np.zeros_like(WEIGHTS), np.zeros(POST)
    for k, x in enumerate(spikes):
        u = weights @ x
        weights, tag = weights + xi[:, None] * tag, np.outer(u > 0, x)
        xi = projected(third[k * steps + 1], u)
    np.testing.assert_allclose(dense.weights.get(), weights, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(dense.tag_1.get(), tag, atol=1e-3)
    assert np.abs(weights - WEIGHTS).max() > 0.1


@pytest.mark.parametrize("timing", ["paper", "chip"])
def test_plastic_dense_fed_by_ring_buffers(run_lava, feed, record, timing):
    params = {"shape": (POST, PRE), "weights": WEIGHTS, "timing": timing, "steps_per_sample": 2}
    inputs = {
        "s_in": X,
        "s_in_y1": (Z > 0.5).astype(float),
        "s_in_y2": Z,
        "s_in_y3": Z[::-1],
    }
    dense = PlasticDense(tau_e=2.0, **params)
    for port, rows in inputs.items():
        feed(getattr(dense, port), rows)
    drive = record(dense.a_out, T)
    run_lava(dense, T)
    alone = SteppedModel(PlasticDense(tau_e=2.0, **params), PyPlasticDenseModelFloat)
    np.testing.assert_array_equal(drive(), alone.run(T, **inputs)["a_out"])
    np.testing.assert_array_equal(dense.weights.get(), alone.model.weights)
    np.testing.assert_array_equal(dense.tag_1.get(), alone.model.tag_1)
    assert np.abs(alone.model.weights - WEIGHTS).max() > 0.01


def frozen_dense() -> PlasticDense:
    return PlasticDense(shape=(POST, PRE), weights=WEIGHTS, plastic=False)


def test_frozen_plastic_dense_in_front_of_stock_neurons(run_lava, feed):
    dense, lif = frozen_dense(), LIF(shape=(POST,), du=1.0, dv=0.0, vth=1000.0)
    feed(dense.s_in, X)
    dense.a_out.connect(lif.a_in)
    run_lava(lif, T)
    np.testing.assert_allclose(lif.v.get(), (X @ WEIGHTS.T).sum(axis=0), atol=1e-12)


MEMORIES = {
    "prototype": (
        PrototypeMemory,
        PyPrototypeMemoryModelFloat,
        {"settings": Prototype(), "prototypes": RNG.normal(size=(CLASSES, POST))},
    ),
    "kde": (
        WindowMemory,
        PyWindowMemoryModelFloat,
        {"settings": Window(samples=4), "inputs": PRE},
    ),
    "hsic": (
        WindowMemory,
        PyWindowMemoryModelFloat,
        {"settings": Window(samples=4, objective="hsic", compress=True), "inputs": PRE},
    ),
}


@pytest.mark.parametrize(("process", "model", "params"), MEMORIES.values(), ids=MEMORIES)
def test_memories_fed_by_ring_buffers(run_lava, feed, record, process, model, params):
    """What the stepped model sends, which its unit tests hold against formulas."""
    params = {"neurons": POST, "classes": CLASSES, "steps_per_sample": 2, **params}
    inputs = {"s_in": Z, "label_in": LABELS}
    if getattr(params["settings"], "compress", False):
        inputs["x_in"] = X
    memory = process(**params)
    for port, rows in inputs.items():
        feed(getattr(memory, port), rows)
    xi = record(memory.a_out, T)
    run_lava(memory, T)
    expected = SteppedModel(process(**params), model).run(T, **inputs)["a_out"]
    np.testing.assert_array_equal(xi(), expected)
    assert xi().any()


def test_readout_fed_by_ring_buffers(run_lava, feed, record):
    params = {"settings": ReadoutSettings(), "shape": (CLASSES, POST), "samples": T}
    readout = Readout(**params)
    feed(readout.s_in, Z)
    feed(readout.label_in, LABELS)
    scores = record(readout.a_out, T)
    run_lava(readout, T)
    alone = SteppedModel(Readout(**params), PyReadoutModelFloat)
    expected = alone.run(T, s_in=Z, label_in=LABELS)["a_out"]
    np.testing.assert_array_equal(scores(), expected)
    np.testing.assert_array_equal(readout.weights.get(), alone.model.weights)
    np.testing.assert_array_equal(readout.predictions.get(), alone.model.predictions)


def test_processes_without_any_connection_run(run_lava):
    layer = RateLayer(shape=(POST,), bias=np.array([3.0, 4.0, 0.0, -1.0]))
    run_lava(layer, 3)
    np.testing.assert_array_equal(layer.u.get(), [3.0, 4.0, 0.0, -1.0])
