"""The same work in JAX, and learning by back-propagation in PyTorch."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import timing
from timing import Contender

from lava_ib.rule.schedule import presentation_order
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import initial_state

CHUNK = 500
"""Samples in one call of a jitted scan."""


def jax_scan(settings: Settings, work: timing.Work, double: bool = False) -> Contender:
    """The rule as a jitted scan over samples and, inside, over time steps."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", double)
    real = jnp.float64 if double else jnp.float32
    began = time.perf_counter()
    state = initial_state(settings, "all", len(work.x), seed=0)
    numbers = range(1, settings.hidden + 1)
    names = [
        [f"{part}{k}/{name}" for k in numbers]
        for part, name in (
            ("dense", "weights"),
            ("dense", "tag_1"),
            ("layer", "u"),
            ("memory", "prototypes"),
        )
    ]
    carry: Any = [[jnp.asarray(state[name], real) for name in group] for group in names]
    carry += [jnp.asarray(state["readout/weights"], real), jnp.zeros((), jnp.int32)]
    a = jnp.asarray(work.x - work.offset, real)
    labels = jnp.asarray(work.labels)
    step = _jax_presentation(settings, jax, jnp)
    run = jax.jit(
        lambda carry, order: jax.lax.scan(
            lambda c, index: step(c, a[index], labels[index]), carry, order
        )[0],
        donate_argnums=0,
    )
    box, shown, count = [carry], [0], len(work.x)

    def present(samples: int) -> None:
        for _ in range(samples // CHUNK):
            epoch, position = divmod(shown[0], count)
            order = presentation_order(work.labels, 0, epoch)[position : position + CHUNK]
            box[0] = run(box[0], order)
            shown[0] += CHUNK
        jax.block_until_ready(box[0])

    def weights() -> dict[str, np.ndarray]:
        groups = [*zip(names, box[0][:4], strict=True)]
        flat = {name: np.array(v) for g, vs in groups for name, v in zip(g, vs, strict=True)}
        return flat | {"readout/weights": np.array(box[0][4])}

    run.lower(carry, np.zeros(CHUNK, dtype=np.int64)).compile()
    return Contender(present, time.perf_counter() - began, weights, multiple=CHUNK)


def jax_double(settings: Settings, work: timing.Work) -> Contender:
    return jax_scan(settings, work, double=True)


def _jax_presentation(settings: Settings, jax: Any, jnp: Any) -> Callable[..., Any]:
    network, learning = settings.network, settings.learning
    memory, readout = settings.memory, settings.readout

    def unit(u: Any) -> tuple[Any, Any]:
        r = jnp.maximum(u, 0.0)
        norm = jnp.sqrt(jnp.dot(r, r))
        return r / jnp.where(norm > 0.0, norm, 1.0), norm

    def error_of(rows: Any, z: Any, label: Any, beta: float, smoothing: float) -> Any:
        target = (1.0 - smoothing) * label + smoothing / len(label)
        return target - jax.nn.softmax(beta * rows @ z)

    def presentation(carry: Any, x: Any, label: Any) -> Any:
        weights, traces, potentials, prototypes, out, sample = carry

        def time_step(moving: Any, _: Any) -> Any:
            traces, potentials, a = [], [], x
            for w, e, u in zip(weights, *moving, strict=True):
                u = u + (w @ a - u) / network.tau
                gate = jnp.where(u > 0.0, 1.0, 0.0)
                traces.append(e + (jnp.outer(gate, a) - e) / network.tau_e)
                potentials.append(u)
                a = unit(u)[0]
            return (traces, potentials), None

        moving = (traces, potentials)
        (traces, potentials), _ = jax.lax.scan(time_step, moving, None, network.steps_per_sample)
        label = jax.nn.one_hot(label, network.layers[-1], dtype=x.dtype)
        sample = sample + 1
        decays = sample % learning.decay_interval == 0
        shrink = jnp.where(decays, 1.0 - learning.decay_interval * learning.weight_decay, 1.0)
        new_weights, new_prototypes = [], []
        for w, e, u, rows in zip(weights, traces, potentials, prototypes, strict=True):
            z, norm = unit(u)
            error = error_of(rows, z, label, memory.beta, memory.smoothing)
            xi = memory.beta * error @ rows
            xi = (xi - jnp.dot(xi, z) * z) / (norm if learning.divide_by_norm else 1.0)
            new_weights.append((w + (learning.eta * xi)[:, None] * e) * shrink)
            new_prototypes.append(rows + jnp.outer(memory.alpha * error, z))
        error = error_of(out, z, label, readout.beta, readout.smoothing)
        out = out + jnp.outer(readout.alpha * error, z)
        return [new_weights, traces, potentials, new_prototypes, out, sample], None

    return presentation


def torch_sgd(batch: int, settings: Settings, work: timing.Work) -> Contender:
    """Back-propagation through the same layers with rectifiers, one step; float32, eager."""
    import torch

    began = time.perf_counter()
    torch.set_num_threads(1)
    sizes = settings.network.layers
    parts: list[Any] = []
    for pre, post in pairwise(sizes):
        parts += [torch.nn.Linear(pre, post), torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.tensor(work.x - work.offset, dtype=torch.float32)
    labels = torch.tensor(work.labels)
    position = [0]

    def present(samples: int) -> None:
        for _ in range(samples // batch):
            begin = position[0]
            position[0] = begin + batch if begin + 2 * batch <= len(x) else 0
            loss = torch.nn.functional.cross_entropy(
                model(x[begin : begin + batch]), labels[begin : begin + batch]
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return Contender(present, time.perf_counter() - began, multiple=batch)


def torch_one(settings: Settings, work: timing.Work) -> Contender:
    return torch_sgd(1, settings, work)


def torch_batch(settings: Settings, work: timing.Work) -> Contender:
    return torch_sgd(32, settings, work)
