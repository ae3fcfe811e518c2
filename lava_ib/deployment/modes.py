"""What a network of ours takes on the chip, by mode: its layers, and what crosses to the host."""

from dataclasses import replace
from itertools import pairwise
from typing import Literal

from lava_ib.deployment.placed_maps import placed_maps
from lava_ib.errors import InputError
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.loop import loop_steps
from lava_ib.hardware.workload import HostLink, Mode, Workload
from lava_ib.rule.fixed.memory import nearest_memory
from lava_ib.rule.memory import Prototype
from lava_ib.rule.settings import Settings

MemoryPlace = Literal["chip", "host"]

LEARNING_NEURON_WORDS = 2
"""Words of state of a neuron that learns: its sum, and what its modulator needs. An assumption:
microcoded neurons take 2 (S4D, PIPG) or 3 (Izhikevich) in public tables (R10)."""

FEEDBACK_STEPS = 3
"""Time steps from a layer's rates to its modulator, memory on the chip: the memory's scores, its
choice of a rival, the way back."""


def placed_network(
    settings: Settings,
    mode: Mode,
    memory: MemoryPlace | None,
    activity: list[float],
    constants: int,
    basis: str,
) -> tuple[list[Layer], Workload]:
    """Layers and workload of a network in a mode.

    Parameters
    ----------
    settings : Settings
    mode : str
    memory : {"chip", "host"}, optional
        Where the memory network runs on-chip learning; by default the chip, if it can.
    activity : list of float
        Share of the values that are not zero: of the inputs, then of each hidden layer; of
        convolutions, as :func:`lava_ib.deployment.placed_maps.placed_maps` says.
    constants : int
        Inputs that are the same for each sample.
    basis : str
        Where the activity comes from.

    Raises
    ------
    InputError
        If the memory cannot be on the chip, or a network with convolutions is to learn there.
    """
    if settings.network.convolutions:
        check_learns(settings, mode)
        return placed_maps(settings, activity, constants, basis)
    if mode == "inference":
        return _inference(settings, activity, constants, basis)
    if mode == "chip-in-the-loop":
        return _in_the_loop(settings, activity, basis)
    return _on_chip(settings, memory or _default_place(settings), activity, constants, basis)


def check_learns(settings: Settings, mode: Mode) -> None:
    """Refuse a network with convolutions where it would have to learn by the engine."""
    if settings.network.convolutions and mode != "inference":
        raise InputError(
            f"--mode {mode}: network.convolutions: the learning engine has no weights that "
            "positions share; expected --mode inference"
        )


def _default_place(settings: Settings) -> MemoryPlace:
    return "chip" if _fits_chip(settings) else "host"


def _fits_chip(settings: Settings) -> bool:
    """Whether the memory, in the form that integers have of it, is one plastic connection."""
    return isinstance(nearest_memory(settings.memory), Prototype)


def _forward(settings: Settings, activity: list[float], constants: int) -> list[Layer]:
    """Dense layers of 8-bit weights, from the first hidden layer to the readout."""
    sizes = settings.network.layers
    names = [*(f"layer{number}" for number in range(1, settings.hidden + 1)), "readout"]
    inputs = [sizes[0] + constants, *sizes[1:-1]]
    return [
        Layer(name, "dense", post, inputs=pre, activity=share, targets=1)
        for name, pre, post, share in zip(names, inputs, sizes[1:], activity, strict=True)
    ]


def _ends(layers: list[Layer], steps: int) -> tuple[HostLink, ...]:
    first, last = layers[0], layers[-1]
    return (
        HostLink("inputs", first.name, "to chip", first.inputs, first.inputs * first.activity),
        HostLink("class scores", last.name, "from chip", last.neurons, last.neurons / steps),
    )


def _inference(
    settings: Settings, activity: list[float], constants: int, basis: str
) -> tuple[list[Layer], Workload]:
    layers = _forward(settings, activity, constants)
    return layers, Workload(
        "inference",
        steps=1,
        latency_steps=len(layers),
        learns_on_chip=False,
        links=_ends(layers, 1),
        basis=f"a sample each time step, answered as many steps later as there are layers; {basis}",
        not_checked=(
            "whether the compiler takes sign mode MIXED and negative exponents as Lava's "
            "fixed-point model does",
        ),
    )


