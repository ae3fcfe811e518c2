"""The fused network computes what the composed one does, in Lava, to rounding."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from lava_ib.backends import BACKENDS
from lava_ib.experiment.data import Preparation
from lava_ib.rule.memory import Features, Prototype, Reservoir, Slots, Window
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state
from lava_ib.simulation import Simulation

MEMORIES = {
    "delta": Prototype(),
    "leaky": Prototype(storage="leaky"),
    "margin": Prototype(storage="margin"),
    "delta of rates": Prototype(units=16),
    "margin of rates": Prototype(storage="margin", units=16),
    "kde": Window(),
    "hsic": Window(objective="hsic", samples=10, sigma=0.7),
    "hsic that compresses": Window(objective="hsic", samples=6, compress=True),
    "hsic as released": Window(objective="hsic_released", samples=10, gamma=2.0),
    "hsic as fixed": Window(objective="hsic_fixed", samples=6, compress=True),
    "soft": Features(units=16, horizon=50),
    "soft, balanced": Features(units=16, horizon=50, balanced=True),
    "soft, fixed": Features(units=16, learning=False),
    "relu4": Features(units=16, horizon=50, feature="relu4"),
    "exp": Features(units=16, horizon=50, feature="exp", sigma=1.0),
    "slots": Slots(),
    "slots per class": Slots(per_class=True),
    "reservoir, learning": Reservoir(units=30, rate=0.5, samples=12),
}
SAMPLES, PRESENTED = 50, 60  # so that a second pass begins


@pytest.fixture(scope="module")
def digits():
    return first_digits(SAMPLES)


def first_digits(count):
    x, labels = load_digits(return_X_y=True)
    x, labels = x[:count] / 16.0, labels[:count].copy()
    labels[7::20] = -1
    preparation = Preparation.fit(x, centre=True)
    return preparation.scaled(x), labels, preparation.offset


def final_state(
    backend, digits, settings, learn="all", pieces=(PRESENTED,), state=None, memory_labels=None
):
    x, labels, offset = digits
    if BACKENDS[backend].compile is not None:
        BACKENDS[backend].compile(settings)
    with Simulation(
        settings,
        x,
        labels,
        memory_labels=memory_labels,
        offset=offset,
        backend=backend,
        learn=learn,
        total_samples=2 * len(x),
        seed=1,
        state=state,
    ) as simulation:
        for piece in pieces:
            simulation.present(piece)
        return simulation.state


def network(layers=(64, 20, 12, 10), steps=4, tau=1.5, tau_e=2.0, **rest):
    return NetworkSettings(layers=layers, steps_per_sample=steps, tau=tau, tau_e=tau_e, **rest)


def assert_equal_states(digits, settings, learn="all", **rest):
    composed = final_state("float", digits, settings, learn, **rest)
    fused = final_state("fused", digits, settings, learn, **rest)
    assert composed.keys() == fused.keys()
    for name, array in composed.items():
        error = np.abs(array - fused[name]).max() / max(np.abs(array).max(), 1e-9)
        assert error < 1e-7, f"{name} differs by {error:.1e}"
    np.testing.assert_array_equal(composed["readout/predictions"], fused["readout/predictions"])


@pytest.mark.slow
@pytest.mark.parametrize("memory", MEMORIES)
def test_every_memory_gives_the_same_network(memory, digits):
    settings = Settings(network=network(), memory=MEMORIES[memory])
    assert_equal_states(digits, settings)


@pytest.mark.slow
@pytest.mark.parametrize("memory", ["delta", "soft"])
def test_three_hundred_digits_give_the_same_network(memory):
    settings = Settings(network=network(), memory=MEMORIES[memory])
    assert_equal_states(first_digits(300), settings, pieces=(300,))


@pytest.mark.slow
def test_a_reservoir_trained_a_priori_gives_the_same_network(digits):
    settings = Settings(network=network(), memory=Reservoir(units=30))
    state = initial_state(settings, "all", SAMPLES, seed=1)
    for number in (1, 2):
        weights = state[f"memory{number}/readout_weights"]
        weights[...] = np.random.default_rng(number).normal(size=weights.shape)
    before = {name: array.copy() for name, array in state.items()}
    assert_equal_states(digits, settings, state=state)
    after = final_state("fused", digits, settings, state=before)
    for name in Reservoir.A_PRIORI:
        np.testing.assert_array_equal(after[f"memory1/{name}"], before[f"memory1/{name}"])
    assert np.any(after["dense1/weights"] != before["dense1/weights"])


@pytest.mark.parametrize("samples", [10, 32])
def test_slots_for_all_give_the_network_of_a_window_of_exact_kernels(samples, digits):
    kernels = {"samples": samples, "sigma": 0.2}
    slots, window = (
        final_state("float", digits, Settings(network=network(), memory=memory), pieces=(70,))
        for memory in (Slots(**kernels), Window(**kernels))
    )
    for name in ("dense1/weights", "dense2/weights", "readout/weights"):
        error = np.linalg.norm(slots[name] - window[name]) / np.linalg.norm(window[name])
        assert error < 1e-10, f"{name} differs by {error:.1e}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape",
    [
        network(layers=(64, 16, 10), steps=4),
        network(layers=(64, 16, 14, 12, 10), steps=1, tau=1.0, tau_e=1.0),
        network(steps=1, tau=1.0, tau_e=1.0),
        network(steps=1, tau=1.0, tau_e=3.0),
        network(steps=20, tau=4.0, tau_e=5.0),
        network(timing="chip"),
        network(run_length=7, replay=2),
        network(layers=(64, 16, 14, 12, 10), timing="chip", steps=1, tau=1.0),
    ],
    ids=str,
)
def test_every_shape_and_timing_gives_the_same_network(shape, digits):
    assert_equal_states(digits, Settings(network=shape))


@pytest.mark.slow
@pytest.mark.parametrize("learn", ["readout", "nothing"])
def test_controls_and_inference_give_the_same_network(learn, digits):
    assert_equal_states(digits, Settings(network=network()), learn)


@pytest.mark.slow
def test_memories_can_be_told_other_labels_than_the_readout(digits):
    other = np.roll(digits[1], 1)
    assert_equal_states(digits, Settings(network=network()), memory_labels=other)
    plain = final_state("fused", digits, Settings(network=network()))
    told = final_state("fused", digits, Settings(network=network()), memory_labels=other)
    assert np.any(plain["dense1/weights"] != told["dense1/weights"])


def test_a_network_without_hidden_layers_gives_the_same_readout(digits):
    shape = NetworkSettings(layers=(64, 10), steps_per_sample=1)
    assert_equal_states(digits, Settings(network=shape), "readout")


@pytest.mark.parametrize("timing", ["paper", "chip"])
def test_a_run_cut_at_the_end_of_a_pass_goes_on_to_the_same_bits(timing, digits):
    settings = Settings(network=network(timing=timing))
    whole = final_state("fused", digits, settings, pieces=(SAMPLES, 30))
    first = final_state("fused", digits, settings, pieces=(SAMPLES,))
    resumed = final_state("fused", digits, settings, pieces=(30,), state=first)
    for name, array in whole.items():
        np.testing.assert_array_equal(array, resumed[name], err_msg=name)
