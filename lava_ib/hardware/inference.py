"""A frozen network as a graph of stock Lava Processes: what ``inference`` runs on the chip.

One sample a time step: a connection, ``Dense`` or ``Conv``, then ``GradedReluVec``, which sends its
positive sums and forgets them. Each connection answers one time step later, so scores come as many
steps after their sample as there are layers. Nothing is kept between samples.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import RunConfig
from lava.proc.conv.process import Conv
from lava.proc.dense.process import Dense
from lava.proc.graded.process import GradedReluVec, GradedVec
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source
from lava.proc.prodneuron.process import ProdNeuron
from lava.utils.weightutils import SignMode

from lava_ib.hardware.frozen_layers import FrozenConv, FrozenDense, FrozenPool, digits
from lava_ib.hardware.frozen_network import FrozenNetwork
from lava_ib.hardware.host_link.process import MESSAGE_BITS, FromChip, ToChip
from lava_ib.lava_runtime import LavaRuntime

CHUNK = 250
CHUNK_OF_MAPS = 10
"""Time steps between two reports of progress; Lava's ``Conv`` takes long on CPU."""

MOST_GROUPS = 127
"""Lava's ``Conv`` keeps their number in eight bits with a sign."""


class InferenceGraph:
    """A frozen network on its way to, over and from the chip.

    Parameters
    ----------
    network : FrozenNetwork
    encoded : ndarray of int, shape (samples, inputs and constants)
        From :meth:`FrozenNetwork.encode`.

    Attributes
    ----------
    source, sink : Process
        On the host.
    processes : list of Process
        All of them.
    steps : int
        Time steps until the last answer.
    """

    def __init__(self, network: FrozenNetwork, encoded: np.ndarray) -> None:
        latency = len(network.layers)
        self.samples, self.latency = len(encoded), latency
        self.steps = self.samples + latency
        first, classes = network.layers[0], network.sizes[-1]
        shape = first.input_shape if isinstance(first, FrozenConv) else (first.inputs,)
        self.chunk = CHUNK_OF_MAPS if isinstance(first, FrozenConv) else CHUNK
        padded = np.vstack([encoded, np.zeros((latency, first.inputs), dtype=np.int32)])
        self.source = Source(data=padded.T.astype(np.int32).reshape(*shape, -1))
        from_chip = FromChip(shape=(classes,), message_bits=MESSAGE_BITS)
        self.sink = Sink(shape=(classes,), buffer=self.steps)
        self.processes: list[AbstractProcess] = [self.source, from_chip, self.sink]
        self._places = self._always(network.places) if network.places else None
        port = self._to_chip(self._encoded(self.source.s_out, shape), shape)
        number = 0
        for layer in network.layers:
            # Pooling has the number of the filters below it, as in training.
            number += not isinstance(layer, FrozenPool)
            if isinstance(layer, FrozenConv):
                port = self._convolution(layer, number, port)
            elif isinstance(layer, FrozenPool):
                port = self._pool(layer, number, port)
            else:
                port = self._dense(layer, number, port, layer is network.layers[-1])
        port.connect(from_chip.inp)
        from_chip.out.connect(self.sink.a_in)

    def _to_chip(self, port: OutPort, shape: tuple[int, ...]) -> OutPort:
        link = ToChip(shape=shape, message_bits=MESSAGE_BITS)
        self.processes.append(link)
        port.connect(link.inp)
        return link.out

    def _always(self, places: tuple[int, ...]) -> OutPort:
        """What biases are written in, the same in each time step."""
        source = Source(data=np.array(places, dtype=np.int32)[:, None])
        source.name = "places"
        self.processes.append(source)
        return self._to_chip(source.s_out, (len(places),))

    def _dense(self, layer: FrozenDense, number: int, port: OutPort, last: bool) -> OutPort:
        name = "dense_readout" if last else f"dense{number}"
        shape = (layer.neurons,)
        neurons = self._neurons(number, shape, last)
        neurons.name = "readout" if last else f"layer{number}"
        dense = self._weights(layer.weights, layer.shift, name)
        # Maps come as (x, y, channels).
        (port if len(port.shape) == 1 else port.flatten()).connect(dense.s_in)
        dense.a_out.connect(neurons.a_in)
        if layer.bias is not None:
            self._bias(layer.bias, neurons.a_in, f"bias{number}")
        self.processes.append(neurons)
        return neurons.s_out

    def _convolution(self, layer: FrozenConv, number: int, port: OutPort) -> OutPort:
        conv = _conv(layer.weights, layer.input_shape, layer.stride, layer.padding, 1)
        conv.name = f"conv{number}"
        neurons = GradedReluVec(shape=layer.shape, vth=0)
        neurons.name = f"layer{number}"
        port.connect(conv.s_in)
        conv.a_out.connect(neurons.a_in)
        self.processes += [conv, neurons]
        return neurons.s_out

    def _pool(self, layer: FrozenPool, number: int, port: OutPort) -> OutPort:
        """Sums over squares, times a constant, shifted: ``Conv`` alone could not shift them."""
        channels = layer.input_shape[2]
        groups = max(count for count in range(1, MOST_GROUPS + 1) if channels % count == 0)
        each = np.tile(np.eye(channels // groups, dtype=np.int32), (groups, 1))
        ones = np.broadcast_to(
            each[:, None, None], (channels, layer.size, layer.size, len(each[0]))
        )
        conv = _conv(ones, layer.input_shape, layer.size, 0, groups)
        conv.name = f"pool{number}"
        neurons = ProdNeuron(shape=layer.shape, vth=0, exp=layer.shift)
        neurons.name = f"pooled{number}"
        port.connect(conv.s_in)
        conv.a_out.connect(neurons.a_in1)
        factors = np.full(layer.neurons, layer.multiplier)
        self._bias(factors, neurons.a_in2, f"factor{number}")
        if layer.bias is not None:
            self._bias(layer.bias, neurons.a_in1, f"bias{number}")
        self.processes += [conv, neurons]
        return neurons.s_out

    def _bias(self, bias: np.ndarray, port: InPort, name: str) -> None:
        """Let numbers that are always the same into the neurons behind a port."""
        assert self._places is not None
        dense = self._weights(digits(bias, self._places.size), 0, name)
        self._places.connect(dense.s_in)
        dense.a_out.reshape(port.shape).connect(port)

    def _weights(self, weights: np.ndarray, shift: int, name: str) -> Dense:
        dense = Dense(
            # Sign mode MIXED drops a weight's last bit: it goes in doubled.
            weights=2 * weights,
            weight_exp=-(shift + 1),
            num_message_bits=MESSAGE_BITS,
            sign_mode=SignMode.MIXED,
            name=name,
        )
        self.processes.append(dense)
        return dense

    def _encoded(self, port: OutPort, shape: tuple[int, ...]) -> OutPort:
        """What is sent of an input: all of it."""
        return port

    def _neurons(self, number: int, shape: tuple[int, ...], last: bool) -> AbstractProcess:
        """Neurons of a layer."""
        return (GradedVec if last else GradedReluVec)(shape=shape, vth=0)

    def scores(
        self,
        run_config: RunConfig,
        *,
        stall_seconds: float = 60.0,
        on_progress: Callable[[int], None] = lambda samples: None,
    ) -> np.ndarray:
        """Run the graph.

        Parameters
        ----------
        run_config : RunConfig
        stall_seconds : float
            How long the time steps between two reports may take.
        on_progress : callable
            Receives the number of samples shown.

        Returns
        -------
        ndarray of int, shape (samples, classes)

        Raises
        ------
        SimulationError
            If a Process failed, or made no progress.
        """
        runtime = LavaRuntime(self.source, run_config)
        try:
            shown = 0
            for steps in self._chunks():
                runtime.start(RunSteps(steps, blocking=False))
                deadline = time.monotonic() + stall_seconds
                while not runtime.finished():
                    if time.monotonic() > deadline:
                        runtime.fail_stalled(stall_seconds)
                    time.sleep(0.002)
                shown += steps
                on_progress(min(shown, self.samples))
            received = np.asarray(self.sink.data.get())
        finally:
            runtime.stop()
        return received[:, self.latency :].T.astype(np.int64)

    def _chunks(self) -> Iterator[int]:
        for start in range(0, self.steps, self.chunk):
            yield min(self.chunk, self.steps - start)


def _conv(
    weights: np.ndarray, shape: tuple[int, int, int], stride: int, padding: int, groups: int
) -> Conv:
    return Conv(
        weight=weights,
        input_shape=shape,
        stride=stride,
        padding=padding,
        groups=groups,
        num_message_bits=MESSAGE_BITS,
    )
