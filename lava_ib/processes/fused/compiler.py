"""How the loop is compiled: with the rule's own functions inside, and cached on disk.

Numba notices a change in the file of a cached function, but not in the functions that it
calls. So the cache's folder is named after all the sources that end up in the machine code.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numba
from numba.extending import register_jitable

from lava_ib import rule
from lava_ib.rule import convolution, kernels, normalisation, readout, schedule
from lava_ib.rule.fixed import engine, plastic, rectifiers, rounding, synapse
from lava_ib.rule.fixed import features as fixed_features
from lava_ib.rule.fixed import maps as fixed_maps
from lava_ib.rule.fixed import memory as fixed_memory
from lava_ib.rule.fixed import neuron as fixed_neuron
from lava_ib.rule.fixed import prototype as fixed_prototype
from lava_ib.rule.fixed import window as fixed_window
from lava_ib.rule.memory import features, prototype, released, reservoir, slots, window

_MATHEMATICS = (
    convolution.running_gain,
    convolution.step_factor,
    engine.rounded,
    engine.saturated_sum,
    engine.shifted_product,
    engine.widened,
    fixed_neuron.activities,
    fixed_neuron.beyond,
    fixed_neuron.coarse,
    fixed_neuron.coarse_limit,
    fixed_neuron.integer_root,
    fixed_neuron.leaked,
    fixed_neuron.limited,
    fixed_neuron.neuron_modulator,
    fixed_neuron.normalised,
    fixed_neuron.postsynaptic,
    fixed_neuron.scaled_drive,
    fixed_neuron.third_factor_limit,
    fixed_neuron.through_normalisation,
    fixed_features.centred,
    fixed_features.evidence,
    fixed_features.features_modulator,
    fixed_features.move_mean,
    fixed_features.relu4,
    fixed_features.remember,
    fixed_features.through_relu4,
    fixed_maps.cell_limit,
    fixed_maps.cell_modulator,
    fixed_maps.cell_share,
    fixed_maps.filter_factor,
    fixed_maps.followed,
    fixed_maps.horizon,
    fixed_maps.map_size,
    fixed_maps.passed_on,
    fixed_maps.quotient,
    fixed_maps.whole,
    fixed_memory.message,
    fixed_prototype.rival,
    rectifiers.rates_beyond,
    rectifiers.rates_of,
    rectifiers.through_rectifiers,
    fixed_window.distance,
    fixed_window.hsic_weights,
    fixed_window.kde_weights,
    fixed_window.kernel,
    fixed_window.shares,
    fixed_window.store,
    fixed_window.window_modulator,
    plastic.weight_loss,
    rounding.first_counter,
    rounding.synapse_draw,
    synapse.engine_prototype,
    synapse.engine_tag,
    synapse.engine_weight,
    synapse.exact_tag,
    synapse.exact_update,
    features.expand,
    features.exponential,
    features.feature_evidence,
    features.relu4,
    features.remember_features,
    features.soft,
    features.through_expansion,
    features.through_exponential,
    features.through_relu4,
    features.through_soft,
    kernels.centred_label_row,
    kernels.centred_row,
    kernels.gaussian_matrix,
    kernels.log_gaussian,
    normalisation.normalise,
    normalisation.project,
    normalisation.through_normalisation,
    prototype.margin_modulator,
    prototype.prototype_modulator,
    prototype.rival,
    prototype.store_leaky,
    prototype.store_margin,
    prototype.through_rates,
    prototype.with_rates,
    released.released_modulator,
    readout.class_error,
    readout.delta_rule,
    readout.smooth_target,
    readout.softmax,
    schedule.decay_factor,
    schedule.linear_to_zero,
    reservoir.advance,
    reservoir.correct,
    slots.next_slot,
    window.hsic_modulator,
    window.kde_modulator,
    window.kde_weights,
    window.weighed,
)
for _function in _MATHEMATICS:
    register_jitable(_function)


def _cache_folder() -> Path:
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in (Path(rule.__file__).parent, *Path(__file__).parents[1].glob("fused*")):
        for source in sorted(folder.rglob("*.py")):
            digest.update(source.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "lava_ib" / digest.hexdigest()[:16]


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = _cache_folder()
_CACHED = _can_write(_FOLDER)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called, or load what was compiled before.

    Sums may be taken in another order than written, which is what lets them use vector
    units: results agree with the float models to rounding, and with themselves bit for bit.
    """
    return _compile(function, inline="never")


def merged(function: Callable[..., Any]) -> Any:
    """Compile a function into each of its callers.

    For those that take the structures at every time step: handing over a tuple of twenty arrays
    costs more than a time step of the neurons. What is called once a presentation can bear
    that, and is :func:`compiled`: once for all networks, not again for each depth.
    """
    return _compile(function, inline="always")


def _compile(function: Callable[..., Any], inline: Literal["never", "always"]) -> Any:
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_FOLDER)
    try:
        return numba.njit(
            cache=_CACHED,
            inline=inline,
            error_model="numpy",
            fastmath={"reassoc", "contract", "nsz"},
        )(function)
    finally:
        config.CACHE_DIR = before
