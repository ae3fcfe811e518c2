"""Time and energy of a step: the busiest core decides the one, the sum of all the other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lava_ib.hardware.estimates import (
    FLOOR_US,
    STATIC_WATTS,
    dynamic_energy,
    load,
    step_time,
    total_energy,
)
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.summary import dry_run

operations = st.floats(0, 1e9)


def time(*layers: Layer) -> float:
    return dry_run(layers)["estimates"]["time_us"]


def test_the_busiest_core_decides():
    busy, idle = Layer("busy", "dense", 100, 1000), Layer("idle", "dense", 50, 100)
    assert time(busy, idle) == time(busy) > time(idle) > FLOOR_US
    assert time(replace(busy, activity=0.5)) < time(busy)


def test_known_microcode_sets_the_time_of_a_neuron():
    layer = Layer("d", "dense", 100, 100, activity=0.01, neuron_ns=100.0)
    assert time(layer) == pytest.approx(FLOOR_US + 10.0)


@given(operations, operations)
def test_energy_is_a_range_that_grows_with_the_work(synaptic, neural):
    low, high = dynamic_energy(synaptic, neural)
    assert 0 < low < high
    more = dynamic_energy(2 * synaptic, 2 * neural)
    assert more[0] >= low and more[1] >= high
    unsure = dynamic_energy(synaptic, neural, uncertainty=1.3)
    assert unsure[0] <= low and unsure[1] >= high


def test_static_power_is_a_parameter():
    layers = [Layer("d", "dense", 10, 10)]
    found = dry_run(layers, static_watts=(0.2, 0.2))["estimates"]
    free = dry_run(layers, static_watts=(0.0, 0.0))["estimates"]
    assert free["total_energy_uj"] == free["dynamic_energy_uj"]
    gained = found["total_energy_uj"][0] - free["total_energy_uj"][0]
    assert gained == pytest.approx(0.2 * found["time_us"], abs=1e-4)
    assert total_energy((1.0, 2.0), 10.0) == (
        1.0 + 10 * STATIC_WATTS[0],
        2.0 + 10 * STATIC_WATTS[1],
    )


def test_a_convolution_works_on_each_tap_of_its_kernel():
    layer = Layer("c", "conv", 1000, 1, shape=(10, 10, 10), input_shape=(12, 12, 4), kernel=(3, 3))
    assert load(layer, 640).synaptic_operations == 640 * 3 * 3 * 4
    assert step_time(0.0) == FLOOR_US
