"""The ways to do the work, each a function that makes a :class:`Contender`.

Each runs in a process of its own, since Lava forks and neither JAX nor PyTorch may be forked.
"""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import plain
import timing
from timing import Contender

from lava_ib.experiment.data import Preparation
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.schedule import presentation_order
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import initial_state

CHECKED = ("dense1/weights", "dense2/weights", "memory1/prototypes", "readout/weights")


def lava(backend: str) -> Callable[[Settings, timing.Work], Contender]:
    """A whole simulation in Lava; started, and its kernels compiled, before it is timed."""

    def make(settings: Settings, work: timing.Work) -> Contender:
        from lava_ib.backends import BACKENDS
        from lava_ib.simulation import Simulation

        began = time.perf_counter()
        if BACKENDS[backend].compile is not None:
            BACKENDS[backend].compile(settings)
        simulation = Simulation(
            settings, work.x, work.labels, offset=work.offset, backend=backend, stall_seconds=60.0
        )
        return Contender(
            simulation.present,
            time.perf_counter() - began,
            lambda: {name: simulation.read(name) for name in CHECKED},
            simulation.stop,
        )

    return make


def integers(backend: str) -> Callable[[Settings, timing.Work], Contender]:
    """A simulation of a fixed-point backend, with the inputs that it takes."""

    def make(settings: Settings, work: timing.Work) -> Contender:
        preparation = Preparation.for_integers(work.x)
        inputs = replace(work, x=preparation.scaled(work.x), offset=preparation.offset)
        return lava(backend)(_on_chip(settings), inputs)

    return make


def _on_chip(settings: Settings) -> Settings:
    network = replace(settings.network, timing="chip")
    return replace(settings, network=network, fixed=FixedSettings())


def bare(settings: Settings, work: timing.Work) -> Contender:
    """The fused backend's loop, called without Lava."""
    from lava_ib.processes.fused.model import compile_loop

    seconds = compile_loop(settings)
    loop, state = timing.bare_loop(settings, work)
    return Contender(loop.run, seconds, lambda: {name: state[name].copy() for name in CHECKED})


def first_version(settings: Settings, work: timing.Work) -> Contender:
    """The rule as one writes it first, compiled with numba."""
    began = time.perf_counter()
    state = initial_state(settings, "all", len(work.x), seed=0)
    parts = {"dense": ("weights", "tag_1"), "layer": ("u",), "memory": ("prototypes",)}
    arrays = [
        tuple(state[f"{part}{k}/{name}"] for k in range(1, settings.hidden + 1))
        for part, names in parts.items()
        for name in names
    ]
    rest = (work.x - work.offset, work.labels, *arrays, state["readout/weights"])
    constants = _constants(settings)
    count, shown = len(work.x), [0]

    def present(samples: int) -> None:
        while samples > 0:
            epoch, position = divmod(shown[0], count)
            order = presentation_order(work.labels, 0, epoch)[position : position + samples]
            plain.present(order, shown[0], *rest, constants)
            shown[0] += len(order)
            samples -= len(order)

    plain.present(np.zeros(0, dtype=np.int64), 0, *rest, constants)
    return Contender(present, time.perf_counter() - began, lambda: state)


def _constants(settings: Settings) -> np.ndarray:
    network, learning = settings.network, settings.learning
    memory, readout = settings.memory, settings.readout
    dynamics = [network.steps_per_sample, network.tau, network.tau_e]
    rates = [learning.eta, learning.weight_decay, learning.decay_interval, learning.divide_by_norm]
    own = [memory.beta, memory.smoothing, memory.alpha]
    last = [readout.beta, readout.smoothing, readout.alpha]
    return np.array([*dynamics, *rates, *own, *last], float)


