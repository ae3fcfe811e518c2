"""Weight changes of shared filters are gradients; what spreads a modulator is a transpose.

The layer is written out once more in PyTorch, whose convolution does not turn the kernel.
"""

import numpy as np
import pytest

from lava_ib.rule.convolution import (
    convolve,
    patches,
    running_gain,
    shared_change,
    step_factor,
)
from lava_ib.rule.geometry import Convolution, layer_geometries
from lava_ib.rule.memory.prototype import prototype_modulator
from lava_ib.rule.neuron import gate, rate
from lava_ib.rule.normalisation import normalise, through_normalisation
from lava_ib.rule.readout import class_error
from lava_ib.rule.summary import (
    average_pool,
    grid_lengths,
    pass_on,
    spread,
    summarise,
    through_pool,
)

BETA, SMOOTHING = 5.0, 0.1
LAYERS = {
    "same": ((8, 8, 3), Convolution(channels=4, kernel=3, padding=1, pool=2, grid=4)),
    "large kernel": ((9, 7, 2), Convolution(channels=5, kernel=5, padding=2, pool=1, grid=3)),
    "strided": ((11, 12, 1), Convolution(channels=3, kernel=4, stride=3, padding=1, pool=1)),
    "unequal cells": ((14, 10, 2), Convolution(channels=3, kernel=3, padding=0, pool=1, grid=3)),
    "remainder of a pool": ((9, 9, 2), Convolution(channels=3, kernel=3, pool=2, grid=2)),
}


def case(name: str, seed: int = 0):
    """Geometry, input and filters."""
    image, layer = LAYERS[name]
    geometry = layer_geometries(image, [layer], [])[0]
    rng = np.random.default_rng(seed)
    return geometry, rng.normal(size=geometry.input), rng.normal(size=geometry.weights), rng


@pytest.mark.parametrize("name", LAYERS)
def test_the_weight_change_is_the_gradient_of_the_log_likelihood(name):
    torch = pytest.importorskip("torch", reason="gradients are compared with PyTorch's")
    geometry, a, weights, rng = case(name)
    prototypes = rng.normal(size=(4, geometry.shown))
    mean, label = rng.normal(size=geometry.shown) * 0.1, np.eye(4)[2]

    cut = patches(a, geometry)
    u = convolve(weights, cut, geometry)
    z, norm = normalise(summarise(average_pool(rate(u), geometry.pool), geometry.grid) - mean)
    error = class_error(prototypes, z, label, BETA, SMOOTHING)
    xi = through_normalisation(prototype_modulator(prototypes, error, BETA), z, norm, True)
    credit = through_pool(
        spread(xi, geometry.pooled, geometry.grid), geometry.output, geometry.pool
    )
    found = shared_change(credit, gate(u), cut).reshape(weights.shape)

    w = torch.tensor(weights, requires_grad=True)
    turned = w.flip(1, 2).permute(0, 3, 1, 2)
    drive = torch.nn.functional.conv2d(
        torch.tensor(a).permute(2, 0, 1)[None],
        turned,
        stride=geometry.stride,
        padding=geometry.padding,
    )
    np.testing.assert_allclose(drive[0].detach().permute(1, 2, 0), u, atol=1e-12)
    pooled = torch.nn.functional.avg_pool2d(drive.relu(), geometry.pool)[0]
    columns = []
    rows = np.cumsum([0, *grid_lengths(geometry.pooled[0], geometry.grid)])
    across = np.cumsum([0, *grid_lengths(geometry.pooled[1], geometry.grid)])
    for i in range(geometry.grid):
        for j in range(geometry.grid):
            cell = pooled[:, rows[i] : rows[i + 1], across[j] : across[j + 1]]
            columns.append(cell.mean(dim=(1, 2)))
    q = torch.cat(columns) - torch.tensor(mean)
    scores = BETA * torch.tensor(prototypes) @ (q / q.norm())
    target = torch.tensor((1 - SMOOTHING) * label + SMOOTHING / 4)
    (target * torch.log_softmax(scores, 0)).sum().backward()
    scale = np.abs(w.grad.numpy()).max()
    np.testing.assert_allclose(found, w.grad.numpy(), atol=1e-10 * scale)


@pytest.mark.parametrize("name", LAYERS)
def test_spread_and_through_pool_are_transposes(name):
    geometry, _, _, rng = case(name)
    r, p = rng.normal(size=geometry.output), rng.normal(size=geometry.pooled)
    xi = rng.normal(size=geometry.shown)
    back = through_pool(p, geometry.output, geometry.pool)
    assert np.vdot(average_pool(r, geometry.pool), p) == pytest.approx(np.vdot(r, back))
    over = spread(xi, geometry.pooled, geometry.grid)
    assert summarise(p, geometry.grid) @ xi == pytest.approx(np.vdot(p, over))


def test_a_dense_layer_is_a_kernel_that_covers_its_input():
    geometry = layer_geometries((4, 3, 2), [], [5])[0]
    rng = np.random.default_rng(1)
    a, weights = rng.normal(size=(4, 3, 2)), rng.normal(size=geometry.weights)
    u = convolve(weights, patches(a, geometry), geometry)
    turned = weights[:, ::-1, ::-1].reshape(5, -1)
    np.testing.assert_allclose(u.ravel(), turned @ a.ravel())
    assert geometry.pooled == (1, 1, 5)
    assert geometry.shown == 5


def test_what_is_passed_on_has_a_root_mean_square_of_one():
    p = np.random.default_rng(0).random((3, 4, 2))
    x = pass_on(p, p.mean(axis=(0, 1)))
    assert np.mean(x**2) == pytest.approx(1.0)
    assert not pass_on(np.zeros((2, 2, 1)), np.zeros(1)).any()


def test_a_running_mean_is_exact_until_it_forgets():
    values, mean = np.random.default_rng(0).normal(size=20), 0.0
    for sample, value in enumerate(values):
        mean += running_gain(0.001, sample) * (value - mean)
    assert mean == pytest.approx(values.mean())
    assert running_gain(0.001, 5000) == 0.001


def test_a_step_has_the_size_asked_for():
    change = np.random.default_rng(0).normal(size=30)
    step = step_factor(0.01, 7.0, float(change @ change)) * change
    assert np.linalg.norm(step) == pytest.approx(0.07)
    assert step_factor(0.01, 7.0, 0.0) == 0.0
