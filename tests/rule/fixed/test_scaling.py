"""From floating point to integers: ranges, first weights, steps, trained networks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.rule.eligibility import epoch_gain
from lava_ib.rule.fixed.neuron import MEMBRANE_LIMIT, scaled_drive
from lava_ib.rule.fixed.scaling import (
    MEASURED_SAMPLES,
    input_scale,
    measured_exponents,
    quantised,
    saturations,
)
from lava_ib.rule.fixed.schedule import leak_shift, power_of_two, tag_shift
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.information import settled_outputs
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state

FIXED = FixedSettings()


def settings_of(layers, fixed=FIXED, **rest):
    return Settings(network=NetworkSettings(layers=layers, timing="chip"), fixed=fixed, **rest)


@pytest.mark.parametrize("low", [0.0, -3.0])
def test_inputs_become_seven_bits(low):
    x = np.random.default_rng(0).uniform(low, 5.0, (900, 7))
    lowest, scale = input_scale(x)
    scaled = (x - lowest) * scale
    assert scaled[:MEASURED_SAMPLES].max() == pytest.approx(127)
    assert scaled[:MEASURED_SAMPLES].min() >= 0
    assert (lowest == 0).all() == (low == 0)


def test_inputs_that_are_all_zero_are_left_alone():
    assert input_scale(np.zeros((3, 2)))[1] == 1.0


@pytest.mark.parametrize("inputs", [20, 4000])
def test_exponents_leave_membranes_room_to_grow(inputs):
    settings = settings_of((inputs, 30, 20, 5))
    state = initial_state(settings, "all", 10, seed=0)
    x = np.full((50, inputs), 127.0)
    state["dense1/weights"][0] = 255
    bits = measured_exponents(state, settings, x, np.zeros(50, dtype=int))
    drive = scaled_drive(x.astype(int) @ state["dense1/weights"].T, state["dense1/weight_exp"][0])
    assert np.abs(drive).max() <= MEMBRANE_LIMIT >> 3
    assert bits[0] == int(np.abs(drive).max()).bit_length()
    assert (state["dense1/weight_exp"][0] < 0) == (inputs == 4000)


@pytest.mark.parametrize("bits", [9, 6])
def test_first_weights_keep_their_directions(bits):
    fixed = FixedSettings(weight_bits=bits)
    integers = initial_state(settings_of((30, 40, 5), fixed), "all", 10, seed=3)
    floats = initial_state(settings_of((30, 40, 5), None), "all", 10, seed=3)
    found, expected = integers["dense1/weights"], floats["dense1/weights"]
    assert found.dtype == np.int64
    assert found.std() == pytest.approx(40 / 2 ** (9 - bits), rel=0.1)
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.99
    assert not integers["memory1/prototypes"].any()


def test_prototypes_that_never_learn_are_random():
    memory = Prototype(alpha=0.0, init_scale=1.0)
    state = initial_state(settings_of((30, 40, 5), memory=memory), "all", 10, seed=3)
    assert state["memory1/prototypes"].std() == pytest.approx(64, rel=0.2)


@pytest.mark.parametrize("with_offset", [True, False])
def test_a_network_of_floating_point_answers_alike_in_integers(with_offset):
    rng = np.random.default_rng(1)
    settings = settings_of((25, 60, 40, 4), None)
    state = initial_state(settings, "nothing", 10, seed=2)
    state["readout/weights"] = rng.normal(size=(4, 40))
    x = rng.uniform(0, 2, (300, 25))
    offset = x.mean(axis=0) if with_offset else None
    integers, activities = quantised(state, 2, x, offset, FIXED)
    integers = {name: array.astype(float) for name, array in integers.items()}
    exact = settled_outputs(settings, state, x - (0 if offset is None else offset))[-1]
    found = settled_outputs(settings, integers, np.rint(activities))[-1]
    same = np.argmax(exact @ state["readout/weights"].T, 1) == np.argmax(
        found @ integers["readout/weights"].T, 1
    )
    assert np.mean(same) > 0.97
    assert np.abs(integers["dense1/weights"]).max() == 255


@given(st.integers(0, 1000), st.floats(1, 200))
def test_steps_are_powers_of_two_that_only_fall(sample, rate):
    step = power_of_two(sample, 1000, rate)
    share = rate * (1 - sample / 1000)
    assert step & (step - 1) == 0
    assert step == 1 or step <= share
    assert 2 * step > share
    assert power_of_two(sample, 0, rate) == power_of_two(0, 1000, rate) >= step


def test_time_constants_become_the_nearest_powers_of_two():
    assert [leak_shift(tau) for tau in (1.0, 1.5, 2.0, 6.0, 8.0)] == [0, 1, 1, 3, 3]
    assert [tag_shift(tau, 1) for tau in (1.0, 2.0, 4.0, 8.0, 100.0)] == [0, 1, 2, 3, 3]
    assert tag_shift(8.0, 6) == 1
    assert epoch_gain(8.0, 6) == pytest.approx(0.55, abs=0.01)


def test_counts_of_what_was_cut_off_are_named():
    state = {
        "layer2/saturated": np.array([0, 3, 0, 1]),
        "dense1/saturated": np.array([2, 0]),
        "readout/saturated": np.array([0]),
    }
    assert saturations(state) == {"layer2/s_out": 3, "layer2/y": 1, "dense1/weights": 2}


@pytest.mark.parametrize(("bits", "limits"), [(9, (-256, 255)), (4, (-8, 7))])
def test_weights_have_their_bits(bits, limits):
    assert FixedSettings(weight_bits=bits).limits == limits
