"""The run configs: one entry a backend, each another way to run the same network."""

from collections.abc import Callable
from dataclasses import dataclass

from lava.magma.core.run_configs import Loihi2SimCfg, RunConfig


@dataclass(frozen=True)
class Backend:
    """One way to run a network.

    Attributes
    ----------
    name : str
        What ``--backend`` takes.
    summary : str
        What it runs and what for.
    run_config : callable
        Returns the Lava run config that picks its ProcessModels.
    timings : tuple of str
        Timing settings it can run, the default first.
    """

    name: str
    summary: str
    run_config: Callable[[], RunConfig]
    timings: tuple[str, ...]


def _float() -> RunConfig:
    return Loihi2SimCfg(select_tag="floating_pt", select_sub_proc_model=True)


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend(
            name="float",
            summary="one floating-point ProcessModel per Process: the reference meaning",
            run_config=_float,
            timings=("paper", "chip"),
        ),
    )
}