def _in_the_loop(
    settings: Settings, activity: list[float], basis: str
) -> tuple[list[Layer], Workload]:
    """Connections and their sums on the chip, neurons on the host; so biases are, too."""
    layers = _forward(settings, activity, 0)
    steps = loop_steps(settings)
    links = []
    for layer in layers:
        sent = layer.inputs * layer.activity
        synapses = layer.inputs * layer.neurons
        links += [
            HostLink(f"inputs of {layer.name}", layer.name, "to chip", steps * layer.inputs, sent),
            HostLink(
                f"sums of {layer.name}",
                layer.name,
                "from chip",
                steps * layer.neurons,
                layer.neurons,
            ),
            HostLink(f"weights of {layer.name}", layer.name, "to chip", synapses, synapses / steps),
        ]
    return layers, Workload(
        "chip-in-the-loop",
        steps=steps,
        latency_steps=steps - 1,
        learns_on_chip=False,
        links=tuple(links),
        basis=f"a learning epoch a sample, all weights written back after each; {basis}",
        not_checked=(
            "how fast weights are written through Var.set on the chip: they are counted as values "
            "of the host link",
            "whether connections whose weights change between runs are compiled as fixed ones",
            "how many time steps the adapters add on the way to the chip and back",
        ),
    )


def _on_chip(
    settings: Settings, place: MemoryPlace, activity: list[float], constants: int, basis: str
) -> tuple[list[Layer], Workload]:
    if place == "chip" and not _fits_chip(settings):
        raise InputError(
            f"--memory chip: memory.kind = {settings.memory.kind!r}: only a prototype memory is a "
            "plastic connection that fits the chip; expected --memory host"
        )
    forward = _forward(settings, activity, constants)
    classes = settings.network.layers[-1]
    layers: list[Layer] = []
    links: list[HostLink] = []
    latency = len(forward) + FEEDBACK_STEPS - 1
    steps = max(settings.network.steps_per_sample, latency)
    for layer, (share, share_out) in zip(forward[:-1], pairwise(activity), strict=True):
        feedback = _feedback(layer, classes, place)
        plastic = replace(
            layer,
            plastic=True,
            state_words=LEARNING_NEURON_WORDS,
            further=(feedback,),
            targets=2,
            activity=share / steps,
        )
        layers.append(plastic)
        if place == "chip":
            name = f"memory of {layer.name}"
            layers.append(_class_neurons(name, layer, classes, share_out / steps))
        else:
            links += _memory_links(layer, share_out, steps)
    readout = _class_neurons("readout", forward[-2], classes, activity[-1] / steps)
    layers.append(replace(readout, targets=1))
    ends = _ends([layers[0], layers[-1]], steps)
    label = HostLink("label", "class neurons", "to chip", classes, 1.0 / steps)
    return layers, Workload(
        "on-chip",
        steps=steps,
        latency_steps=len(forward),
        learns_on_chip=True,
        links=(*ends, label, *links),
        basis=f"{latency} steps from a sample to the last modulator, one learning epoch a sample; "
        f"{basis}",
        not_checked=_open_points(settings, place),
    )


def _feedback(layer: Layer, classes: int, place: MemoryPlace) -> Layer:
    """What brings a layer its modulator: the rows of two classes, or the host's numbers."""
    if place == "chip":
        return Layer(
            "feedback",
            "dense",
            layer.neurons,
            inputs=classes,
            plastic=True,
            activity=2.0 / classes / FEEDBACK_STEPS,
        )
    return Layer("modulator", "sparse", layer.neurons, inputs=layer.neurons, pattern="block")


def _class_neurons(name: str, layer: Layer, classes: int, activity: float) -> Layer:
    """One neuron a class behind a plastic connection: a row each."""
    return Layer(
        name,
        "dense",
        classes,
        inputs=layer.neurons,
        plastic=True,
        activity=activity,
        state_words=LEARNING_NEURON_WORDS,
        targets=2,
    )


def _memory_links(layer: Layer, activity: float, steps: int) -> list[HostLink]:
    neurons = layer.neurons
    return [
        HostLink(
            f"rates of {layer.name}", layer.name, "from chip", neurons, neurons * activity / steps
        ),
        HostLink(f"modulator of {layer.name}", layer.name, "to chip", neurons, neurons / steps),
    ]


def _open_points(settings: Settings, place: MemoryPlace) -> tuple[str, ...]:
    memory = settings.memory
    points = [
        f"state of neurons that learn: {LEARNING_NEURON_WORDS} words are assumed; their microcode "
        "is not written",
        "the normalisation z = r / ||r|| on the chip: one scalar a layer, not placed",
    ]
    if place == "chip":
        points.append(
            "that the feedback keeps the same weights as the memory: both are plastic "
            "connections that learn alike"
        )
        if isinstance(memory, Prototype) and memory.storage != "margin":
            points.append(
                f"memory.storage = {memory.storage!r} needs an exponential over the "
                "classes; what is placed is the margin memory, which has none"
            )
        if isinstance(memory, Prototype) and memory.units:
            points.append(
                f"memory.units = {memory.units}: what is placed is the memory without rectifiers, "
                "which is what integers have"
            )
    return tuple(points)
