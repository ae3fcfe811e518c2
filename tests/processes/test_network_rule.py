"""The composed network does exactly what a plain numpy loop of the whole rule does."""

import numpy as np
import pytest

from lava_ib.rule.memory import Features, Prototype, Reservoir, Slots, Window
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import State, initial_state
from lava_ib.simulation import Simulation

SEED, TOTAL, PRESENTED = 9, 50, 34
MEMORIES = {
    "delta": Prototype(storage="delta", beta=4.0, init_scale=0.5),
    "leaky": Prototype(storage="leaky", beta=4.0, init_scale=0.5),
    "margin": Prototype(storage="margin", margin=0.3, init_scale=0.5),
    "kde": Window(objective="kde", samples=6),
    "hsic": Window(objective="hsic", samples=6),
    "soft": Features(units=8, horizon=9, centring=0.1),
    "relu4": Features(units=8, horizon=9, centring=0.1, feature="relu4", balanced=True),
    "exp": Features(units=8, horizon=9, centring=0.0, feature="exp", sigma=1.0),
    "slots": Slots(samples=6, sigma=0.5),
    "slots_per_class": Slots(samples=8, sigma=0.5, per_class=True),
    "reservoir": Reservoir(units=9, density=0.5, tau=2.0, samples=6, sigma=0.5, rate=0.3),
    "hsic_released": Window(objective="hsic_released", samples=6, gamma=2.0),
    "hsic_fixed": Window(objective="hsic_fixed", samples=6, compress=True, sigma_x=2.0),
    "hsic_compress": Window(objective="hsic", samples=6, compress=True, sigma_x=2.0, gamma=2.0),
}
timings = pytest.mark.parametrize("timing", ["paper", "chip"])


def centred(kernel: np.ndarray) -> np.ndarray:
    centre = np.eye(len(kernel)) - 1 / len(kernel)
    return centre @ kernel @ centre


def gaussian(rows: np.ndarray, sigma: float) -> np.ndarray:
    return np.exp(-np.square(rows[:, None] - rows[None]).sum(-1) / (2 * sigma**2))


def class_error(weights, z, label, beta, smoothing):
    q = np.exp(beta * weights @ z)
    return (1 - smoothing) * label + smoothing / len(label) - q / q.sum()


def window_modulator(memory: Window, window: list) -> np.ndarray:
    """The newest sample against those before it; `window` is a list of (z, label, x)."""
    z, y, x = (np.array(values) for values in zip(*window, strict=True))
    none = np.zeros(z.shape[1])
    if len(window) < 2:
        return none
    if memory.objective == "kde":
        k = gaussian(z, memory.sigma)[0, 1:]
        same = y[1:] @ y[0]
        if not same.any():
            return none
        return (same * k / (same @ k) - k / k.sum()) @ z[1:] / memory.sigma**2
    if memory.objective in ("hsic_released", "hsic_fixed"):
        return released_modulator(memory, z, y, x)
    relevance = memory.gamma * centred(y @ y.T)[0]
    if memory.compress:
        relevance = relevance - centred(gaussian(x, memory.sigma_x))[0]
    scale = 2 / ((len(z) - 1) ** 2 * memory.sigma**2)
    return scale * (relevance * gaussian(z, memory.sigma)[0]) @ (z - z[0])


def released_modulator(memory: Window, z, y, x) -> np.ndarray:
    """What the paper's code does: only diagonals of kernels less their means."""
    relevance = memory.gamma * (1 - (y @ y.T).mean(axis=1))
    if memory.compress:
        relevance -= 1 - gaussian(x, memory.sigma_x).mean(axis=1)
    own = relevance[0] + (relevance if memory.objective == "hsic_fixed" else 0 * relevance)
    scale = 2 / (len(z) * (len(z) - 1) ** 2 * memory.sigma**2)
    return scale * (own * gaussian(z, memory.sigma)[0]) @ (z[0] - z)


def prototype_modulator(memory: Prototype, rows: np.ndarray, z, label, factor) -> np.ndarray:
    """Modulator from the rows as they are; moves them in place."""
    alpha, own = memory.alpha * factor, int(label.argmax())
    if memory.storage == "margin":
        scores = rows @ z
        best = max((c for c in range(len(rows)) if c != own), key=lambda c: scores[c])
        if scores[own] - scores[best] >= memory.margin:
            return np.zeros(len(z))
        xi = rows[own] - rows[best]
        rows[own] += alpha * z
        rows[best] -= alpha * z
        return xi
    error = class_error(rows, z, label, memory.beta, memory.smoothing)
    xi = memory.beta * rows.T @ error
    if memory.storage == "delta":
        rows += alpha * np.outer(error, z)
    else:
        rows[own] += alpha * (z - rows[own])
    return xi


