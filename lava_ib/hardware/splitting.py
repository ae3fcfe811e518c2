"""How a layer is cut into parts of a core each.

Layers without geometry are cut into equal runs of neurons and a last, shorter one (R8, A);
how long a run is depends on the generation of the compiler. Pictures are cut into tiles (R9).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from lava_ib.hardware.compilers import Compiler
from lava_ib.hardware.layers import Layer, Shape
from lava_ib.hardware.limits import CoreMemory
from lava_ib.hardware.memory import chunk_memory, tile_memory

LADDER = 0.794
"""R8 (D): a candidate. Chunks printed in 2023 and 2024 lie on ladders of this factor, which was
tuned to four of them; which rung the compiler takes is open. Here it is the first that fits."""

SPLIT_TOTAL = 16_000
"""R8 (C): total above which a dense or sparse layer is split in 2023 and 2024. The logs bound it
to between 14,001 and 16,590 words; it does not act on convolutions."""


@dataclass(frozen=True)
class Excess:
    """Why a layer fits on no number of cores.

    Attributes
    ----------
    limit : str
        Kind of memory of which the smallest possible part needs too much.
    allowed, value : int
        What a core has of it, and what the part needs, in words.
    """

    limit: str
    allowed: int
    value: int


@dataclass(frozen=True)
class Part:
    """Cores of a layer that are alike.

    Attributes
    ----------
    cores : int
    neurons : int
        On each of them.
    memory : CoreMemory
        Of each of them.
    """

    cores: int
    neurons: int
    memory: CoreMemory


@dataclass(frozen=True)
class Split:
    """A layer cut into parts.

    Attributes
    ----------
    parts : tuple of Part
        In the order of their cores.
    tile : tuple of int, optional
        Width, height and channels on a core.
    basis : str
        Rule and grade of where it was cut.
    """

    parts: tuple[Part, ...]
    tile: Shape | None
    basis: str

    @property
    def cores(self) -> int:
        """How many there are."""
        return sum(part.cores for part in self.parts)


def split(layer: Layer, compiler: Compiler, outputs: int = 1) -> Split | Excess:
    """Cut a layer into parts that a core has room for.

    Parameters
    ----------
    layer : Layer
    compiler : Compiler
    outputs : int
        Output axons of a neuron: :func:`~lava_ib.hardware.memory.chunk_memory`.

    Returns
    -------
    Split or Excess
        The latter when even the smallest part needs more than a core has.
    """
    cut = _cut_runs if layer.shape is None else _cut_tiles
    return cut(layer, compiler, outputs)


def _cut_runs(layer: Layer, compiler: Compiler, outputs: int) -> Split | Excess:
    def parts(chunk: int) -> Iterator[Part]:
        return _runs(layer, chunk, compiler.index_bits, outputs)

    # With two words of state, half as many neurons fit, and so on: R8, A.
    most = max(1, min(layer.neurons, compiler.limits["neurons"] // layer.state_words))
    choose = _first_rung if compiler.splitting == "ladder" else _divided
    chunk = choose(parts, most, compiler)
    if isinstance(chunk, Excess):
        return chunk
    if chunk < most:
        basis = _BASES[compiler.splitting]
    else:
        basis = _WHOLE if chunk == layer.neurons else _NEURONS
    return Split(_together(parts(chunk)), None, basis)


_Parts = Callable[[int], Iterator[Part]]
_WHOLE = "not at all, whole on one core (R4, A)"
_NEURONS = "into runs at the limit of neurons (R8, A)"
_BASES = {
    "ladder": "at the first rung of the ladder that fits (R8, a candidate, D)",
    "ratio": "by the ratio to the limit (R8, A)",
    "power of two": "by the ratio to the limit, up to a power of two (R8, B)",
}


def _runs(layer: Layer, chunk: int, index_bits: int, outputs: int) -> Iterator[Part]:
    def part(cores: int, first: int, count: int) -> Part:
        return Part(cores, count, chunk_memory(layer, first, count, index_bits, outputs))

    whole, rest = divmod(layer.neurons, chunk)
    if layer.pattern == "block":  # what a run takes depends on where it cuts a block
        yield from (part(1, number * chunk, chunk) for number in range(whole))
    else:
        yield part(whole, 0, chunk)
    if rest:
        yield part(1, layer.neurons - rest, rest)


def _together(parts: Iterator[Part]) -> tuple[Part, ...]:
    """Neighbours that are alike, as one part."""
    groups = [list(alike) for _, alike in groupby(parts, key=lambda part: part.memory)]
    return tuple(
        Part(sum(part.cores for part in alike), alike[0].neurons, alike[0].memory)
        for alike in groups
    )


def _first_rung(parts: _Parts, most: int, compiler: Compiler) -> int | Excess:
    """First rung below the bound on the total, or else below the limits themselves."""
    rungs = [most]
    while rungs[-1] > 1:
        rungs.append(int(rungs[-1] * LADDER))
    for total in (SPLIT_TOTAL, compiler.limits["total"]):
        limits = compiler.limits | {"total": total}
        for chunk in rungs:
            if all(_excess(part.memory, limits) is None for part in parts(chunk)):
                return chunk
    found = (_excess(part.memory, compiler.limits) for part in parts(1))
    return next(excess for excess in found if excess)


def _divided(parts: _Parts, most: int, compiler: Compiler) -> int | Excess:
    """Divide by how many times over its limit the fullest register is, rounded up."""
    chunk = most
    while excess := _excess(next(parts(chunk)).memory, compiler.limits):
        if chunk == 1:
            return excess
        chunk = math.ceil(chunk / math.ceil(excess.value / excess.allowed))
        if compiler.splitting == "power of two":
            chunk = 1 << (chunk - 1).bit_length()
    return chunk


def _excess(memory: CoreMemory, limits: dict[str, int]) -> Excess | None:
    """The register that is over its limit the most, if any is."""
    words = memory.words
    kind = max(words, key=lambda kind: words[kind] / limits[kind])
    if words[kind] <= limits[kind]:
        return None
    return Excess(kind, limits[kind], words[kind])


def _cut_tiles(layer: Layer, compiler: Compiler, outputs: int) -> Split | Excess:
    """Of all tiles that fit, one of the fewest cores.

    Among equals: all channels first, then no wider than the picture, then wide. That is a choice
    (D) that agrees with two printed tiles: 16 x 2 x 64 of PilotNet's 20 x 2 x 64, and 2 x 7 x 256
    of YOLO's 14 x 14 x 256, a size inferred from numbers of cores.
    """
    shape = layer.shape
    assert shape is not None
    memories = {tile: tile_memory(layer, tile, outputs) for tile in _tiles(shape)}
    fitting = [tile for tile in memories if _excess(memories[tile], compiler.limits) is None]
    if not fitting:
        smallest = min(memories.values(), key=lambda memory: memory.words["total"])
        excess = _excess(smallest, compiler.limits)
        assert excess is not None
        return excess

    def rank(tile: Shape) -> tuple[int, int, bool, int]:
        return (_cores(shape, tile), -tile[2], tile[0] > shape[0], -tile[0])

    tile = min(fitting, key=rank)
    part = Part(_cores(shape, tile), math.prod(tile), memories[tile])
    return Split((part,), tile, "into tiles on the fewest cores (R9, A)")


def _cores(shape: Shape, tile: Shape) -> int:
    return math.prod(math.ceil(size / part) for size, part in zip(shape, tile, strict=True))


def _tiles(shape: Shape) -> list[Shape]:
    """Widths that are powers of two; heights and channels halved while they are even."""
    width, height, channels = shape
    widths = [1 << power for power in range((width - 1).bit_length() + 1)]
    return [(x, y, c) for x in widths for y in _halves(height) for c in _halves(channels)]


def _halves(size: int) -> list[int]:
    halves = [size]
    while halves[-1] % 2 == 0:
        halves.append(halves[-1] // 2)
    return halves
