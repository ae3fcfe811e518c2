"""Composed of stock Lava Processes, a network computes what the backend fixed computes."""

from itertools import pairwise

import numpy as np
import pytest
from lava.magma.compiler.compiler_graphs import ProcGroupDiGraphs
from lava.proc.dense.models import PyDenseModelBitAcc, PyLearningDenseModelBitApproximate
from sklearn.datasets import load_digits

from lava_ib.backends import BACKENDS
from lava_ib.processes import Network
from lava_ib.rule.fixed.scaling import measured_exponents
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import NetworkSettings, Settings
from lava_ib.rule.state import initial_state
from lava_ib.simulation import Simulation


def is_counted(name: str) -> bool:
    """Stock connections do not say what they cut off."""
    return not name.endswith("/saturated") or name.startswith(("source", "layer"))


def settings_of(layers=(64, 20, 12, 10), steps=3, tau=2.0, **fixed) -> Settings:
    return Settings(
        network=NetworkSettings(
            layers=layers, steps_per_sample=steps, tau=tau, tau_e=4.0, timing="chip"
        ),
        memory=Prototype(storage="margin"),
        fixed=FixedSettings(**fixed),
    )


def states(backend, settings, samples, learn="all", cut=()):
    """The network's state after each sample of digits, from one and the same start."""
    digits = load_digits()
    x, labels = np.minimum(8 * digits.data, 127)[:250], digits.target[:250]
    start = initial_state(settings, learn, len(x), seed=0)
    measured_exponents(start, settings, x, labels)
    start[f"dense{settings.hidden}/weight_exp"] -= 1
    for begin, end in pairwise((0, *cut, samples)):
        simulation = Simulation(
            settings, x, labels, backend=backend, state=start, learn=learn, total_samples=300
        )
        with simulation:
            for _ in range(end - begin):
                simulation.present(1)
                start = simulation.state
                yield start


def assert_equal_states(ours, theirs):
    for sample, (a, b) in enumerate(zip(ours, theirs, strict=True), 1):
        differing = [n for n in a if is_counted(n) and not np.array_equal(a[n], b[n])]
        assert differing == [], f"after sample {sample}"


@pytest.mark.slow
def test_forward_and_learning_are_equal_to_fixed_over_200_digits():
    settings = settings_of((64, 128, 64, 10), steps=4, tau=1.5)
    fixed = list(states("fixed", settings, 200))
    assert_equal_states(list(states("loihi2-sim", settings, 200)), fixed)
    assert fixed[-1]["memory2/updates"] > 50
    for name in ("dense1/weights", "dense2/weights", "memory1/prototypes", "readout/weights"):
        assert not np.array_equal(fixed[-1][name], fixed[0][name])


@pytest.mark.slow
@pytest.mark.parametrize("learn", ["all", "readout", "nothing"])
@pytest.mark.parametrize(
    "settings",
    [
        settings_of(steps=1, tau=1.0),
        settings_of((64, 16, 10), steps=2, tau=3.0),
        settings_of((64, 16, 12, 8, 10), trace_bits=5, modulator_bits=4, margin=9000, rate=9.0),
    ],
    ids=["one step", "one layer", "three layers of fewer bits"],
)
def test_any_network_is_equal_to_fixed(settings, learn):
    fixed = states("fixed", settings, 15, learn)
    assert_equal_states(list(states("loihi2-sim", settings, 15, learn)), fixed)


@pytest.mark.slow
def test_a_run_that_was_cut_goes_on_to_the_same_bits():
    settings = settings_of()
    whole = list(states("loihi2-sim", settings, 16))
    assert_equal_states(list(states("loihi2-sim", settings, 16, cut=(7,))), whole)


def test_all_synapses_are_those_of_stock_lava(tiny_data):
    settings = settings_of((6, 5, 4, 3))
    for learn, plastic, static in (("all", 5, 0), ("readout", 1, 2), ("nothing", 0, 3)):
        network = Network(settings, *tiny_data, learn=learn)
        run_config = BACKENDS["loihi2-sim"].run_config()
        chosen = ProcGroupDiGraphs._map_proc_to_model([network], run_config, [])
        found = list(chosen.values())
        assert sum(issubclass(m, PyLearningDenseModelBitApproximate) for m in found) == plastic
        assert sum(issubclass(m, PyDenseModelBitAcc) for m in found) == static


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (settings_of(arithmetic="plain"), "fixed.arithmetic = 'plain'.*'engine' alone"),
        (settings_of(rounding="per_synapse"), "fixed.rounding = 'per_synapse'"),
        (settings_of(weight_bits=8), "fixed.weight_bits = 8.*9 alone"),
        (settings_of(weight_decay=True), r"fixed\.weight_decay: leave it out"),
        (settings_of(steps=61), "needs 64 time steps.*network.steps_per_sample up to 60"),
    ],
)
def test_what_lavas_engine_cannot_do_is_refused(tiny_data, settings, message):
    with pytest.raises(ValueError, match=message):
        Simulation(settings, *tiny_data, backend="loihi2-sim")
