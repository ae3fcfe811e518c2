"""Shapes of convolutional layers, and refusals that say what would fit."""

import re
from dataclasses import replace

import pytest

from lava_ib.rule.geometry import Convolution, layer_geometries
from lava_ib.rule.memory import Window
from lava_ib.rule.settings import NetworkSettings, Settings

NETWORK = NetworkSettings(
    layers=(3072, 256, 10),
    image=(32, 32, 3),
    steps_per_sample=1,
    tau=1.0,
    tau_e=1.0,
    convolutions=(
        Convolution(channels=32, kernel=5, padding=2),
        Convolution(channels=64),
        Convolution(channels=128),
    ),
)


def test_shapes_of_a_network():
    Settings(network=NETWORK).check()
    assert [layer.pooled for layer in NETWORK.geometries] == [
        (16, 16, 32),
        (8, 8, 64),
        (4, 4, 128),
        (1, 1, 256),
    ]
    assert NETWORK.geometries[3].weights == (256, 4, 4, 128)
    assert Settings(network=NETWORK).shown == (512, 1024, 2048, 256)
    assert Settings(network=NETWORK).hidden == 4


@pytest.mark.parametrize(
    "change, words",
    [
        ({"kernel": 9}, "convolutions[1].kernel = 9: its input is 4x4x2, 6 wide .* at most 6"),
        ({"kernel": 3, "stride": 5}, "convolutions[1].stride = 5: .* moved by 3; at most 3"),
        ({"kernel": 3, "pool": 5}, "convolutions[1].pool = 5: the map is 4x4x4, .* at most 4"),
        ({"kernel": 3, "pool": 2, "grid": 3}, "grid = 3: the pooled map is 2x2x4; at most 2"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(change, words):
    first = Convolution(channels=2, grid=2)
    second = Convolution(**{"channels": 4, "pool": 1, "grid": 1, **change})
    with pytest.raises(ValueError) as refusal:
        layer_geometries((8, 8, 1), [first, second], [])
    assert re.search(words.replace("[", r"\["), str(refusal.value)), refusal.value
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"image": None}, "needs network.image"),
        ({"image": (28, 28, 1)}, "network.image = [28, 28, 1] has 784 values"),
        ({"tau": 2.0}, "network.tau = 2.0"),
        ({"steps_per_sample": 4}, "network.steps_per_sample = 4"),
        ({"timing": "chip"}, "network.timing = 'chip'"),
        ({"convolutions": (), "flip": True}, "network.flip"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(change, words):
    with pytest.raises(ValueError) as refusal:
        Settings(network=replace(NETWORK, **change)).check()
    assert words in str(refusal.value)


def test_a_window_cannot_compress_pictures():
    with pytest.raises(ValueError, match=r"memory\.compress"):
        Settings(network=NETWORK, memory=Window(compress=True, objective="hsic")).check()
