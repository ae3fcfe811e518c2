"""What a network with convolutions takes on the chip for inference, layer by layer.

Each convolution is two layers there: the filters with rectifiers, and the pooling, whose neurons
multiply and shift, since a ``Conv`` of Lava cannot (``lava_ib.hardware.inference``).
"""

from dataclasses import replace
from math import prod

from lava_ib.hardware.layers import Layer
from lava_ib.hardware.workload import HostLink, Workload
from lava_ib.rule.geometry import Geometry
from lava_ib.rule.settings import NetworkSettings, Settings

PRODUCT_NEURON_WORDS = 2
"""Words of state of a neuron that multiplies its two inputs. An assumption, as for neurons that
learn: no public table has it."""

ASSUMED_PLACES = 3
"""Constants that biases are written in, where no network is trained yet."""

_NOT_CHECKED = (
    f"state of neurons that multiply: {PRODUCT_NEURON_WORDS} words are assumed",
    "pooling takes a group for each channel: its memory is counted as without groups",
    "whether the compiler takes weights from -127 to 127 in Conv, and sign mode MIXED and negative "
    "exponents in Dense, as Lava's fixed-point models do",
    "messages of up to 24 bits between filters and pooling",
)


def placed_maps(
    settings: Settings, activity: list[float], places: int, basis: str
) -> tuple[list[Layer], Workload]:
    """Layers and workload of a network with convolutions.

    Parameters
    ----------
    settings : Settings
    activity : list of float
        Share of the values that are not zero: of the inputs, then of each layer but the last.
    places : int
        Constants that biases are written in.
    basis : str
        Where the activity comes from.
    """
    network = settings.network
    plain: list[Layer] = []
    for number, geometry in enumerate(network.geometries, 1):
        if number > len(network.convolutions):
            plain.append(_dense(f"layer{number}", prod(geometry.input), geometry.output[2]))
        else:
            plain += [_filters(number, geometry), _pooling(number, geometry, places)]
    plain.append(_dense("readout", plain[-1].neurons, network.layers[-1], places))
    layers = [replace(layer, activity=share) for layer, share in zip(plain, activity, strict=True)]
    first, last = layers[0], layers[-1]
    links = (
        HostLink("inputs", first.name, "to chip", first.inputs, first.inputs * first.activity),
        HostLink("constants", "pooling, readout", "to chip", places, float(places)),
        HostLink("class scores", last.name, "from chip", last.neurons, float(last.neurons)),
    )
    workload = Workload(
        "inference",
        steps=1,
        latency_steps=len(layers),
        learns_on_chip=False,
        links=links,
        basis=f"a sample each time step, answered as many steps later as there are layers; {basis}",
        not_checked=_NOT_CHECKED,
    )
    return layers, workload


def assumed_activity(network: NetworkSettings) -> list[float]:
    """As of :func:`placed_maps`, for a network that is not trained yet.

    All inputs, half of the rectified neurons, and all of what is pooled: centred, it is rarely 0.
    """
    pairs = [share for _ in network.convolutions for share in (0.5, 1.0)]
    dense = [0.5] * (len(network.geometries) - len(network.convolutions))
    return [1.0, *pairs, *dense]


def _filters(number: int, geometry: Geometry) -> Layer:
    return Layer(
        f"layer{number}",
        "conv",
        prod(geometry.output),
        inputs=prod(geometry.input),
        shape=geometry.output,
        input_shape=geometry.input,
        kernel=geometry.kernel,
        stride=(geometry.stride, geometry.stride),
        padding=(geometry.padding, geometry.padding),
    )


def _pooling(number: int, geometry: Geometry, places: int) -> Layer:
    neurons, side = prod(geometry.pooled), (geometry.pool, geometry.pool)
    return Layer(
        f"pooled{number}",
        "conv",
        neurons,
        inputs=prod(geometry.output),
        shape=geometry.pooled,
        input_shape=geometry.output,
        kernel=side,
        stride=side,
        groups=geometry.output[2],
        weight_bits=1,
        state_words=PRODUCT_NEURON_WORDS,
        further=(_always("bias", neurons, places), _always("factor", neurons, places)),
    )


def _dense(name: str, inputs: int, neurons: int, places: int = 0) -> Layer:
    further = (_always("bias", neurons, places),) if places else ()
    return Layer(name, "dense", neurons, inputs=inputs, further=further, targets=1)


def _always(name: str, neurons: int, places: int) -> Layer:
    return Layer(name, "dense", neurons, inputs=places)
