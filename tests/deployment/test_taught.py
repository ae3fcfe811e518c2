"""Learning with a chip: on CPU, by the graph that is deployed, against the backend ``fixed``."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from lava.magma.compiler.compiler_graphs import ProcGroupDiGraphs
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.dense.models import PyDenseModelBitAcc
from sklearn.datasets import load_digits

from lava_ib import InputError
from lava_ib.deployment.composed import composed, profiled
from lava_ib.deployment.taught import ReadBack, WrittenBack
from lava_ib.hardware import loop, on_chip
from lava_ib.hardware.chip import Access
from lava_ib.hardware.host_link.models import NxFromChipModel, NxToChipModel
from lava_ib.hardware.host_link.process import FromChip, ToChip
from lava_ib.processes import Network
from lava_ib.rule.fixed.scaling import measured_exponents
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state
from lava_ib.simulation import Simulation

SAMPLES = 30


def settings_of(layers=(64, 20, 12, 10), steps=2, tau=2.0, **fixed) -> Settings:
    network = NetworkSettings(
        layers=layers, steps_per_sample=steps, tau=tau, tau_e=4.0, timing="chip"
    )
    memory = Prototype(storage="margin")
    return Settings(network=network, memory=memory, fixed=FixedSettings(**fixed))


def digits():
    found = load_digits()
    return np.minimum(8 * found.data, 127)[:100], found.target[:100]


def learned(kind, backend, settings, learn="all", samples=SAMPLES):
    """State before and after some presentations of digits."""
    x, labels = digits()
    start = initial_state(settings, learn, len(x), seed=0)
    measured_exponents(start, settings, x, labels)
    with kind(
        settings, x, labels, backend=backend, learn=learn, state=start, total_samples=200
    ) as simulation:
        simulation.present(samples)
        return start, simulation.state


def assert_same(settings, kind, backend, learn="all", counted=("",)):
    start, ours = learned(kind, backend, settings, learn)
    _, theirs = learned(Simulation, "fixed", settings, learn)
    differing = [
        name
        for name in theirs
        if (not name.endswith("/saturated") or name.startswith(counted))
        and not np.array_equal(ours[name], theirs[name])
    ]
    assert differing == []
    if learn == "all":
        moved = ("dense1/weights", "readout/weights", "memory1/prototypes")
        assert all(not np.array_equal(ours[name], start[name]) for name in moved)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        settings_of(weight_bits=8),
        settings_of((64, 16, 10), steps=1, tau=1.0, arithmetic="plain", rounding="per_synapse"),
    ],
    ids=["eight bits", "one layer of nine bits, plain arithmetic"],
)
def test_weights_written_back_make_the_chip_learn_as_fixed_does(settings):
    """All arrays after 30 digits: weights that did not arrive would change membranes at once."""
    assert_same(settings, WrittenBack, composed("chip-in-the-loop", "host", None))


@pytest.mark.slow
def test_without_writing_back_the_chip_keeps_its_first_weights():
    settings = settings_of(weight_bits=8)
    _, ours = learned(Simulation, composed("chip-in-the-loop", "host", None), settings, samples=8)
    _, theirs = learned(Simulation, "fixed", settings, samples=8)
    assert not np.array_equal(ours["layer1/u"], theirs["layer1/u"])


@pytest.mark.slow
@pytest.mark.parametrize("memory", ["chip", "host"])
def test_on_chip_learning_is_that_of_fixed(memory):
    backend = composed("on-chip", memory, None)
    assert_same(settings_of(), ReadBack, backend, counted=("source", "layer"))


@pytest.mark.parametrize("mode", ["chip-in-the-loop", "on-chip"])
def test_all_of_the_chips_synapses_are_those_of_stock_lava(mode, tiny_data):
    settings = settings_of((6, 5, 4, 3))
    network = Network(settings, *tiny_data)
    run_config = composed(mode, "host", None).run_config()
    chosen = list(ProcGroupDiGraphs._map_proc_to_model([network], run_config, []).values())
    dense = [model for model in chosen if issubclass(model, PyDenseModelBitAcc)]
    assert len(dense) == (3 if mode == "chip-in-the-loop" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["chip-in-the-loop", "on-chip"])
def test_adapters_carry_the_values_in_and_out(mode, embedded_io):
    """The host links as for the chip, with the stand-in, the rest on CPU: it proves the calls."""
    models = {
        "chip-in-the-loop": loop.ON_HOST | loop.COMPOSED,
        "on-chip": on_chip.OnChipSimConfig(False).exception_proc_model_map,
    }[mode]
    adapters = {ToChip: NxToChipModel, FromChip: NxFromChipModel}
    run_config = partial(
        Loihi2SimCfg, select_tag="fixed_pt", exception_proc_model_map=models | adapters
    )
    backend = replace(composed(mode, "host", None), run_config=run_config)
    kind = WrittenBack if mode == "chip-in-the-loop" else ReadBack
    settings = settings_of((64, 12, 10), steps=1, tau=1.0)
    _, ours = learned(kind, backend, settings, samples=8)
    _, theirs = learned(Simulation, "fixed", settings, samples=8)
    for name in ("dense1/weights", "layer1/u", "readout/predictions"):
        assert np.array_equal(ours[name], theirs[name])


@pytest.mark.parametrize(
    ("mode", "memory", "named", "unnamed"),
    [
        ("chip-in-the-loop", "host", "dense1_on_chip_dense (Dense)", "RateLayer"),
        ("on-chip", "host", "layer1 (RateLayer)", "MarginNeurons"),
        ("on-chip", "chip", "memory1 (MarginNeurons)", "SampleSource"),
    ],
)
def test_what_has_no_model_for_the_chip_is_named(mode, memory, named, unnamed, tiny_data):
    """Without the extension no stock Process has one; what belongs on the host is not named."""
    backend = composed(mode, memory, Access())
    network = Network(settings_of((6, 5, 4, 3)), *tiny_data)
    with pytest.raises(InputError, match="no model for Loihi 2: ") as refused:
        profiled(backend, network, 10, Access())
    assert named in str(refused.value) and unnamed not in str(refused.value)