def features_modulator(memory: Features, state: State, part: str, z, label) -> np.ndarray:
    """Modulator from the averages as they are; moves them in place."""
    weights, readout = state[f"{part}/expansion"], state[f"{part}/readout"]
    averages, average = state[f"{part}/averages"], state[f"{part}/average"]
    mean, own = state[f"{part}/mean"], int(label.argmax())
    drive = weights @ (z - mean)
    if memory.feature == "relu4":
        phi = np.maximum(drive, 0) ** 4
        jacobian = np.diag(4 * np.maximum(drive, 0) ** 3)
    else:
        phi = np.exp(drive / memory.sigma)
        jacobian = np.diag(phi) / memory.sigma
        if memory.feature == "soft":
            phi = phi / phi.sum()
            jacobian = (np.diag(phi) - np.outer(phi, phi)) / memory.sigma
    s_own, s_all = phi @ (readout * averages[own]), phi @ (readout * average)
    xi = np.zeros(len(z))
    if min(s_own, s_all) > 1e-9:
        gradient = readout * averages[own] / s_own - readout * average / s_all
        xi = weights.T @ jacobian.T @ gradient
    averages[own] += min(1, len(averages) / memory.horizon) * (phi - averages[own])
    if memory.balanced:
        average[:] = averages.mean(axis=0)
    else:
        average += (phi - average) / memory.horizon
    mean += memory.centring * (z - mean)
    return xi


def slots_modulator(memory: Slots, kept: list, z, label) -> np.ndarray:
    """Modulator of the newest sample; `kept` is a list of (z, label), the newest in front."""
    limit = memory.samples // len(label) if memory.per_class else memory.samples
    rivals = [row for row, (_, y) in enumerate(kept) if not memory.per_class or y @ label > 0]
    if len(rivals) == limit:
        del kept[rivals[-1]]
    kept.insert(0, (z, label))
    window = Window(objective="kde", samples=len(kept), sigma=memory.sigma)
    return window_modulator(window, [(*sample, label) for sample in kept])


def advance_reservoir(memory: Reservoir, state: State, part: str, z, label) -> None:
    u, weights = state[f"{part}/u"], [state[f"{part}/{name}"] for name in memory.A_PRIORI[:3]]
    drive = np.hstack(weights) @ np.concatenate([np.tanh(u), z, label])
    u[:] = (1 - 1 / memory.tau) * u + drive / memory.tau


def reservoir_modulator(memory: Reservoir, state: State, part: str, window: list) -> np.ndarray:
    """Estimate of the exact modulator; then moves the readout towards it in place."""
    rates, weights = np.tanh(state[f"{part}/u"]), state[f"{part}/readout_weights"]
    xi = weights @ rates
    error = window_modulator(memory.teacher, window) - xi
    weights += memory.rate * np.outer(error, rates) / (rates @ rates)
    return xi


