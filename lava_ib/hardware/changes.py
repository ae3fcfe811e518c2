"""The smallest change of one number that makes a layer fit."""

from collections.abc import Callable
from dataclasses import replace

from lava_ib.hardware.compilers import Compiler
from lava_ib.hardware.layers import Layer
from lava_ib.hardware.splitting import Excess, Split, split


def smaller_part(layer: Layer, compiler: Compiler, outputs: int) -> str:
    """What to change in a layer of which even the smallest part is too large for a core.

    Parameters
    ----------
    layer : Layer
    compiler : Compiler
    outputs : int
        Output axons of a neuron.
    """

    def fits(changed: Layer) -> bool:
        return not isinstance(split(changed, compiler, outputs), Excess)

    for what, now, change in _numbers(layer):
        most = _largest(now, change, fits)
        if most:
            return f"at most {most:,} {what} instead of {now:,}"
    return "none of one number alone"


def fewer_cores(layer: Layer, placed: Split, surplus: int, compiler: Compiler, outputs: int) -> str:
    """What to change in a layer for it to take so many cores less.

    Parameters
    ----------
    layer : Layer
    placed : Split
        The layer on its cores.
    surplus : int
        Cores it has to do without.
    compiler : Compiler
    outputs : int
        Output axons of a neuron.
    """
    wanted = placed.cores - surplus

    def fits(changed: Layer) -> bool:
        found = split(changed, compiler, outputs)
        return not isinstance(found, Excess) and found.cores <= wanted

    what, now, change = _size(layer)
    most = _largest(now, change, fits)
    if most:
        return f"at most {most:,} {what} instead of {now:,}, for {wanted} cores or less"
    return f"{surplus:,} cores less over several layers"


_Change = Callable[[int], Layer]
_ONE_BY_ONE = 2_000


def _numbers(layer: Layer) -> list[tuple[str, int, _Change]]:
    """Numbers that the smallest part of a layer depends on."""
    numbers = [("state words", layer.state_words, lambda n: replace(layer, state_words=n))]
    if layer.kind in ("dense", "sparse"):
        numbers.insert(0, ("inputs", layer.inputs, lambda n: replace(layer, inputs=n)))
    if layer.shape is not None:
        numbers.insert(0, _size(layer))
    if layer.input_shape is not None:
        x, y, channels = layer.input_shape
        numbers.insert(
            1, ("input channels", channels, lambda n: replace(layer, input_shape=(x, y, n)))
        )
    return numbers


def _size(layer: Layer) -> tuple[str, int, _Change]:
    if layer.shape is None:
        return "neurons", layer.neurons, lambda n: replace(layer, neurons=n)
    x, y, channels = layer.shape
    return "channels", channels, lambda n: replace(layer, shape=(x, y, n), neurons=x * y * n)


def _largest(now: int, change: _Change, fits: Callable[[Layer], bool]) -> int:
    """Largest number below ``now`` with which the layer fits; 0 if none is found.

    Not all that is smaller fits: odd channels cannot be halved. So small numbers are tried one by
    one, and large ones by halving; what is returned does fit.
    """
    if now <= _ONE_BY_ONE:
        return next((number for number in range(now - 1, 0, -1) if fits(change(number))), 0)
    low, high = 0, now
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(change(middle)) else (low, middle)
    return low
