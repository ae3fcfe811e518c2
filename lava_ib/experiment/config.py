"""Config files: TOML, checked against the settings that the rule itself is defined by."""

import difflib
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic_core import ErrorDetails

from lava_ib.backends import BACKENDS, CHIP, check_backend
from lava_ib.errors import InputError
from lava_ib.rule.fixed.memory import nearest_arithmetic, nearest_memory
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.memory import Memory, Prototype, Slots, Window
from lava_ib.rule.settings import (
    LearningSettings,
    NetworkSettings,
    ReadoutSettings,
    Settings,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

CONFIG_VERSION = 1
MEMORIES = {member().kind: member for member in get_args(Memory)}
Control = Literal["frozen", "linear", "codes", "shuffled", "exact"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataConfig(_Section):
    """Which samples.

    Attributes
    ----------
    source : str
        ``digits``, ``xor``, ``linear``, ``mnist``, ``fashion-mnist``, ``cifar10``, or a
        ``.npz`` file with ``x_train``, ``y_train``, ``x_test``, ``y_test``.
    train_limit, test_limit : int, optional
        Use no more than the first so many samples.
    centre : bool
        Subtract the mean of the training inputs.
    contrast : bool
        Pictures: subtract each one's mean and divide by its standard deviation.
    whiten : bool
        Pictures: pass them through a filter learned on the training pictures, after which
        neighbouring pixels and colours are uncorrelated (ZCA).
    """

    source: str = "digits"
    train_limit: Annotated[int, Field(ge=1)] | None = None
    test_limit: Annotated[int, Field(ge=1)] | None = None
    centre: bool = True
    contrast: bool = False
    whiten: bool = False


class TrainingConfig(_Section):
    """How long, and beside what.

    Attributes
    ----------
    epochs : int
        Passes through the training data.
    controls : tuple of {"frozen", "linear", "codes", "shuffled", "exact"}
        Networks trained beside the result: with frozen hidden layers; a linear readout of
        the raw input; a memory frozen at random class codes; a memory that is told
        shuffled labels; exact kernels in place of the memory.
    checkpoint_seconds : float
        A checkpoint is written after each epoch, and when so much time has passed.
    stall_seconds : float
        A run that makes no progress for so long is ended.
    start : str, optional
        A netx or NIR file of dense layers whose weights are the first ones, in place of random
        ones.
    """

    epochs: Annotated[int, Field(ge=1)] = 6
    controls: tuple[Control, ...] = ("frozen", "linear")
    checkpoint_seconds: Annotated[float, Field(gt=0)] = 20.0
    stall_seconds: Annotated[float, Field(gt=0)] = 60.0
    start: str | None = None


class Config(_Section):
    """Everything that defines a run.

    Attributes
    ----------
    version : int
        Version of the config's form.
    seed : int
        First weights, order and split of the samples.
    backend : str
        Name of a backend.
    data, network, learning, memory, readout, fixed, training
        The sections of the file.
    """

    version: Annotated[int, Field(ge=1, le=CONFIG_VERSION)] = CONFIG_VERSION
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    backend: Literal[tuple(BACKENDS)] = "float"  # type: ignore[valid-type]
    data: DataConfig = DataConfig()
    network: NetworkSettings = NetworkSettings()
    learning: LearningSettings = LearningSettings()
    memory: Annotated[Memory, Field(discriminator="kind")] = Prototype()
    readout: ReadoutSettings = ReadoutSettings()
    fixed: FixedSettings = FixedSettings()
    training: TrainingConfig = TrainingConfig()
    _adapted: tuple[str, ...] = PrivateAttr(())

    @property
    def settings(self) -> Settings:
        """The part that defines the network and its rule."""
        return Settings(
            network=self.network,
            learning=self.learning,
            memory=self.memory,
            readout=self.readout,
            fixed=self.fixed if BACKENDS[self.backend].fixed else None,
        )

    @property
    def adapted(self) -> tuple[str, ...]:
        """Keys that differ from what was given since the backend runs nothing else."""
        return self._adapted

    def to_toml(self) -> str:
        """Every key with its value; parses back to an equal config."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))


def load_config(path: Path | str, overrides: list[str] | None = None) -> Config:
    """Read a config file.

    Parameters
    ----------
    path : Path or str
        TOML file.
    overrides : list of str, optional
        ``"section.key=value"``, values as in TOML; a bare word is a string.

    Raises
    ------
    InputError
        If the file cannot be read, or a key is unknown or has an impossible value.
    """
    return make_config(read_config(path, overrides), str(path))


def read_config(path: Path | str, overrides: list[str] | None = None) -> dict[str, Any]:
    """Read a config file as nested dictionaries, not yet checked; see :func:`load_config`."""
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such config file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: not a TOML file: {error}") from None
    for override in overrides or []:
        key, equals, text = override.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set {override}: expected KEY=VALUE, such as training.epochs=3")
        try:
            set_key(values, key.strip(), parse_value(text))
        except InputError as error:
            raise InputError(f"--set {override}: {error}") from None
    return values


def make_config(values: dict[str, Any], origin: str = "config") -> Config:
    """Check a config given as nested dictionaries; see :func:`load_config`."""
    version = values.get("version", CONFIG_VERSION)
    if isinstance(version, int) and version > CONFIG_VERSION:
        raise InputError(
            f"{origin}: version = {version} is newer than this lava_ib, which reads up to "
            f"{CONFIG_VERSION}: upgrade lava_ib"
        )
    _refuse_infinite(values, origin)
    if values.get("backend") == CHIP:
        check_backend(CHIP)
    if isinstance(values.get("memory"), dict):
        values = {**values, "memory": {"kind": Prototype().kind, **values["memory"]}}
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise InputError(f"{origin}: {_explain(error.errors()[0])}") from None
    _refuse_truth(values, config.model_dump(), origin)
    try:
        config.settings.check()
    except ValueError as error:
        raise InputError(f"{origin}: {error}") from None
    _refuse_lone_slots(config, origin)
    return _for_integers(config, origin) if BACKENDS[config.backend].fixed else config


def _for_integers(config: Config, origin: str) -> Config:
    """The nearest config that a fixed-point backend runs; it says what differs."""
    backend = BACKENDS[config.backend]
    maps = bool(config.network.convolutions)
    network = replace(config.network, timing=backend.timings_of(config.settings)[0])
    memory, fixed = nearest_memory(config.memory, maps), nearest_arithmetic(config.fixed, maps)
    # Pictures keep their sign; other inputs become activities, which have none.
    centre = config.data.centre and maps
    try:
        backend.settings(replace(config.settings, network=network, memory=memory, fixed=fixed))
    except ValueError as error:
        raise InputError(f"{origin}: {error}") from None
    if "exact" in config.training.controls and Window not in backend.memories:
        raise InputError(
            f"{origin}: training.controls has 'exact': backend {config.backend} has no kernels; "
            "the others have"
        )
    wanted = {
        "network.timing": (config.network.timing, network.timing),
        **{
            f"memory.{key}": (getattr(config.memory, key), now) for key, now in vars(memory).items()
        },
        "fixed.arithmetic": (config.fixed.arithmetic, fixed.arithmetic),
        "data.centre": (config.data.centre, centre),
    }
    adapted = config.model_copy(
        update={
            "network": network,
            "memory": memory,
            "fixed": fixed,
            "data": config.data.model_copy(update={"centre": centre}),
        }
    )
    adapted._adapted = tuple(
        f"{key} = {_toml(now)} instead of {_toml(given)}"
        for key, (given, now) in wanted.items()
        if given != now
    )
    try:
        backend.steps(adapted.settings)
    except ValueError as error:
        raise InputError(f"{origin}: {error}") from None
    return adapted


def _toml(value: Any) -> str:
    return tomli_w.dumps({"value": value}).removeprefix("value = ").strip()


def _refuse_lone_slots(config: Config, origin: str) -> None:
    """With one slot a class the newest sample is all that its class has, and nothing is learned."""
    memory, classes = config.memory, config.network.layers[-1]
    if isinstance(memory, Slots) and memory.per_class and memory.samples < 2 * classes:
        raise InputError(
            f"{origin}: memory.samples = {memory.samples}: with memory.per_class, {classes} "
            f"classes need at least {2 * classes} slots, two each"
        )


def set_key(values: dict[str, Any], key: str, value: Any) -> None:
    """Change one key, such as ``training.epochs``, of nested dictionaries."""
    *sections, leaf = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise InputError(f"{key} = {value!r}: {section} is not a section")
    values[leaf] = value


def parse_value(text: str) -> Any:
    """Read a value as in TOML; a bare word is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _refuse_infinite(values: dict[str, Any], origin: str, section: str = "") -> None:
    """TOML has inf and nan, but no setting makes sense with them."""
    for key, value in values.items():
        if isinstance(value, dict):
            _refuse_infinite(value, origin, f"{section}{key}.")
        elif isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{origin}: {section}{key} = {value}: expected a finite number")


def _refuse_truth(given: Any, read: Any, origin: str, key: str = "") -> None:
    """Pydantic reads true as the number 1 where a number is expected."""
    if isinstance(given, bool) and not isinstance(read, bool):
        raise InputError(f"{origin}: {key} = {_toml(given)}: expected a number")
    if isinstance(given, dict | list | tuple):
        for step in given if isinstance(given, dict) else range(len(given)):
            _refuse_truth(given[step], read[step], origin, f"{key}.{step}" if key else str(step))


def _explain(problem: ErrorDetails) -> str:
    """Turn pydantic's first complaint into one line: key, value, what is allowed."""
    path = [str(step) for step in problem["loc"]]
    known: Any = Config().model_dump()
    if path[0] == "memory" and len(path) > 2:
        # The member of the union stands in the location, but is no key of the file.
        known["memory"] = MEMORIES[path.pop(1)].__dataclass_fields__
    key, value = ".".join(path), problem["input"]
    if problem["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"unknown key {key}{_nearest(path, known)}"
    if problem["type"] == "union_tag_invalid":
        return f"{key}.kind = {value.get('kind')!r}: expected one of {', '.join(sorted(MEMORIES))}"
    message = problem["msg"].replace("tuple", "list")
    return f"{key} = {value!r}: {message[0].lower()}{message[1:]}"


def _nearest(path: list[str], known: Any) -> str:
    for step in path[:-1]:
        known = known.get(step, {})
    near = difflib.get_close_matches(path[-1], known, n=1)
    return f": did you mean {near[0]}?" if near else f": known are {', '.join(known)}"
