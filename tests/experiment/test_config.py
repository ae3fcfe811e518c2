"""Config files: defaults, round trips, overrides, and what is said about mistakes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lava_ib import Config, InputError, Settings, load_config, make_config
from lava_ib.experiment.config import CONFIG_VERSION, tomllib
from lava_ib.rule.memory import Features, Prototype, Slots, Window

# No value here is the default.
STILL = {"steps_per_sample": 1, "tau": 1.0, "tau_e": 1.0}
SECTIONS = {
    "fixed": {
        "arithmetic": "plain",
        "rounding": "per_synapse",
        "weight_bits": 8,
        "trace_bits": 6,
        "modulator_bits": 5,
        "margin": 100,
        "rate": 8.0,
        "memory_rate": 3,
        "weight_decay": True,
    },
    "data": {
        "source": "xor",
        "train_limit": 50,
        "test_limit": 7,
        "centre": False,
        "contrast": True,
        "whiten": True,
    },
    "network": {
        "layers": [2, 5, 3],
        "steps_per_sample": 3,
        "tau": 4.0,
        "tau_e": 1.25,
        "run_length": 5,
        "replay": 2,
        "timing": "chip",
    },
    "learning": {
        "eta": 0.01,
        "weight_decay": 1e-4,
        "decay_interval": 7,
        "divide_by_norm": False,
        "init": "antipodal",
        "init_variance": 0.5,
        "warm_up": 3,
        "mean_rate": 0.02,
    },
    "memory": {
        "kind": "prototype",
        "storage": "margin",
        "beta": 3.0,
        "smoothing": 0.0,
        "alpha": 0.25,
        "margin": 1.5,
        "init_scale": 0.1,
        "units": 6,
    },
    "readout": {"alpha": 0.2, "beta": 4.0, "smoothing": 0.3},
    "training": {
        "epochs": 2,
        "controls": ["linear"],
        "checkpoint_seconds": 1.5,
        "stall_seconds": 9.0,
        "start": "network.nir",
    },
}
# Of networks with convolutions, which have one timing only.
CONVOLUTIONAL = {
    "layers": [48, 5, 3],
    "image": [4, 4, 3],
    "flip": True,
    "convolutions": [{"channels": 2, "kernel": 2, "stride": 2, "padding": 0, "pool": 1, "grid": 2}],
}
WINDOW = {
    "kind": "window",
    "objective": "hsic",
    "samples": 9,
    "sigma": 0.7,
    "gamma": 2.0,
    "compress": True,
    "sigma_x": 3.0,
}
FEATURES = {
    "kind": "features",
    "feature": "relu4",
    "units": 7,
    "sigma": 0.25,
    "horizon": 50.0,
    "balanced": True,
    "centring": 0.01,
    "learning": False,
    "readout_file": "made.h5",
}
SLOTS = {"kind": "slots", "samples": 29, "sigma": 0.7, "per_class": True}


@pytest.fixture
def load(tmp_path):
    """Load a config from text."""

    def from_text(text: str, *overrides: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return load_config(path, list(overrides))

    return from_text


def plain(value):
    return list(value) if isinstance(value, tuple) else value


def test_empty_file_gives_the_defaults(load):
    config = load("")
    assert config == Config()
    assert config.version == CONFIG_VERSION
    assert config.seed == 0
    assert config.backend == "float"
    assert config.data.source == "digits"
    assert config.data.train_limit is None
    assert config.memory == Prototype()
    assert config.training.controls == ("frozen", "linear")


def test_default_settings_are_those_of_the_rule():
    assert Config().settings == Settings()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_a_section_is_taken_and_survives_a_round_trip(load, section):
    config = make_config({section: SECTIONS[section]})
    taken = {key: plain(getattr(getattr(config, section), key)) for key in SECTIONS[section]}
    assert taken == SECTIONS[section]
    assert load(config.to_toml()) == config


def test_convolutions_survive_a_round_trip(load):
    config = make_config({"network": {**CONVOLUTIONAL, **STILL}})
    assert config.model_dump(mode="json")["network"].items() >= CONVOLUTIONAL.items()
    assert load(config.to_toml()) == config


def test_stock_processes_refuse_convolutions_in_one_line():
    with pytest.raises(InputError, match=r"loihi2-sim cannot run network\.convolutions; "):
        make_config({"network": {**CONVOLUTIONAL, **STILL}, "backend": "loihi2-sim"})


@pytest.mark.parametrize("backend", ["fixed", "fused-fixed"])
def test_integers_run_convolutions_without_the_engine_and_say_so(backend):
    memory = {"storage": "delta", "units": 7}
    config = make_config(
        {"network": {**CONVOLUTIONAL, **STILL}, "memory": memory, "backend": backend}
    )
    assert config.network.timing == "paper" and config.data.centre and config.memory.units == 7
    assert config.adapted == (
        'memory.storage = "margin" instead of "delta"',
        'fixed.arithmetic = "plain" instead of "engine"',
    )


@pytest.mark.parametrize("kind", ["window", "features"])
def test_integers_with_convolutions_have_prototypes_only(kind):
    memory = {"kind": kind, **({"objective": "kde"} if kind == "window" else {})}
    with pytest.raises(InputError, match=rf"memory\.kind = '{kind}' with network.convolutions; it"):
        make_config({"network": {**CONVOLUTIONAL, **STILL}, "memory": memory, "backend": "fixed"})


def test_a_layer_that_does_not_fit_is_refused_with_the_file_and_the_key(load):
    text = """
        network.layers = [48, 5, 3]
        network.image = [4, 4, 3]
        network.convolutions = [{channels = 2, kernel = 7}]
    """
    still = ("network.tau=1.0", "network.tau_e=1.0", "network.steps_per_sample=1")
    with pytest.raises(InputError, match=r"config.toml: network.convolutions\[0\].kernel = 7"):
        load(text, *still)


@pytest.mark.parametrize("section", SECTIONS)
def test_sections_above_name_every_key(section):
    config = make_config({section: SECTIONS[section]})
    dumped = config.model_dump()[section]
    if section == "network":
        own = CONVOLUTIONAL.keys() - {"layers"}
        dumped = {key: value for key, value in dumped.items() if key not in own}
    assert dumped.keys() == SECTIONS[section].keys()
    default = Config().model_dump()[section]
    assert [key for key in dumped if dumped[key] == default[key]] in ([], ["kind"])


@pytest.mark.parametrize(("kind", "keys"), [(Window, WINDOW), (Features, FEATURES), (Slots, SLOTS)])
def test_other_memories_survive_a_round_trip(load, kind, keys):
    config = make_config({"memory": keys, "seed": 4294967295})
    assert config.memory == kind(**keys)
    assert config.settings.memory is config.memory
    assert load(config.to_toml()) == config


@pytest.mark.parametrize("source", ['a"b\\c.npz', "größe/x.npz", "with space.npz", "#x.npz"])
def test_odd_file_names_survive_a_round_trip(load, source):
    config = make_config({"data": {"source": source}})
    assert load(config.to_toml()).data.source == source


def test_fewer_than_two_slots_a_class_are_refused():
    """Else the newest sample is all that its class has in memory, and nothing is learned."""
    memory = {"kind": "slots", "per_class": True, "samples": 19}
    with pytest.raises(InputError, match=r"memory.samples = 19.* at least 20 slots"):
        make_config({"memory": memory})
    assert make_config({"memory": {**memory, "samples": 20}}).memory.samples == 20
    assert make_config({"memory": {**memory, "per_class": False}}).memory.samples == 19


def test_a_memory_without_kind_is_the_default_kind(load):
    assert load("[memory]\nbeta = 2.5").memory == Prototype(beta=2.5)


@pytest.mark.parametrize(
    ("override", "section", "key", "value"),
    [
        ("training.epochs=3", "training", "epochs", 3),
        ("data.source=xor", "data", "source", "xor"),
        ('data.source="xor"', "data", "source", "xor"),
        ("data.source='xor'", "data", "source", "xor"),
        ("data.source=a=b.npz", "data", "source", "a=b.npz"),
        ("data.source=/tmp/my data.npz", "data", "source", "/tmp/my data.npz"),
        ("data.centre=false", "data", "centre", False),
        ("network.layers=[64, 9, 10]", "network", "layers", (64, 9, 10)),
        ("network.tau=2", "network", "tau", 2.0),
        (" network.tau = 2.5 ", "network", "tau", 2.5),
        ('training.controls=["frozen"]', "training", "controls", ("frozen",)),
        ("training.controls=[]", "training", "controls", ()),
        ("memory.kind=window", "memory", "kind", "window"),
        ('memory={kind = "window", samples = 5}', "memory", "samples", 5),
    ],
)
def test_an_override_sets_a_key(load, override, section, key, value):
    assert getattr(getattr(load("seed = 3", override), section), key) == value


def test_overrides_win_over_the_file_and_the_last_wins(load):
    config = load("seed = 1\n[data]\nsource = 'xor'\ntrain_limit = 5", "seed=2", "seed=3")
    assert config.seed == 3
    assert config.data.train_limit == 5


def test_an_override_keeps_the_other_keys_of_its_section(load):
    config = load("[memory]\nkind = 'window'\nsamples = 5", "memory.sigma=2")
    assert config.memory == Window(samples=5, sigma=2.0)


@pytest.mark.parametrize("override", ["training.epochs", "=3", "", " =3", "seed.x=1"])
def test_an_override_without_key_or_value_is_refused(load, refusal, override):
    assert f"--set {override}" in refusal(load, "seed = 1", override)


@pytest.mark.parametrize(
    ("values", "key", "nearest"),
    [
        ({"sede": 1}, "sede", "seed"),
        ({"netwrok": {}}, "netwrok", "network"),
        ({"network": {"layer": [1]}}, "network.layer", "layers"),
        ({"learning": {"etta": 1}}, "learning.etta", "eta"),
        ({"memory": {"betta": 1}}, "memory.betta", "beta"),
        ({"memory": {"kind": "window", "sample": 1}}, "memory.sample", "samples"),
        ({"training": {"epoch": 1}}, "training.epoch", "epochs"),
        ({"readout": {"xyz": 1}}, "readout.xyz", "known are alpha, beta, smoothing"),
        ({"memory": {"kind": "window", "storage": "delta"}}, "memory.storage", "objective"),
        ({"window": {}}, "window", "known are"),
        ({"prototype": 1}, "prototype", "known are"),
        ({"data": {"window": 1}}, "data.window", "known are"),
        ({"memory": {"prototype": 1}}, "memory.prototype", "known are"),
        ({"a\nb": 1}, "a", "known are"),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_named(refusal, values, key, nearest):
    message = refusal(make_config, values, "my.toml")
    assert message.startswith("my.toml: unknown key")
    assert key in message
    assert nearest in message


@pytest.mark.parametrize(
    ("values", "key", "value", "allowed"),
    [
        ({"seed": -1}, "seed", "-1", "greater than or equal to 0"),
        ({"seed": 2**32}, "seed", "4294967296", "less than 4294967296"),
        ({"seed": 1.5}, "seed", "1.5", "integer"),
        ({"seed": "abc"}, "seed", "'abc'", "integer"),
        ({"backend": "loihi9"}, "backend", "'loihi9'", "'float'"),
        ({"network": 5}, "network", "5", "dictionary"),
        ({"data": "xor"}, "data", "'xor'", "dictionary"),
        ({"memory": "window"}, "memory", "'window'", "dictionary"),
        ({"network": {"tau": -1.0}}, "network.tau", "-1.0", "greater than or equal to 1"),
        ({"network": {"tau_e": 0.5}}, "network.tau_e", "0.5", "greater than or equal to 1"),
        ({"network": {"tau": float("nan")}}, "network.tau", "nan", "finite"),
        ({"network": {"tau": float("inf")}}, "network.tau", "inf", "finite"),
        ({"learning": {"eta": float("inf")}}, "learning.eta", "inf", "finite"),
        ({"network": {"layers": []}}, "network.layers", "[]", "at least 3"),
        ({"network": {"layers": [64, 10]}}, "network.layers", "[64, 10]", "at least 3"),
        ({"network": {"layers": [64, 0, 10]}}, "network.layers", "0", "equal to 1"),
        ({"network": {"layers": [64, "x", 10]}}, "network.layers", "'x'", "integer"),
        ({"network": {"layers": 64}}, "network.layers", "64", "list"),
        ({"network": {"timing": "late"}}, "network.timing", "'late'", "'paper' or 'chip'"),
        ({"network": {"steps_per_sample": 0}}, "steps_per_sample", "0", "equal to 1"),
        ({"learning": {"weight_decay": 0.5}}, "weight_decay", "0.5", "less than 0.01"),
        ({"learning": {"init": "zeros"}}, "learning.init", "'zeros'", "'antipodal'"),
        ({"learning": {"divide_by_norm": "maybe"}}, "divide_by_norm", "'maybe'", "boolean"),
        ({"memory": {"kind": "hopfield"}}, "memory.kind", "'hopfield'", "reservoir, slots, window"),
        ({"memory": {"kind": 3}}, "memory.kind", "3", "reservoir, slots, window"),
        ({"memory": {"beta": 0}}, "memory.beta", "0", "greater than 0"),
        ({"memory": {"kind": "window", "samples": 1}}, "memory.samples", "1", "equal to 2"),
        ({"readout": {"smoothing": 1.0}}, "readout.smoothing", "1.0", "less than 1"),
        ({"training": {"epochs": 0}}, "training.epochs", "0", "equal to 1"),
        ({"training": {"controls": ["random"]}}, "training.controls", "'random'", "'linear'"),
        ({"training": {"stall_seconds": 0}}, "training.stall_seconds", "0", "greater than 0"),
        ({"data": {"train_limit": 0}}, "data.train_limit", "0", "equal to 1"),
        ({"data": {"source": 3}}, "data.source", "3", "string"),
        ({"version": 0}, "version", "0", "equal to 1"),
    ],
)
def test_an_impossible_value_is_refused(refusal, values, key, value, allowed):
    message = refusal(make_config, values, "my.toml")
    assert message.startswith("my.toml: ")
    assert key in message
    assert f"= {value}" in message
    assert allowed in message


def test_a_newer_version_is_refused_whatever_else_it_holds(refusal):
    message = refusal(make_config, {"version": 2, "future": {"key": 1}}, "my.toml")
    assert "my.toml: version = 2 is newer" in message
    assert "upgrade" in message


@pytest.mark.parametrize("content", [b"seed = ", b"{}", b"\xff\xfe", b"seed = 1\nseed = 2", b"\0"])
def test_what_is_not_toml_is_refused(tmp_path, refusal, content):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    assert f"{path}: not a TOML file" in refusal(load_config, path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path, refusal):
    missing = tmp_path / "missing.toml"
    assert f"{missing}: no such config file" in refusal(load_config, missing)
    assert str(tmp_path) in refusal(load_config, tmp_path)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.floats()), max_size=4),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
KEYS = [(section, key) for section, keys in SECTIONS.items() for key in keys]


@settings(deadline=None, derandomize=True, max_examples=300)
@given(place=st.sampled_from(KEYS), value=VALUES)
def test_any_value_of_a_key_is_taken_or_refused_in_one_line(place, value):
    section, key = place
    try:
        make_config({section: {key: value}})
    except InputError as error:
        assert f"{section}.{key}" in str(error)
        assert len(str(error).splitlines()) == 1


@settings(deadline=None, derandomize=True, max_examples=200)
@given(values=st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=2))
def test_any_unknown_section_is_refused_in_one_line(values):
    with pytest.raises(InputError) as caught:
        make_config(values)
    assert len(str(caught.value).splitlines()) == 1


def test_features_in_integers_have_no_exponential():
    config = make_config({"backend": "fixed", "memory": {"kind": "features"}})
    assert config.memory.feature == "relu4"
    assert 'memory.feature = "relu4" instead of "soft"' in config.adapted


def test_prototypes_in_integers_have_no_rectifiers():
    config = make_config({"backend": "fixed", "memory": {"units": 32}})
    assert config.memory.units == 0
    assert "memory.units = 0 instead of 32" in config.adapted


def test_a_config_for_floating_point_is_brought_to_what_integers_can_do():
    config = make_config({"backend": "fixed"})
    assert (config.network.timing, config.memory.storage) == ("chip", "margin")
    assert not config.data.centre
    assert config.settings.fixed == config.fixed
    assert config.adapted == (
        'network.timing = "chip" instead of "paper"',
        'memory.storage = "margin" instead of "delta"',
        "data.centre = false instead of true",
    )
    assert make_config(tomllib.loads(config.to_toml())).adapted == ()
    assert make_config({}).adapted == ()
    assert make_config({}).settings.fixed is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"memory": {"kind": "slots"}},
            "backend fixed cannot run memory.kind = 'slots'; it runs prototype and window and "
            "features; float and fused run all",
        ),
        (
            {"memory": {"kind": "window", "objective": "hsic_released"}},
            "backend fixed cannot run memory.objective = 'hsic_released'; it runs kde and hsic",
        ),
        (
            {"memory": {"kind": "window", "objective": "hsic", "compress": True}},
            "backend fixed cannot run memory.compress = true; it has no kernels of inputs",
        ),
        (
            {"memory": {"kind": "features", "readout_file": "a.h5"}},
            "backend fixed cannot run memory.readout_file; its features are drawn",
        ),
        (
            {"backend": "loihi2-sim", "memory": {"kind": "window"}},
            "backend loihi2-sim cannot run memory.kind = 'window'; it runs prototype; float",
        ),
        (
            {"backend": "loihi2-sim", "training": {"controls": ["exact"]}},
            "training.controls has 'exact': backend loihi2-sim has no kernels; the others have",
        ),
        ({"fixed": {"weight_bits": 12}}, "fixed.weight_bits = 12"),
        ({"fixed": {"weight_bit": 8}}, "unknown key fixed.weight_bit: did you mean weight_bits?"),
    ],
)
def test_what_integers_cannot_do_is_refused_by_name(values, message):
    with pytest.raises(InputError, match=re.escape(message)):
        make_config({"backend": "fixed", **values})