def stock(settings: Settings, work: timing.Work) -> Contender:
    """Processes of Lava alone: spiking neurons and the learning engine, same sizes.

    Not the same rule, and it learns nothing useful: the third factors come from a buffer. The
    connections learn once a sample, as rarely as the engine can.
    """
    from lava.magma.core.learning.learning_rule import Loihi3FLearningRule
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.dense.process import Dense, LearningDense
    from lava.proc.io.source import RingBuffer
    from lava.proc.lif.process import LIF

    from lava_ib.lava_runtime import LavaRuntime

    began = time.perf_counter()
    steps, shown = settings.network.steps_per_sample, 20
    state = initial_state(settings, "all", len(work.x), seed=0)
    source = RingBuffer(data=np.repeat((work.x[:shown] - work.offset).T, steps, axis=1))
    below = source
    for number, size in enumerate(settings.network.layers[1:-1], start=1):
        rule = Loihi3FLearningRule(
            dw="u0*t*y2", dt="2^-2*u0*x1*y1 - 2^-2*u0*t", x1_impulse=1, x1_tau=10, t_epoch=steps
        )
        connection = LearningDense(
            weights=state[f"dense{number}/weights"], learning_rule=rule, num_message_bits=8
        )
        neurons = LIF(shape=(size,), du=1.0, dv=1.0 / settings.network.tau, vth=0.1)
        below.s_out.connect(connection.s_in)
        connection.a_out.connect(neurons.a_in)
        for name, value in (("y1", 1.0), ("y2", 1e-6)):
            factor = RingBuffer(data=np.full((size, 1), value))
            factor.s_out.connect(getattr(connection, f"s_in_{name}"))
        below = neurons
    last = Dense(weights=state["readout/weights"])
    output = LIF(shape=(len(state["readout/weights"]),), vth=1.0)
    below.s_out.connect(last.s_in)
    last.a_out.connect(output.a_in)
    runtime = LavaRuntime(output, Loihi2SimCfg(select_tag="floating_pt"))

    def present(samples: int) -> None:
        runtime.start(RunSteps(samples * steps, blocking=False))
        while not runtime.finished():
            time.sleep(0.002)

    return Contender(present, time.perf_counter() - began, stop=runtime.stop)


def stock_integers(settings: Settings, work: timing.Work) -> Contender:
    """Processes of Lava alone in fixed point: learning connections, graded rectifiers.

    The connections learn by the rule of the network, but from third factors out of a buffer.
    """
    from lava.magma.core.learning.constants import GradedSpikeCfg
    from lava.magma.core.learning.learning_rule import Loihi3FLearningRule
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.dense.process import Dense, LearningDense
    from lava.proc.graded.process import GradedReluVec
    from lava.proc.io.source import RingBuffer

    from lava_ib.lava_runtime import LavaRuntime

    began = time.perf_counter()
    steps, shown = settings.network.steps_per_sample, 20
    preparation = Preparation.for_integers(work.x)
    x = np.rint(preparation.scaled(work.x[:shown])).astype(int)
    state = initial_state(_on_chip(settings), "all", len(work.x), seed=0)
    source = RingBuffer(data=np.repeat(2 * x.T, steps, axis=1))
    below = source
    for number, size in enumerate(settings.network.layers[1:-1], start=1):
        rule = Loihi3FLearningRule(
            dw="2^-7*u0*t*y2 - 2^-7*u0*t*y3",
            dt="2^-4*x0*x1*y1 - u0*t",
            x1_impulse=0,
            x1_tau=2**60,
            t_epoch=steps,
        )
        connection = LearningDense(
            weights=state[f"dense{number}/weights"] // 2 * 2,
            learning_rule=rule,
            num_message_bits=8,
            weight_exp=-9,
            graded_spike_cfg=GradedSpikeCfg.OVERWRITE,
        )
        neurons = GradedReluVec(shape=(size,), vth=0)
        below.s_out.connect(connection.s_in)
        connection.a_out.connect(neurons.a_in)
        for name, value in (("y1", 127), ("y2", 3), ("y3", 3)):
            factor = RingBuffer(data=np.full((size, 1), value))
            factor.s_out.connect(getattr(connection, f"s_in_{name}"))
        below = neurons
    classes = settings.network.layers[-1]
    last = Dense(weights=np.full((classes, settings.network.layers[-2]), 2), num_message_bits=24)
    output = GradedReluVec(shape=(classes,), vth=0)
    below.s_out.connect(last.s_in)
    last.a_out.connect(output.a_in)
    runtime = LavaRuntime(output, Loihi2SimCfg(select_tag="fixed_pt"))

    def present(samples: int) -> None:
        runtime.start(RunSteps(samples * steps, blocking=False))
        while not runtime.finished():
            time.sleep(0.002)

    return Contender(present, time.perf_counter() - began, stop=runtime.stop)


def needs(module: str, maker: str) -> Callable[[Settings, timing.Work], Contender] | None:
    """A contender of peers.py, if the package it needs is installed."""
    if importlib.util.find_spec(module) is None:
        return None

    def make(settings: Settings, work: timing.Work) -> Contender:
        import peers

        return getattr(peers, maker)(settings, work)

    return make
