"""Estimates of the time and the energy of a time step, from what the busiest cores do.

They are coarse: public measurements are few, and each figure says which of them it was taken from.
"""

from dataclasses import dataclass

from lava_ib.hardware.layers import Layer

FLOOR_US = 1.164
"""Shortest step, in microseconds (R12): two neurons on two cores; it does not grow with cores up
to 69. Measured in NECOTIS/TemporalLearningInRSNNs."""

SYNAPTIC_OPERATION_NS = 0.66
"""Intel's own estimator for Loihi 2, in the profile script of YOLO-KP (R12)."""

NEURON_OPERATION_NS = 4.0
"""From the same script."""

OPERATIONS_PER_STATE_WORD = 2
"""Counted neuron operations of a time step (R11, B): 2 for LIF and sigma-delta neurons, which
have one word of state, and about 4 for S4D neurons, which have two."""

SYNAPTIC_OPERATION_PJ = (27.0, 30.0)
"""If all the dynamic energy of PilotNet LIF went into synaptic operations (R13)."""

NEURON_OPERATION_PJ = (165.0, 185.0)
"""If all of it went into neuron operations (R13)."""

FLOOR_NJ = (27.0, 44.0)
"""Dynamic energy of an almost empty step (R13), from the two neurons of :data:`FLOOR_US`."""

STATIC_WATTS = (0.10, 0.38)
"""Static power of one chip as measured (R13): it depends on board, temperature and software."""


@dataclass(frozen=True)
class Load:
    """What a core does in a time step.

    Attributes
    ----------
    synaptic_operations, neuron_operations : float
    neuron_ns : float
        Time that its neurons take.
    """

    synaptic_operations: float
    neuron_operations: float
    neuron_ns: float

    @property
    def nanoseconds(self) -> float:
        """Time that the core is busy: the longer of its two kinds of work."""
        return max(self.synaptic_operations * SYNAPTIC_OPERATION_NS, self.neuron_ns)


def load(layer: Layer, neurons: int) -> Load:
    """Load of a core with so many neurons of a layer."""
    operations = neurons * OPERATIONS_PER_STATE_WORD * layer.state_words
    known = layer.neuron_ns
    return Load(
        synaptic_operations=neurons
        * sum(connection.fan_in * connection.activity for connection in layer.connections),
        neuron_operations=operations,
        neuron_ns=operations * NEURON_OPERATION_NS if known is None else neurons * known,
    )


def step_time(busiest_ns: float) -> float:
    """Microseconds of a time step: the floor, and what the busiest core does (R12).

    Parameters
    ----------
    busiest_ns : float
        Of the core with the most work, in nanoseconds.
    """
    return FLOOR_US + busiest_ns / 1e3


def dynamic_energy(
    synaptic_operations: float, neuron_operations: float, uncertainty: float = 1.0
) -> tuple[float, float]:
    """Range of the dynamic energy of a time step, in microjoules.

    One equation is known for two unknowns (R13): how PilotNet's energy is shared between synapses
    and neurons is open. The range spans all ways to share it.

    Parameters
    ----------
    synaptic_operations, neuron_operations : float
        Of all cores.
    uncertainty : float
        Factor by which these may be wrong.
    """
    shares = [
        (synaptic_operations * synaptic / 1e6, neuron_operations * neuron / 1e6)
        for synaptic, neuron in zip(SYNAPTIC_OPERATION_PJ, NEURON_OPERATION_PJ, strict=True)
    ]
    low, high = (floor / 1e3 for floor in FLOOR_NJ)
    return low + min(shares[0]) / uncertainty, high + max(shares[1]) * uncertainty


def total_energy(
    dynamic: tuple[float, float],
    microseconds: float,
    static_watts: tuple[float, float] = STATIC_WATTS,
) -> tuple[float, float]:
    """Range of the energy of a time step with the static power, in microjoules."""
    low, high = (watts * microseconds for watts in static_watts)
    return dynamic[0] + low, dynamic[1] + high
