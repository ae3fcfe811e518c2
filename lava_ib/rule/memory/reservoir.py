"""Reservoir memory: the paper's own, leaky tanh units with fixed random weights, read out linearly.

The units see a layer's output and its label, and remember by echoing. Nothing about them learns
but the readout, which estimates the exact modulator of a window: trained a priori on random
data, or while it is used, with the exact modulator as its teacher.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from lava_ib.rule.memory.window import Window
from lava_ib.rule.slots import Layout, Slot


@dataclass(frozen=True, kw_only=True)
class Reservoir:
    """Settings of a reservoir memory.

    Attributes
    ----------
    units : int
        D, number of units.
    density : float
        Share of the recurrent weights that are not zero.
    strength : float
        Standard deviation of the recurrent drive of units at rate 1 or -1; the paper has 1.2.
    tau : float
        Time constant of the units in time steps; the paper's code has 5.
    samples, sigma : int, float
        Window of the exact modulator that the readout estimates, and its kernels' width.
    rate : float
        Rate of the normalised delta rule while the memory is used; 0: the readout stays as it
        was trained a priori, and no exact modulator is needed.
    readout_file : str
        File with weights and a readout that was trained a priori; without one, the readout
        starts from zero.
    """

    A_PRIORI: ClassVar = ("recurrent", "inputs", "label_inputs", "readout_weights")

    kind: Literal["reservoir"] = "reservoir"
    units: Annotated[int, Ge(1)] = 200
    density: Annotated[float, Gt(0), Le(1)] = 0.1
    strength: Annotated[float, Ge(0)] = 1.2
    tau: Annotated[float, Ge(1)] = 5.0
    samples: Annotated[int, Ge(2)] = 10
    sigma: Annotated[float, Gt(0)] = 0.2
    rate: Annotated[float, Ge(0), Le(1)] = 0.0
    readout_file: str = ""

    @property
    def teacher(self) -> Window:
        """The window whose exact modulator is estimated."""
        return Window(objective="kde", samples=self.samples, sigma=self.sigma)

    def slots(self, neurons: int, classes: int, inputs: int) -> Layout:
        """Arrays of the memory of a layer: by name; with a teacher only where it is used."""
        own = {
            "recurrent": Slot((self.units, self.units)),
            "inputs": Slot((self.units, neurons)),
            "label_inputs": Slot((self.units, classes)),
            "readout_weights": Slot((neurons, self.units)),
            "u": Slot((self.units,)),
        }
        return own | self.teacher.slots(neurons, classes, inputs) if self.rate > 0.0 else own

    def draw(self, state: dict[str, np.ndarray], rng: np.random.Generator) -> None:
        """Draw the fixed weights, in place.

        Recurrent ones from N(0, strength^2 / (density D)), those from outside from a uniform
        distribution on [-1, 1].
        """
        shape = state["recurrent"].shape
        scale = self.strength / np.sqrt(self.density * self.units)
        state["recurrent"][...] = rng.normal(0.0, scale, shape) * (rng.random(shape) < self.density)
        for name in ("inputs", "label_inputs"):
            state[name][...] = rng.uniform(-1.0, 1.0, state[name].shape)


def advance(u: np.ndarray, drive: np.ndarray, tau: float) -> None:
    """Let the units leak towards their drive, in place: ``u <- u + (d - u) / tau``.

    Parameters
    ----------
    u, drive : ndarray, shape (D,)
        The drive is ``J tanh(u) + A z + B y``.
    tau : float
        In time steps, at least 1.
    """
    u += (drive - u) / tau


def correct(readout: np.ndarray, rates: np.ndarray, error: np.ndarray, rate: float) -> None:
    """Normalised delta rule, in place: ``R <- R + rate e r^T / (r . r)``.

    Parameters
    ----------
    readout : ndarray, shape (n, D)
    rates : ndarray, shape (D,)
        ``r = tanh(u)``.
    error : ndarray, shape (n,)
        Target minus ``R r``.
    rate : float
        In [0, 1]; 1 makes the error zero at once.
    """
    power = np.dot(rates, rates)
    if power > 0.0:
        readout += np.outer(rate / power * error, rates)
