"""Networks on a chip: numbering, refusals, and changes that do fit."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lava_ib.hardware.layers import Layer
from lava_ib.hardware.limits import BASE_WORDS, POOL_WORDS, USER_CORES
from lava_ib.hardware.placement import place
from lava_ib.hardware.summary import dry_run


def dense(name, neurons, inputs, **more) -> Layer:
    return Layer(name, "dense", neurons, inputs, **more)


def test_cores_are_numbered_from_the_output():
    placement = place([dense("a", 128, 784), dense("b", 64, 128), dense("c", 10, 64)])
    assert [(entry.layer.name, entry.first_core) for entry in placement.placed] == [
        ("c", 0),
        ("b", 1),
        ("a", 2),
    ]
    assert placement.cores == 5
    assert placement.violations == ()


def test_too_many_inputs_are_refused_with_what_would_fit():
    (violation,) = place([dense("wide", 1000, 11_352)]).violations
    assert (violation.layer, violation.limit) == ("wide", "total")
    assert (violation.allowed, violation.value) == (20_000, 22_707)
    assert violation.change == "at most 9,998 inputs instead of 11,352"
    assert place([dense("wide", 100, 9_998)]).violations == ()
    assert place([dense("wide", 100, 9_999)]).violations != ()


def test_too_many_cores_are_refused_with_what_would_fit():
    layers = [dense("first", 900, 4_000), dense("second", 10, 900)]
    (violation,) = place(layers).violations
    assert violation.layer == "first"
    assert violation.limit == "user cores of the chip"
    assert violation.allowed == USER_CORES < violation.value
    neurons = int(violation.change.split()[2].replace(",", ""))
    assert place([replace(layers[0], neurons=neurons), layers[1]]).violations == ()


@pytest.mark.parametrize(
    ("layer", "limit", "change"),
    [
        (dense("d", 4, 4, state_words=5000), "neurons", "state words instead of 5,000"),
        (
            Layer("n", "neurons", 15 * 5001, shape=(15, 5001, 1)),
            "neurons",
            "none of one number alone",
        ),
        (
            Layer(
                "c",
                "conv",
                4 * 4 * 3,
                4 * 4 * 9000,
                shape=(4, 4, 3),
                input_shape=(4, 4, 9000),
            ),
            "synapses",
            "channels",
        ),
    ],
    ids=["state words", "odd height", "input channels"],
)
def test_what_fits_on_no_number_of_cores_is_refused(layer, limit, change):
    if layer.kind == "conv":
        layer = replace(layer, kernel=(3, 3))
    (violation,) = place([layer]).violations
    assert violation.limit == limit
    assert violation.value > violation.allowed
    assert change in violation.change


@settings(deadline=None)
@given(st.integers(9_000, 16_500), st.integers(1, 8), st.booleans())
def test_the_change_is_the_smallest_that_fits(inputs, bits, plastic):
    layer = dense("d", 50, inputs, weight_bits=bits, plastic=plastic)
    violations = place([layer]).violations
    if violations and violations[0].limit != "user cores of the chip":
        most = int(violations[0].change.split()[2].replace(",", ""))
        limits = [
            {found.limit for found in place([replace(layer, inputs=number)]).violations}
            for number in (most, most + 1)
        ]
        assert limits[0] <= {"user cores of the chip"}
        assert limits[1] == {"total"}


def test_a_layer_that_is_not_placed_takes_no_cores():
    found = dry_run([dense("wide", 10, 12_000), dense("next", 5, 10)])
    wide, following = found["layers"]
    assert (wide["cores"], following["cores"]) == (0, 1)
    assert found["cores"] == 1
    assert found["estimates"] is None


def test_the_dry_run_shows_each_core_with_its_memory():
    found = dry_run([dense("a", 128, 784)])
    runs = found["per_core"]
    assert [(run["first_core"], run["last_core"], run["neurons"]) for run in runs] == [
        (0, 1, 50),
        (2, 2, 28),
    ]
    first = runs[0]
    assert first["words"]["total"] == 13_429
    assert first["memory_fraction"] == round((BASE_WORDS + 13_429) / POOL_WORDS, 4)


def test_open_points_are_named_where_they_matter():
    small = " ".join(dry_run([dense("d", 10, 64)])["not_checked"])
    large = " ".join(dry_run([dense("d", 128, 784, plastic=True)])["not_checked"])
    assert "candidate" not in small and "learning phase" not in small
    assert "where the compiler cuts d" in large and "candidate" in large
    assert "learning phase" in large
