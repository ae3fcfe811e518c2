"""A frozen network as a graph of stock Lava Processes: what ``inference`` runs on the chip.

One sample a time step: ``Dense`` with a negative exponent, then ``GradedReluVec``, which sends its
positive sums and forgets them. Each ``Dense`` answers one time step later, so scores come as many
steps after their sample as there are layers. Nothing is kept between samples.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
from lava.magma.core.process.ports.ports import OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import RunConfig
from lava.proc.dense.process import Dense
from lava.proc.graded.process import GradedReluVec, GradedVec
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source
from lava.utils.weightutils import SignMode

from lava_ib.hardware.frozen_network import FrozenNetwork
from lava_ib.hardware.host_link.process import MESSAGE_BITS, FromChip, ToChip
from lava_ib.lava_runtime import LavaRuntime

CHUNK = 250
"""Time steps between two reports of progress."""


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
        inputs, classes = network.sizes[0], network.sizes[-1]
        padded = np.vstack([encoded, np.zeros((latency, inputs), dtype=np.int32)])
        self.source = Source(data=padded.T.astype(np.int32))
        to_chip = ToChip(shape=(inputs,), message_bits=MESSAGE_BITS)
        from_chip = FromChip(shape=(classes,), message_bits=MESSAGE_BITS)
        self.sink = Sink(shape=(classes,), buffer=self.steps)
        self.processes = [self.source, to_chip, from_chip, self.sink]
        self._encoded(self.source.s_out, inputs).connect(to_chip.inp)
        port = to_chip.out
        for number, layer in enumerate(network.layers, 1):
            last = number == latency
            dense = Dense(
                # Sign mode MIXED drops a weight's last bit: it goes in doubled.
                weights=2 * layer.weights,
                weight_exp=-(layer.shift + 1),
                num_message_bits=MESSAGE_BITS,
                sign_mode=SignMode.MIXED,
                name="dense_readout" if last else f"dense{number}",
            )
            neurons = self._neurons(number, (len(layer.weights),), last)
            neurons.name = "readout" if last else f"layer{number}"
            port.connect(dense.s_in)
            dense.a_out.connect(neurons.a_in)
            port = neurons.s_out
            self.processes += [dense, neurons]
        port.connect(from_chip.inp)
        from_chip.out.connect(self.sink.a_in)

    def _encoded(self, port: OutPort, inputs: int) -> OutPort:
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
            How long :data:`CHUNK` time steps may take.
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
        for start in range(0, self.steps, CHUNK):
            yield min(CHUNK, self.steps - start)
