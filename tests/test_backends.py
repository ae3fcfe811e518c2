"""The registry of run configs."""

from dataclasses import replace

import pytest
from lava.magma.compiler.compiler_graphs import ProcGroupDiGraphs
from lava.utils import loihi

from lava_ib import InputError, make_config
from lava_ib.backends import BACKENDS, check_backend
from lava_ib.processes import Network
from lava_ib.rule.memory import Features, Prototype, Reservoir, Slots, Window
from lava_ib.simulation import Simulation

backends = pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
MEMORIES = {
    "prototype": Prototype(),
    "prototype of rates": Prototype(units=5),
    "kde": Window(),
    "hsic": Window(objective="hsic", compress=True),
    "features": Features(feature="relu4"),
    "slots": Slots(),
    "reservoir": Reservoir(units=20, rate=0.1),
}


def runs_in_integers(backend, memory) -> bool:
    if getattr(memory, "compress", False) or (isinstance(memory, Prototype) and memory.units):
        return False
    return isinstance(memory, backend.memories)


@backends
def test_backend_is_registered_by_its_name_and_says_what_it_runs(backend):
    assert BACKENDS[backend.name] is backend
    assert backend.summary
    assert "\n" not in backend.summary
    assert backend.timings
    assert set(backend.timings) <= {"paper", "chip"}


@backends
@pytest.mark.parametrize("learn", ["all", "readout", "nothing"])
@pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)
def test_run_config_selects_exactly_one_model_per_process(
    make_settings, tiny_data, backend, memory, learn
):
    settings = make_settings(memory=memory, timing=backend.timings[0])
    if backend.fixed and not runs_in_integers(backend, memory):
        with pytest.raises(
            ValueError, match=r"cannot run memory\..*it (runs prototype|runs 0|has no)"
        ):
            backend.settings(settings)
        return
    network = Network(backend.settings(settings), *tiny_data, learn=learn)
    chosen = ProcGroupDiGraphs._map_proc_to_model([network], backend.run_config(), [])
    assert chosen
    for process, model in chosen.items():
        assert model.implements_process is type(process)
        found = ProcGroupDiGraphs._find_proc_models(process)
        if model in found:  # else it was made for this one network
            assert [other for other in found if other.tags == model.tags] == [model]
    if len(chosen) > 1:
        # A memory may be made of Processes itself; then they are in its place.
        names = {p.name for process in chosen for p in (process, process.parent_proc)}
        assert {"source", "dense1", "layer1", "dense2", "layer2", "readout"} <= names
        assert ("memory2" in names) == (learn == "all")


@pytest.mark.skipif(loihi.is_installed(), reason="this machine has the extension")
def test_the_chip_is_a_backend_that_says_how_to_get_there():
    refused = r"^backend 'loihi2': .*INRC"
    with pytest.raises(InputError, match=refused):
        make_config({"backend": "loihi2"})
    with pytest.raises(InputError, match=refused):
        check_backend("loihi2")


@backends
def test_two_run_configs_do_not_share_state(backend):
    assert backend.run_config() is not backend.run_config()


@backends
def test_timing_a_backend_cannot_run_is_refused(make_settings, tiny_data, monkeypatch, backend):
    limited = replace(backend, timings=("chip",))
    monkeypatch.setitem(BACKENDS, backend.name, limited)
    with pytest.raises(ValueError, match=r"cannot run network\.timing = 'paper'; it runs chip"):
        Simulation(make_settings(timing="paper"), *tiny_data, backend=backend.name)


def test_unknown_timing_is_refused(make_settings, tiny_data):
    with pytest.raises(ValueError, match=r"network\.timing = 'tomorrow'.*paper, chip"):
        Simulation(make_settings(timing="tomorrow"), *tiny_data)
