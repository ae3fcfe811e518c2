"""The network composed of one Process a part."""

from typing import Any

from lava.magma.core.decorator import implements, tag
from lava.magma.core.model.sub.model import AbstractSubProcessModel
from lava.magma.core.process.ports.ports import OutPort
from lava.magma.core.process.process import AbstractProcess

from lava_ib.processes.expanded_prototype_memory.process import ExpandedPrototypeMemory
from lava_ib.processes.features_memory.process import FeaturesMemory
from lava_ib.processes.network.process import Network
from lava_ib.processes.plastic_conv.process import PlasticConv
from lava_ib.processes.plastic_dense.process import PlasticDense
from lava_ib.processes.pooling.process import Pooling
from lava_ib.processes.prototype_memory.process import PrototypeMemory
from lava_ib.processes.rate_layer.process import RateLayer
from lava_ib.processes.rate_map.process import RateMap
from lava_ib.processes.readout.process import Readout
from lava_ib.processes.reservoir_memory.process import ReservoirMemory
from lava_ib.processes.sample_source.process import SampleSource
from lava_ib.processes.slots_memory.process import SlotsMemory
from lava_ib.processes.window_memory.process import WindowMemory
from lava_ib.rule.memory import Features, Reservoir, Slots, Window
from lava_ib.rule.state import part_of


