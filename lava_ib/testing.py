"""Step one ProcessModel by hand, without Lava's compiler or runtime.

Unit tests of a model need neither operating-system processes nor channels, and a model
that waits for a message fails at once instead of hanging.
"""

from collections import defaultdict
from typing import Any

import numpy as np
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.process import AbstractProcess


class _Inbox:
    """In-port fed by hand; one that is given nothing acts as if it were unconnected."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        self.name, self.shape = name, shape
        self.message: np.ndarray | None = None

    def put(self, value: Any) -> None:
        message = np.asarray(value)
        if message.shape != self.shape:
            raise ValueError(f"port {self.name} takes shape {self.shape}, got {message.shape}")
        self.message = message

    def recv(self) -> np.ndarray:
        message = np.zeros(self.shape) if self.message is None else self.message
        self.message = None
        return message


class _Outbox:
    """Out-port that keeps what was sent."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        self.name, self.shape = name, shape
        self.messages: list[np.ndarray] = []

    def send(self, value: np.ndarray) -> None:
        if value.shape != self.shape:
            raise ValueError(f"port {self.name} sends shape {self.shape}, got {value.shape}")
        self.messages.append(np.array(value))

    def advance_to_time_step(self, time_step: int) -> None:
        """Lava's runtime calls this; nothing depends on it here."""


class SteppedModel:
    """A LoihiProtocol ProcessModel under manual control.

    Parameters
    ----------
    process : AbstractProcess
        A Process that was neither compiled nor connected.
    model : type
        Its ProcessModel class.

    Attributes
    ----------
    model : PyLoihiProcessModel
        The instance; its Vars are attributes.

    Examples
    --------
    >>> from lava_ib.processes import RateLayer
    >>> from lava_ib.processes.rate_layer.models import PyRateLayerModelFloat
    >>> layer = SteppedModel(RateLayer(shape=(2,)), PyRateLayerModelFloat)
    >>> layer.step(a_in=[3.0, 4.0])["s_out"]
    array([0.6, 0.8])
    """

    def __init__(self, process: AbstractProcess, model: type[PyLoihiProcessModel]) -> None:
        self.model: Any = model(process.proc_params)
        self._inboxes = {port.name: _Inbox(port.name, port.shape) for port in process.in_ports}
        self._outboxes = {port.name: _Outbox(port.name, port.shape) for port in process.out_ports}
        for name, port in {**self._inboxes, **self._outboxes}.items():
            setattr(self.model, name, port)
        for var in process.vars:
            kind: LavaPyType = getattr(model, var.name)
            value = np.empty(var.shape, kind.d_type)
            value[...] = var.init
            setattr(self.model, var.name, value)

    def step(self, **inputs: Any) -> dict[str, np.ndarray]:
        """Run one time step: spiking phase, then learning and management where asked for.

        Parameters
        ----------
        **inputs : array_like
            What arrives at each in-port, by its name; zeros at the others.

        Returns
        -------
        dict of str to ndarray
            What each out-port sent, by its name.

        Raises
        ------
        ValueError
            If a message does not have its port's shape.
        KeyError
            If the Process has no such port.
        """
        for name, value in inputs.items():
            self._inboxes[name].put(value)
        self.model.time_step += 1
        self.model.run_spk()
        if self.model.lrn_guard():
            if self.model.pre_guard():
                self.model.run_pre_mgmt()
            self.model.run_lrn()
        if self.model.post_guard():
            self.model.run_post_mgmt()
        sent = {name: box.messages[-1] for name, box in self._outboxes.items() if box.messages}
        for box in self._outboxes.values():
            box.messages.clear()
        return sent

    def run(self, steps: int, **inputs: Any) -> dict[str, np.ndarray]:
        """Take several steps with inputs of shape (steps, ...); outputs are stacked alike."""
        history = defaultdict(list)
        for t in range(steps):
            for name, value in self.step(**{k: v[t] for k, v in inputs.items()}).items():
                history[name].append(value)
        return {name: np.stack(values) for name, values in history.items()}
