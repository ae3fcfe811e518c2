"""Everything that defines a network and how it learns, as plain data.

One frozen dataclass a topic. Their fields are the keys of a config file, their annotations
are what a config file is checked against, and every backend reads nothing else.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Lt, MinLen

from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.geometry import Convolution, Geometry, check_image, layer_geometries
from lava_ib.rule.memory import Memory, Prototype, Reservoir, Window

Count = Annotated[int, Ge(1)]
Learn = Literal["all", "readout", "nothing"]
"""Which parts of a network learn: everything, the readout alone (frozen hidden layers),
or nothing (inference)."""

Timing = Literal["paper", "chip"]
"""When traces move and a modulator acts; see :class:`NetworkSettings`."""


@dataclass(frozen=True, kw_only=True)
class NetworkSettings:
    """Shape and dynamics.

    Attributes
    ----------
    layers : tuple of int
        Neurons from input to classes; everything between is a dense hidden layer.
    convolutions : tuple of Convolution
        Convolutional hidden layers, below the dense ones.
    image : tuple of int, optional
        Height, width and channels of the input, for convolutions.
    flip : bool
        Mirror every second sample, drawn anew in each pass, left to right.
    steps_per_sample : int
        Time steps a sample is presented, which is also the learning epoch.
    tau : float
        Membrane time constant in time steps, at least 1.
    tau_e : float
        Time constant of the eligibility traces in time steps, at least 1.
    run_length : int
        Samples of one class that arrive in a row; 1: in random order.
    replay : int
        Slots of each class that hold inputs. What is shown is drawn from them, class by class,
        so that classes which come in runs are learned side by side; 0: what arrives is shown.
    timing : {"paper", "chip"}
        ``paper``: traces move at every time step, and the modulator of a presentation acts
        at its end. ``chip``: traces move once per learning epoch, and a modulator acts one
        presentation later on the trace that belongs to it, as Loihi's learning engine does.
    """

    layers: Annotated[tuple[Count, ...], MinLen(3)] = (64, 128, 64, 10)
    convolutions: tuple[Convolution, ...] = ()
    image: tuple[Count, Count, Count] | None = None
    flip: bool = False
    steps_per_sample: Count = 4
    tau: Annotated[float, Ge(1)] = 1.5
    tau_e: Annotated[float, Ge(1)] = 2.0
    run_length: Count = 1
    replay: Annotated[int, Ge(0)] = 0
    timing: Timing = "paper"

    @cached_property
    def geometries(self) -> tuple[Geometry, ...]:
        """Shapes of all hidden layers, of a network with convolutions; else empty.

        Raises
        ------
        ValueError
            If a layer does not fit what is below it.
        """
        if not self.convolutions or self.image is None:
            return ()
        return layer_geometries(self.image, self.convolutions, self.layers[1:-1])


@dataclass(frozen=True, kw_only=True)
class LearningSettings:
    """How the hidden layers' weights move.

    Attributes
    ----------
    eta : float
        Learning rate; falls linearly to zero over the run. In a network with convolutions,
        how far a step goes: so much of the size of the first weights.
    weight_decay : float
        Share of a weight lost per sample, times the same linear factor.
    decay_interval : int
        Samples between two decays.
    divide_by_norm : bool
        Whether modulators are divided by the layer's norm ``||r||``.
    init : {"gaussian", "antipodal"}
        How the first weights are drawn; see :mod:`lava_ib.rule.first_weights`.
    init_variance : float
        Their variance times n_post; with convolutions, times the inputs of a neuron.
    warm_up : int
        With convolutions: samples without a weight change at the start.
    mean_rate : float
        With convolutions: rate of all running means, of maps and of step sizes.
    """

    eta: Annotated[float, Ge(0)] = 0.3
    weight_decay: Annotated[float, Ge(0), Lt(0.01)] = 3e-5
    decay_interval: Annotated[int, Ge(1), Lt(101)] = 100
    divide_by_norm: bool = True
    init: Literal["gaussian", "antipodal"] = "gaussian"
    init_variance: Annotated[float, Gt(0)] = 2.0
    warm_up: Annotated[int, Ge(0)] = 1000
    mean_rate: Annotated[float, Gt(0), Lt(1)] = 0.001


@dataclass(frozen=True, kw_only=True)
class ReadoutSettings:
    """The readout's delta rule.

    Attributes
    ----------
    alpha : float
        Learning rate; falls linearly to zero over the run.
    beta : float
        Inverse temperature of the softmax.
    smoothing : float
        Label smoothing in [0, 1).
    """

    alpha: Annotated[float, Ge(0)] = 0.1
    beta: Annotated[float, Gt(0)] = 20.0
    smoothing: Annotated[float, Ge(0), Lt(1)] = 0.1


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A network and its learning rule.

    Attributes
    ----------
    network : NetworkSettings
    learning : LearningSettings
    memory : Prototype, Window, Features, Slots or Reservoir
        The memory network of every hidden layer.
    readout : ReadoutSettings
    fixed : FixedSettings, optional
        Integer arithmetic, on the timing ``chip``, with a prototype memory of the storage
        ``margin``; without, floating point.
    """

    network: NetworkSettings = field(default_factory=NetworkSettings)
    learning: LearningSettings = field(default_factory=LearningSettings)
    memory: Memory = field(default_factory=Prototype)
    readout: ReadoutSettings = field(default_factory=ReadoutSettings)
    fixed: FixedSettings | None = None

    @property
    def hidden(self) -> int:
        """Number of hidden layers."""
        return len(self.network.convolutions) + len(self.network.layers) - 2

    @property
    def connection(self) -> str:
        """What the parts with the hidden layers' weights are called, without a number."""
        return "conv" if self.network.convolutions else "dense"

    @property
    def shown(self) -> tuple[int, ...]:
        """Size of the vector that each hidden layer shows its memory; the last one's readout's."""
        if self.network.convolutions:
            return tuple(geometry.shown for geometry in self.network.geometries)
        return self.network.layers[1:-1]

    @property
    def signed(self) -> bool:
        """Whether inputs in integers have a sign: pictures, before filters or a readout alone."""
        network = self.network
        return bool(network.convolutions) or (network.image is not None and self.hidden == 0)

    def check(self) -> None:
        """Refuse settings that do not go together.

        Raises
        ------
        ValueError
            In one line that names the key, what is wrong and what would be right.
        """
        network = self.network
        if network.convolutions and network.image is None:
            raise ValueError(
                "network.convolutions: needs network.image = [height, width, channels]"
            )
        if network.flip and not network.convolutions:
            raise ValueError("network.flip = true: only with network.convolutions")
        if network.image is not None:
            check_image(network.image, network.layers[0])
        if not network.convolutions:
            return
        for key, needed in _WITH_CONVOLUTIONS.items():
            if getattr(network, key) != needed:
                raise ValueError(
                    f"network.{key} = {getattr(network, key)!r}: with network.convolutions it is "
                    f"{needed!r}, since a trace that outlasts its time step would need one value "
                    "for each weight at each position"
                )
        if isinstance(self.memory, Window) and self.memory.compress:
            raise ValueError("memory.compress = true: not with network.convolutions")
        if isinstance(self.memory, Reservoir):
            raise ValueError('memory.kind = "reservoir": not with network.convolutions')
        _ = network.geometries


_WITH_CONVOLUTIONS = {"steps_per_sample": 1, "tau": 1.0, "tau_e": 1.0, "timing": "paper"}
"""Settings of a network with convolutions, whose traces are never written out."""