@implements(proc=Network)
@tag("floating_pt", "fixed_pt")
class SubNetworkModel(AbstractSubProcessModel):
    """Source, then for each hidden layer a connection, neurons and a memory, then readout.

    Within a time step a sample passes through all layers: no connection adds a delay.
    """

    readout_class: type[Readout] = Readout

    def __init__(self, proc: Network) -> None:
        self.params = proc.proc_params
        self.settings = self.params["settings"]
        self.learn = self.params["learn"]
        self.source = self._source()
        shown = below = self.source.s_out
        for number in range(1, self.settings.hidden + 1):
            if self.settings.network.convolutions:
                shown, below = self._map_layer(number, below)
            else:
                shown = below = self._dense_layer(number, below)
        self.readout = self._readout()
        self._read(shown)
        self.source.label_out.connect(self.readout.label_in)
        for key in self.params["state"]:
            part, variable = key.split("/")
            own = getattr(proc, key.replace("/", "_"))
            own.alias(getattr(getattr(self, part), variable))

    def _part(self, name: str) -> dict[str, Any]:
        """What every part is given: its name, its place for state and its first state."""
        return {
            "name": name,
            "state_folder": self.params["state_folder"],
            "fixed": self.settings.fixed,
            "steps_per_sample": self.settings.network.steps_per_sample,
            **part_of(self.params["state"], name),
        }

    def _source(self) -> SampleSource:
        return SampleSource(
            x=self.params["x"],
            labels=self.params["labels"],
            memory_labels=self.params["memory_labels"],
            offset=self.params["offset"],
            classes=self.settings.network.layers[-1],
            seed=None if self.learn == "nothing" else self.params["seed"],
            run_length=self.settings.network.run_length,
            replay=self.settings.network.replay,
            image=self.settings.network.image if self.settings.network.convolutions else None,
            flip=self.settings.network.flip,
            signed=self.settings.signed,
            **self._part("source"),
        )

    def _dense_layer(self, number: int, below: OutPort) -> OutPort:
        network, learning = self.settings.network, self.settings.learning
        dense = PlasticDense(
            shape=(network.layers[number], network.layers[number - 1]),
            eta=learning.eta,
            tau_e=network.tau_e,
            timing=network.timing,
            total_samples=self.params["total_samples"],
            weight_decay=learning.weight_decay,
            decay_interval=learning.decay_interval,
            plastic=self.learn == "all",
            **self._part(f"dense{number}"),
        )
        layer = RateLayer(
            shape=(network.layers[number],),
            tau=network.tau,
            timing=network.timing,
            total_samples=self.params["total_samples"],
            divide_by_norm=learning.divide_by_norm,
            reset=self.learn == "nothing",
            **self._part(f"layer{number}"),
        )
        setattr(self, f"dense{number}", dense)
        setattr(self, f"layer{number}", layer)
        below.connect(dense.s_in)
        self._sums(dense, below).connect(layer.a_in)
        if self.learn == "all":
            memory = self._memory(number)
            setattr(self, f"memory{number}", memory)
            layer.m_out.connect(memory.s_in)
            memory.a_out.connect(layer.a_third_factor_in)
            layer.s_out_bap.connect(dense.s_in_bap)
            layer.s_out_y1.connect(dense.s_in_y1)
            layer.s_out_y2.connect(dense.s_in_y2)
            layer.s_out_y3.connect(dense.s_in_y3)
        return layer.s_out

    def _sums(self, dense: PlasticDense, below: OutPort) -> OutPort:
        """What the neurons behind a connection receive."""
        return dense.a_out

    def _map_layer(self, number: int, below: OutPort) -> tuple[OutPort, OutPort]:
        """What the layer shows, to its memory or the readout, and what it passes on."""
        learning, plastic = self.settings.learning, self.learn == "all"
        geometry = self.settings.network.geometries[number - 1]
        conv = PlasticConv(
            geometry=geometry,
            eta=learning.eta,
            warm_up=learning.warm_up,
            mean_rate=learning.mean_rate,
            total_samples=self.params["total_samples"],
            weight_decay=learning.weight_decay,
            decay_interval=learning.decay_interval,
            plastic=plastic,
            **self._part(f"conv{number}"),
        )
        layer = RateMap(shape=geometry.output, plastic=plastic, **self._part(f"layer{number}"))
        pool = Pooling(
            geometry=geometry,
            mean_rate=learning.mean_rate,
            divide_by_norm=learning.divide_by_norm,
            learning=self.learn != "nothing",
            plastic=plastic,
            **self._part(f"pool{number}"),
        )
        setattr(self, f"conv{number}", conv)
        setattr(self, f"layer{number}", layer)
        setattr(self, f"pool{number}", pool)
        below.connect(conv.s_in)
        conv.a_out.connect(layer.a_in)
        layer.s_out.connect(pool.s_in)
        if plastic:
            memory = self._memory(number)
            setattr(self, f"memory{number}", memory)
            pool.m_out.connect(memory.s_in)
            memory.a_out.connect(pool.a_third_factor_in)
            pool.a_out.connect(layer.a_third_factor_in)
            layer.s_out_bap.connect(conv.s_in_bap)
            layer.s_out_y1.connect(conv.s_in_y1)
            layer.s_out_y2.connect(conv.s_in_y2)
            layer.s_out_y3.connect(conv.s_in_y3)
        return pool.m_out, pool.s_out

    def _memory(self, number: int) -> AbstractProcess:
        layers, settings = self.settings.network.layers, self.settings.memory
        common = {
            "settings": settings,
            "neurons": self.settings.shown[number - 1],
            "classes": layers[-1],
            **self._part(f"memory{number}"),
        }
        if isinstance(settings, Window):
            memory: Any = WindowMemory(inputs=layers[0], **common)
            if settings.compress:
                self.source.s_out.connect(memory.x_in)
        elif isinstance(settings, Features):
            memory = FeaturesMemory(**common)
        elif isinstance(settings, Slots):
            memory = SlotsMemory(**common)
        elif isinstance(settings, Reservoir):
            memory = ReservoirMemory(**common)
        else:
            kind = ExpandedPrototypeMemory if settings.units else PrototypeMemory
            memory = kind(total_samples=self.params["total_samples"], **common)
        self.source.memory_label_out.connect(memory.label_in)
        return memory

    def _read(self, shown: OutPort) -> None:
        shown.connect(self.readout.s_in)

    def _readout(self) -> Readout:
        return self.readout_class(
            settings=self.settings.readout,
            shape=self.params["state"]["readout/weights"].shape,
            samples=len(self.params["x"]),
            total_samples=self.params["total_samples"],
            learning=self.learn != "nothing",
            **self._part("readout"),
        )
