"""The inference graph of sigma-delta neurons, which send only what changed since the last sample.

A sum's remainder below the shift is lost with every message, and here it adds up: after some
hundred samples the answers are wrong. So all layers start afresh every so many samples, each one
time step after the layer before it, when what belongs to the samples before has passed.
"""

import numpy as np
from lava.magma.core.process.ports.ports import OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.proc.io.reset import Reset
from lava.proc.sdn.process import ActivationMode, Delta, Sigma, SigmaDelta

from lava_ib.errors import InputError
from lava_ib.hardware.frozen_layers import FrozenDense
from lava_ib.hardware.frozen_network import FrozenNetwork
from lava_ib.hardware.inference import InferenceGraph

RESTART = 32
"""Samples between two fresh starts: at most that many remainders add up."""


class SigmaDeltaGraph(InferenceGraph):
    """A frozen network of sigma-delta neurons.

    Parameters
    ----------
    network : FrozenNetwork
    encoded : ndarray of int, shape (samples, inputs and constants)
    restart : int, optional
        Samples between two fresh starts; none without, and then it drifts. No public model of
        ``Reset`` for the chip is known: there a network can only be stopped and run anew.

    Raises
    ------
    InputError
        If the network has convolutions.
    """

    def __init__(
        self, network: FrozenNetwork, encoded: np.ndarray, restart: int | None = RESTART
    ) -> None:
        if not all(isinstance(layer, FrozenDense) for layer in network.layers):
            raise InputError(
                "--neurons sigma-delta: the network has convolutions, which run on graded "
                "rectifiers only; expected --neurons graded"
            )
        self.restart = restart
        self._resets: list[Reset] = []
        super().__init__(network, encoded)
        self.processes += self._resets

    def _encoded(self, port: OutPort, shape: tuple[int, ...]) -> OutPort:
        delta = Delta(shape=shape, vth=1)
        delta.name = "encoder"
        port.connect(delta.a_in)
        self._forget(0, delta.act, delta.residue)
        return delta.s_out

    def _neurons(self, number: int, shape: tuple[int, ...], last: bool) -> AbstractProcess:
        if last:
            sigma = Sigma(shape=shape)
            self._forget(number, sigma.sigma)
            return sigma
        neurons = SigmaDelta(shape=shape, vth=1, act_mode=ActivationMode.RELU)
        self._forget(number, neurons.sigma, neurons.act, neurons.residue)
        return neurons

    def _forget(self, delay: int, *variables: Var) -> None:
        """Clear variables of the layer that hears of a sample `delay` time steps late."""
        if self.restart is None:
            return
        for variable in variables:
            reset = Reset(interval=self.restart, offset=self.restart - 1 + delay)
            reset.connect_var(variable)
            self._resets.append(reset)