def plain_loop(settings: Settings, state: State, data, total: int, presented: int) -> State:
    """Present samples from the start, in place in `state`."""
    network, learning, memory = settings.network, settings.learning, settings.memory
    steps, hidden = network.steps_per_sample, range(1, len(network.layers) - 1)
    chip = network.timing == "chip"
    gain = 1 - (1 - 1 / network.tau_e) ** steps if chip else 1 / network.tau_e
    windows, stored = {number: [] for number in hidden}, 0
    shown = np.zeros(network.layers[-1], dtype=int)
    for sample in range(presented):
        epoch, position = divmod(sample, len(data[0]))
        index = np.random.default_rng([SEED, 2, epoch]).permutation(len(data[0]))[position]
        x, label = data[0][index], np.zeros(network.layers[-1])
        if data[1][index] >= 0:
            label[data[1][index]] = 1
        factor = max(0.0, 1 - sample / total)
        for _ in range(steps):
            z, below = x, {}
            for number in hidden:
                below[number] = z
                u = state[f"layer{number}/u"]
                drive = state[f"dense{number}/weights"] @ z + state[f"layer{number}/bias"]
                u += (drive - u) / network.tau
                z = np.maximum(u, 0)
                z = z / np.linalg.norm(z) if z.any() else z
                if isinstance(memory, Reservoir):
                    advance_reservoir(memory, state, f"memory{number}", z, label)
                if not chip:
                    trace = state[f"dense{number}/tag_1"]
                    trace += gain * (np.outer(u > 0, below[number]) - trace)
        stored += int(label.any())
        shown += label.astype(int)
        for number in hidden:
            u = state[f"layer{number}/u"]
            r = np.maximum(u, 0)
            norm = np.linalg.norm(r)
            out = r / norm if norm > 0 else r
            xi = np.zeros(len(u))
            if label.any() and isinstance(memory, Window):
                windows[number] = [(out, label, x), *windows[number]][: memory.samples]
                xi = window_modulator(memory, windows[number])
            elif label.any() and isinstance(memory, Reservoir):
                windows[number] = [(out, label, x), *windows[number]][: memory.samples]
                xi = reservoir_modulator(memory, state, f"memory{number}", windows[number])
            elif label.any() and isinstance(memory, Slots):
                xi = slots_modulator(memory, windows[number], out, label)
            elif label.any() and isinstance(memory, Features):
                xi = features_modulator(memory, state, f"memory{number}", out, label)
            elif label.any():
                rows = state[f"memory{number}/prototypes"]
                xi = prototype_modulator(memory, rows, out, label, factor)
            if norm > 0:
                xi = (xi - (xi @ out) * out) / (norm if learning.divide_by_norm else 1.0)
            else:
                xi = np.zeros(len(u))
            state[f"layer{number}/modulator_sum"] += np.linalg.norm(xi)
            acting = state[f"layer{number}/xi"].copy() if chip else xi
            state[f"layer{number}/xi"][:] = xi
            weights, trace = state[f"dense{number}/weights"], state[f"dense{number}/tag_1"]
            weights += learning.eta * factor * acting[:, None] * trace
            if chip:
                trace += gain * (np.outer(u > 0, below[number]) - trace)
            if (sample + 1) % learning.decay_interval == 0:
                weights *= 1 - learning.decay_interval * learning.weight_decay * factor
        weights = state["readout/weights"]
        state["readout/predictions"][position] = np.argmax(weights @ z)
        if label.any():
            error = class_error(
                weights, z, label, settings.readout.beta, settings.readout.smoothing
            )
            weights += settings.readout.alpha * factor * np.outer(error, z)
    for name in state:
        if name.endswith("/sample"):
            state[name][:] = presented
    if isinstance(memory, Reservoir):
        memory = memory.teacher
    if isinstance(memory, Window):
        rows = (stored - 1 - np.arange(memory.samples)) % memory.samples
        for number, window in windows.items():
            names = ["z", "labels", "x"] if memory.compress else ["z", "labels"]
            for name, values in zip(names, zip(*window, strict=True), strict=False):
                state[f"memory{number}/{name}"][rows] = values
            state[f"memory{number}/count"][:] = stored
    if isinstance(memory, Slots):
        fill_slots(memory, state, windows, shown)
    return state


def fill_slots(memory: Slots, state: State, kept: dict, shown: np.ndarray) -> None:
    """Lay out what was kept as the latches do, from how many of each class were shown."""
    for number, samples in kept.items():
        part, each = f"memory{number}", memory.samples // len(shown)
        left, total = shown.copy(), shown.sum()
        for z, label in samples:
            own = int(label.argmax())
            total, left[own] = total - 1, left[own] - 1
            row = own * each + left[own] % each if memory.per_class else total % memory.samples
            state[f"{part}/z"][row], state[f"{part}/labels"][row] = z, label
        state[f"{part}/stored"][:] = shown


def assert_equals_plain_loop(settings: Settings, data) -> None:
    with Simulation(settings, *data, seed=SEED, total_samples=TOTAL) as simulation:
        simulation.present(PRESENTED)
        found = simulation.state
    first = initial_state(settings, "all", len(data[0]), SEED)
    expected = plain_loop(
        settings, {name: array.copy() for name, array in first.items()}, data, TOTAL, PRESENTED
    )
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        scale = max(1.0, np.abs(array).max())
        np.testing.assert_allclose(found[name], array, rtol=0, atol=1e-12 * scale, err_msg=name)
    for number in range(1, settings.hidden + 1):
        name = f"dense{number}/weights"
        assert np.abs(found[name] - first[name]).max() > 1e-3, f"{name} never learned"


@timings
@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)
def test_two_hidden_layers(make_settings, tiny_data, memory, steps, timing):
    settings = make_settings(
        steps=steps, timing=timing, memory=memory, weight_decay=0.004, decay_interval=5
    )
    assert_equals_plain_loop(settings, tiny_data)


@timings
@pytest.mark.parametrize("memory", ["delta", "hsic_compress"])
@pytest.mark.parametrize("layers", [(6, 5, 3), (6, 5, 4, 4, 3)], ids=["one", "three"])
def test_other_numbers_of_hidden_layers(make_settings, tiny_data, layers, memory, timing):
    settings = make_settings(layers=layers, steps=2, timing=timing, memory=MEMORIES[memory])
    assert_equals_plain_loop(settings, tiny_data)


def test_modulators_not_divided_by_the_norm(make_settings, tiny_data):
    assert_equals_plain_loop(make_settings(divide_by_norm=False), tiny_data)
