"""Networks composed of Processes on the chip and on the host, as backends; the same on CPU."""

from collections.abc import Callable
from dataclasses import replace

from lava.magma.core.run_configs import RunConfig

from lava_ib.backends import Backend
from lava_ib.deployment.modes import MemoryPlace
from lava_ib.hardware import loop, on_chip
from lava_ib.hardware.chip import Access, Probes
from lava_ib.hardware.composition import presentation_steps
from lava_ib.hardware.run_configs import DeployedSimConfig, Loihi2Config
from lava_ib.hardware.workload import Mode
from lava_ib.inspection.expansion import expand
from lava_ib.processes import Network

ON_CPU = "the same graph on CPU"


def composed(mode: Mode, memory: MemoryPlace, access: Access | None) -> Backend:
    """A network on the chip, or on CPU without access to one.

    Parameters
    ----------
    mode : {"chip-in-the-loop", "on-chip"}
    memory : {"chip", "host"}
        Where memories and readout are, on-chip.
    access : Access, optional
    """
    run_config: Callable[[], RunConfig]
    if mode == "on-chip":
        kind = on_chip.OnChipConfig if access else on_chip.OnChipSimConfig
        run_config, steps = (lambda: kind(memory == "chip")), presentation_steps
    else:
        chosen = Loihi2Config if access else DeployedSimConfig
        run_config, steps = (lambda: chosen(loop.ON_HOST | loop.COMPOSED)), loop.loop_steps
    return Backend(
        name=mode,
        summary="a network with its connections on the chip",
        run_config=run_config,
        timings=("chip",),
        fixed=True,
        steps=steps,
    )


def profiled(
    backend: Backend, network: Network, steps: int, access: Access | None
) -> tuple[Backend, Probes | None]:
    """The backend with probes of the chip on its next run; on CPU there are none.

    Parameters
    ----------
    backend : Backend
    network : Network
        One like that which is to run; it cannot be used afterwards.
    steps : int
        Time steps of the run.
    access : Access, optional

    Raises
    ------
    InputError
        With the names of all Processes that have no model for the chip.
    """
    if access is None:
        return backend, None
    run_config = backend.run_config()
    assert isinstance(run_config, Loihi2Config), "the only one that has access to a chip"
    run_config.check((entry.label, entry.process) for entry in expand(network, run_config))
    return replace(backend, run_config=lambda: run_config), Probes(run_config, steps)
