"""Networks of ours on the chip, in each mode: what they take, recomputed from the rules."""

import math
from dataclasses import replace

import pytest

from lava_ib import InputError
from lava_ib.deployment.modes import placed_network
from lava_ib.hardware.limits import CORE_LIMITS
from lava_ib.hardware.placement import place
from lava_ib.hardware.summary import dry_run
from lava_ib.hardware.workload import MODES
from lava_ib.rule.memory import Prototype, Window
from lava_ib.rule.settings import NetworkSettings, Settings

DIGITS = NetworkSettings(layers=(64, 128, 64, 10))
MNIST = NetworkSettings(layers=(784, 128, 64, 10), steps_per_sample=1)
MARGIN = Prototype(storage="margin")


def network(shape, mode, memory=None, kind=MARGIN):
    settings = Settings(network=shape, memory=kind)
    activity = [0.2] + [0.5] * settings.hidden
    return placed_network(settings, mode, memory, activity, 2, "assumed")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [DIGITS, MNIST], ids=["digits", "mnist"])
def test_each_core_holds_what_the_rules_say(shape, mode):
    """Sums of the printed table anew, from bits: R1, R3 and the registers of R4."""
    layers, workload = network(shape, mode)
    found = dry_run(layers, workload=workload)
    assert found["violations"] == []
    spans = [run["last_core"] - run["first_core"] + 1 for run in found["per_core"]]
    assert sum(spans) == found["cores"]
    for layer in layers:
        runs = [run for run in found["per_core"] if run["layer"] == layer.name]
        held = sum(run["neurons"] * (run["last_core"] - run["first_core"] + 1) for run in runs)
        assert held == layer.neurons
        for run in runs:
            count, words = run["neurons"], run["words"]
            expected = 0
            for connection in (layer, *layer.further):
                bits = 12 + 8 + 16 * connection.plastic
                expected += connection.inputs * math.ceil((count * bits + 12) / 64)
            assert words["synapses"] == expected
            assert words["input axons"] == layer.inputs + sum(c.inputs for c in layer.further)
            assert words["neurons"] == count * layer.state_words
            assert words["output axons"] == count * layer.targets
            assert words["total"] == sum(n for kind, n in words.items() if kind != "total")
            assert all(words[kind] <= limit for kind, limit in CORE_LIMITS.items())


def test_what_is_too_big_for_a_core_is_split_and_plastic_synapses_take_more():
    cores = {}
    for mode in ("inference", "on-chip"):
        layers, _ = network(MNIST, mode)
        first = next(entry for entry in place(layers).placed if entry.layer.name == "layer1")
        cores[mode] = first.split.cores
    assert 1 < cores["inference"] < cores["on-chip"]


def test_what_is_too_big_for_a_chip_is_refused_with_its_reason():
    layers, workload = network(NetworkSettings(layers=(3072, 4000, 10)), "on-chip")
    found = dry_run(layers, workload=workload)
    (violation,) = found["violations"]
    assert violation["layer"] == "layer1"
    assert violation["limit"] == "user cores of the chip"
    assert violation["value"] > violation["allowed"] == 120
    assert found["estimates"] is None and found["sample"] is None
    most = int(violation["change"].split()[2].replace(",", ""))
    smaller, _ = network(NetworkSettings(layers=(3072, most, 10)), "on-chip")
    assert dry_run(smaller)["violations"] == []


def test_in_the_loop_all_weights_are_written_back_and_all_sums_read():
    layers, workload = network(MNIST, "chip-in-the-loop")
    values = {(link.direction, link.name): link.values_per_sample for link in workload.links}
    assert values["to chip", "weights of layer1"] == 784 * 128
    assert values["to chip", "weights of readout"] == 64 * 10
    assert workload.steps == 4, "one, and one for each connection"
    assert values["from chip", "sums of layer2"] == 4 * 64
    assert values["to chip", "inputs of readout"] == 4 * 64
    assert not any(layer.plastic for layer in layers)


def test_the_memory_moves_to_the_host_if_it_cannot_be_on_the_chip():
    names = [layer.name for layer in network(MNIST, "on-chip")[0]]
    assert names == ["layer1", "memory of layer1", "layer2", "memory of layer2", "readout"]
    for memory, kind in (("host", MARGIN), (None, Window())):
        layers, workload = network(MNIST, "on-chip", memory, kind)
        assert [layer.name for layer in layers] == ["layer1", "layer2", "readout"]
        crossing = {link.name: link.values_per_sample for link in workload.links}
        assert crossing["modulator of layer1"] == crossing["rates of layer1"] == 128
    with pytest.raises(InputError, match=r"memory\.kind = 'window'.*--memory host"):
        network(MNIST, "on-chip", "chip", Window())


def test_what_integers_leave_out_of_a_memory_is_said():
    layers, workload = network(MNIST, "on-chip", None, Prototype(units=9))
    assert layers == network(MNIST, "on-chip", None, MARGIN)[0]
    told = " ".join(workload.not_checked)
    assert "memory.storage = 'delta' needs an exponential" in told
    assert "memory.units = 9: what is placed is the memory without rectifiers" in told


def test_a_training_sample_stands_beside_what_was_published():
    layers, workload = network(MNIST, "on-chip")
    sample = dry_run(layers, workload=workload)["sample"]
    assert [(row["time_us"], row["energy_uj"]) for row in sample["published"]] == [
        (1500.0, 590.0),
        (330.0, 50.0),
    ]
    for key in ("time_us", "total_energy_uj", "learning_us", "learning_energy_uj"):
        low, high = sample[key]
        assert 0 < low < high
    synapses = sum(
        each.fan_in * each.neurons for layer in layers for each in layer.connections if each.plastic
    )
    assert sample["learning_energy_uj"][1] == pytest.approx(synapses * 120e-6, abs=1e-4)
    assert sample["time_us"][1] > sample["learning_us"][1]


def test_inference_has_no_learning_phase_and_no_published_learning():
    layers, workload = network(MNIST, "inference")
    found = dry_run(layers, static_watts=(0.2, 0.2), workload=workload)
    sample, step = found["sample"], found["estimates"]
    assert sample["learning_us"] == [0.0, 0.0] and sample["published"] == []
    assert sample["dynamic_energy_uj"] == step["dynamic_energy_uj"]
    low, high = sample["time_us"]
    assert low < step["time_us"] < high
    assert sample["total_energy_uj"][0] == pytest.approx(
        step["dynamic_energy_uj"][0] + 0.2 * low, abs=1e-3
    )


def test_less_activity_costs_less():
    layers, _ = network(MNIST, "inference")
    busy = dry_run([replace(layer, activity=1.0) for layer in layers])["estimates"]
    quiet = dry_run(layers)["estimates"]
    assert quiet["time_us"] < busy["time_us"]
    assert quiet["synaptic_operations"] < busy["synaptic_operations"]
