"""The compiled loop of integers is the composed network, bit for bit, in Lava."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from lava_ib.backends import BACKENDS
from lava_ib.rule.fixed.scaling import measured_exponents, saturations
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.memory import Features, Prototype, Window
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state
from lava_ib.simulation import Simulation


@pytest.fixture(scope="module")
def digits():
    """Digits of which some inputs saturate and some samples have no label."""
    x, labels = load_digits(return_X_y=True)
    x, labels = x[:500] * 140 / 16, labels[:500].copy()
    labels[7::50] = -1
    return x, labels


def final_state(backend, digits, settings, pieces=(60,), *, learn="all", state=None, told=None):
    if BACKENDS[backend].compile is not None:
        BACKENDS[backend].compile(BACKENDS[backend].settings(settings))
    with Simulation(
        settings,
        *digits,
        memory_labels=told,
        backend=backend,
        learn=learn,
        total_samples=600,
        seed=1,
        state=state,
    ) as simulation:
        for piece in pieces:
            simulation.present(piece)
        return simulation.state


def network(layers=(64, 20, 12, 10), steps=1, tau=1.0, tau_e=1.0, **rest):
    return NetworkSettings(
        layers=layers, steps_per_sample=steps, tau=tau, tau_e=tau_e, timing="chip", **rest
    )


def assert_equal_states(digits, settings, pieces=(60,), **rest):
    composed = final_state("fixed", digits, settings, pieces, **rest)
    fused = final_state("fused-fixed", digits, settings, pieces, **rest)
    assert composed.keys() == fused.keys()
    for name, array in composed.items():
        assert array.dtype == fused[name].dtype == np.int64, name
        np.testing.assert_array_equal(array, fused[name], err_msg=name)
    return composed


@pytest.mark.slow
def test_after_500_digits_no_bit_differs(digits):
    settings = Settings(network=network(layers=(64, 128, 64, 10), steps=2, tau=1.5))
    state = assert_equal_states(digits, settings, pieces=(500,))
    assert np.mean(state["readout/predictions"][250:] == -1) == 0
    first = initial_state(BACKENDS["fixed"].settings(settings), "all", 500, seed=1)
    for name in ("dense1/weights", "dense2/weights", "memory1/prototypes"):
        assert np.mean(state[name] != first[name]) > 0.3, f"{name} hardly learned"
    counted = saturations(state)
    assert counted["source/s_out"] > 0 and counted["layer1/y"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape",
    [
        network(layers=(64, 16, 10)),
        network(layers=(64, 16, 14, 12, 10), steps=2, tau=2.0),
        network(steps=3, tau=4.0, tau_e=9.0),
        network(tau_e=12.0, run_length=5),
    ],
    ids=["one layer", "three layers", "leak", "tags that last"],
)
def test_every_shape_gives_the_same_network(shape, digits):
    assert_equal_states(digits, Settings(network=shape))


@pytest.mark.slow
@pytest.mark.parametrize(
    "fixed",
    [
        FixedSettings(rounding="per_synapse"),
        FixedSettings(arithmetic="weights"),
        FixedSettings(arithmetic="plain", weight_bits=7, weight_decay=True),
        FixedSettings(weight_bits=8, trace_bits=5, modulator_bits=6),
        FixedSettings(rate=2.0, memory_rate=64, margin=3000, weight_bits=4),
    ],
    ids=["per synapse", "weights", "plain", "fewer bits", "four bits"],
)
def test_every_arithmetic_gives_the_same_network(fixed, digits):
    settings = Settings(network=network(steps=2, tau=2.0, tau_e=5.0), fixed=fixed)
    assert_equal_states(digits, settings)


@pytest.mark.slow
def test_weights_decay_alike(digits):
    settings = Settings(network=network(), fixed=FixedSettings(weight_decay=True))
    state = final_state("fused-fixed", digits, settings)
    for name in state:
        if name.endswith("/sample"):
            state[name][:] = 2040
    before = state["dense1/weights"].copy()
    after = assert_equal_states(digits, settings, pieces=(20,), state=state)
    size = [np.abs(weights).sum() for weights in (before, after["dense1/weights"])]
    assert size[1] < 0.999 * size[0]


@pytest.mark.slow
@pytest.mark.parametrize("learn", ["readout", "nothing"])
def test_controls_and_inference_give_the_same_network(learn, digits):
    assert_equal_states(digits, Settings(network=network(steps=2, tau=2.0)), learn=learn)


@pytest.mark.slow
def test_memories_can_be_told_other_labels_or_learn_nothing(digits):
    settings = Settings(network=network(), memory=Prototype(alpha=0.0, init_scale=1.0))
    state = assert_equal_states(digits, settings, told=np.roll(digits[1], 1))
    first = initial_state(BACKENDS["fixed"].settings(settings), "all", 500, seed=1)
    np.testing.assert_array_equal(state["memory1/prototypes"], first["memory1/prototypes"])
    assert np.any(state["dense1/weights"] != first["dense1/weights"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("memory", "bits"),
    [
        (Window(samples=16), 9),
        (Window(samples=16, objective="hsic"), 8),
        (Features(feature="relu4", units=32, horizon=100.0), 9),
        (Features(feature="relu4", units=32, horizon=100.0, balanced=True), 7),
        (Features(feature="relu4", units=32, learning=False), 9),
    ],
    ids=["kde", "hsic", "features", "balanced features", "features that stay"],
)
def test_every_memory_gives_the_same_network(memory, bits, digits):
    fixed = FixedSettings(weight_bits=bits)
    settings = Settings(network=network(steps=2, tau=2.0), memory=memory, fixed=fixed)
    start = initial_state(settings, "all", 500, seed=1)
    measured_exponents(start, settings, *digits)
    state = assert_equal_states(digits, settings, pieces=(33, 27), state=start)
    assert 40 <= state["memory1/updates"][0] <= 60
    for name in ("dense1/weights", "dense2/weights"):
        assert np.mean(state[name] != start[name]) > 0.2, f"{name} hardly learned"


def test_a_network_without_hidden_layers_gives_the_same_readout(digits):
    shape = NetworkSettings(layers=(64, 10), steps_per_sample=1, timing="chip")
    assert_equal_states(digits, Settings(network=shape), learn="readout")


@pytest.mark.parametrize("backend", ["fixed", "fused-fixed"])
def test_a_run_cut_anywhere_goes_on_to_the_same_bits(backend, digits):
    data = digits[0][:50], digits[1][:50]
    settings = Settings(network=network(layers=(64, 12, 10), tau=2.0, tau_e=5.0))
    whole = final_state(backend, data, settings, pieces=(70,))
    first = final_state(backend, data, settings, pieces=(33,))
    resumed = final_state(backend, data, settings, pieces=(37,), state=first)
    for name, array in whole.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)


def test_the_last_memory_and_the_readout_are_one(digits):
    state = final_state("fused-fixed", digits, Settings(network=network()), pieces=(300,))
    np.testing.assert_array_equal(state["memory2/prototypes"], state["readout/weights"])
    assert state["readout/weights"].any()
