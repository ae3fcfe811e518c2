"""Run configs that a graph can be looked at under: the backends, and stock Lava's fixed point."""

from collections.abc import Callable

from lava.magma.core.run_configs import Loihi2SimCfg, RunConfig

from lava_ib.backends import BACKENDS


def _fixed_point() -> RunConfig:
    return Loihi2SimCfg(select_tag="fixed_pt", select_sub_proc_model=True)


RUN_CONFIGS: dict[str, Callable[[], RunConfig]] = {
    **{name: backend.run_config for name, backend in BACKENDS.items()},
    "fixed_pt": _fixed_point,
}
"""By name. ``fixed_pt`` selects the bit-accurate models that Lava's own Processes have."""
