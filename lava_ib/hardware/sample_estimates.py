"""Time and energy of one sample: its time steps, the learning epoch, and the host.

Ranges span what is open. The learning phase of Loihi 2 has no public figure at all: it is
estimated from Loihi 1's cost of a synapse in the learning engine.
"""

from typing import Any

from lava_ib.hardware.estimates import total_energy
from lava_ib.hardware.placement import Placement
from lava_ib.hardware.workload import Workload

STEP_TIME_ERROR = 0.35
"""By how much estimated step times missed measured ones at most: five networks, ``--validate``."""

LEARNING_NS = 6.1
LEARNING_PJ = 120.0
"""Time and energy of a synapse's update on Loihi 1, pairwise STDP: Davies et al., IEEE Micro
38(1), 2018, table 2, from simulations before the silicon."""

LOIHI_2_SPEED = 5.0
"""Loihi 2's synaptic operations against Loihi 1's, by Intel's technology brief of 2021; that it
holds for updates as well is not known, so it is the fast end of the range."""

HOST_VALUE_US = (1.49, 2.26)
"""Microseconds for a value from a Python process: PilotNet as a sigma-delta network took 59 to 89
ms to inject 39,600 of them in each time step (lava-dl, benchmark.ipynb)."""

PUBLISHED = (
    {
        "what": "on-chip back-propagation, 400-400-10, MNIST, Loihi 1",
        "time_us": 1500.0,
        "energy_uj": 590.0,
        "source": "Renner et al., Nat. Commun. 15:9691, 2024, table 1",
    },
    {
        "what": "CLP-SNN, on-chip continual learning, Loihi 2",
        "time_us": 330.0,
        "energy_uj": 50.0,
        "source": "Hajizada et al., arXiv 2511.01553",
    },
)
"""Learning on the chip, one training sample: what others measured, on other networks."""

_BASIS = {
    "steps": "R12 and R13 (C): each time step as under estimates, its time within 35 %",
    "learning": "one visit of each plastic synapse in a learning epoch, at Loihi 1's 6.1 ns and "
    "120 pJ (Davies 2018); low end: only those whose input is active, five times faster (D)",
    "host": "1.49 to 2.26 us a value from Python (PilotNet SDNN's injection); not part of the "
    "other times",
}


def sample_estimates(
    placement: Placement,
    step: dict[str, Any],
    workload: Workload,
) -> dict[str, Any]:
    """Estimate one sample.

    Parameters
    ----------
    placement : Placement
        Of a network that fits.
    step : dict
        Estimates of a time step: of :func:`lava_ib.hardware.summary.dry_run`.
    workload : Workload

    Returns
    -------
    dict
        Ranges in microseconds and microjoules, and what they rest on.
    """
    learning_us, learning_uj = (
        _learning(placement) if workload.learns_on_chip else ((0.0, 0.0), (0.0, 0.0))
    )
    time = (
        workload.steps * step["time_us"] / (1.0 + STEP_TIME_ERROR) + learning_us[0],
        workload.steps * step["time_us"] / (1.0 - STEP_TIME_ERROR) + learning_us[1],
    )
    low, high = step["dynamic_energy_uj"]
    dynamic = workload.steps * low + learning_uj[0], workload.steps * high + learning_uj[1]
    watts = step["static_watts"]
    total = (
        total_energy(dynamic, time[0], (watts[0], watts[0]))[0],
        total_energy(dynamic, time[1], (watts[1], watts[1]))[1],
    )
    values = sum(link.values_per_sample for link in workload.links)
    return {
        "steps": workload.steps,
        "latency_steps": workload.latency_steps,
        "time_us": _rounded(time),
        "learning_us": _rounded(learning_us),
        "dynamic_energy_uj": _rounded(dynamic),
        "learning_energy_uj": _rounded(learning_uj),
        "total_energy_uj": _rounded(total),
        "host_us": _rounded((values * HOST_VALUE_US[0], values * HOST_VALUE_US[1])),
        "basis": _BASIS | {"workload": workload.basis},
        "published": list(PUBLISHED) if workload.learns_on_chip else [],
    }


def _learning(placement: Placement) -> tuple[tuple[float, float], tuple[float, float]]:
    """Microseconds of the busiest core, and microjoules of all, in a learning epoch."""
    active, busiest_active, whole, busiest_whole = 0.0, 0.0, 0.0, 0.0
    for entry in placement.placed:
        plastic = [connection for connection in entry.layer.connections if connection.plastic]
        for part in entry.split.parts:
            visited = part.neurons * sum(each.fan_in for each in plastic)
            needed = part.neurons * sum(each.fan_in * each.activity for each in plastic)
            active += part.cores * needed
            whole += part.cores * visited
            busiest_active = max(busiest_active, needed)
            busiest_whole = max(busiest_whole, visited)
    time = busiest_active * LEARNING_NS / LOIHI_2_SPEED / 1e3, busiest_whole * LEARNING_NS / 1e3
    return time, (active * LEARNING_PJ / 1e6, whole * LEARNING_PJ / 1e6)


def _rounded(bounds: tuple[float, float]) -> list[float]:
    return [round(bound, 4) for bound in bounds]
