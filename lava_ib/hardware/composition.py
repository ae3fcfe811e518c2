"""The network from stock Lava Processes, as it can go onto the chip.

Every plastic connection is Lava's ``LearningDense`` with a rule for Loihi's learning engine,
every other one a ``Dense``. A connection takes a time step, so layer l works one step later
than the layer below it, and a presentation lasts until the readout's scores are there.
"""

from typing import Any, Literal

from lava.magma.core.decorator import implements, tag
from lava.magma.core.learning.constants import GradedSpikeCfg
from lava.magma.core.learning.learning_rule import Loihi3FLearningRule
from lava.magma.core.process.ports.ports import OutPort
from lava.proc.dense.process import Dense, LearningDense
from lava.utils.weightutils import SignMode

from lava_ib.hardware.margin_neurons.process import MarginNeurons
from lava_ib.hardware.transposed_dense.process import TransposedDense
from lava_ib.processes.network.models import SubNetworkModel
from lava_ib.processes.network.process import Network
from lava_ib.processes.rate_layer.process import RateLayer
from lava_ib.rule.fixed.schedule import tag_shift
from lava_ib.rule.fixed.settings import FixedSettings
from lava_ib.rule.settings import Settings
from lava_ib.rule.state import part_of

Link = Literal["to_layers", "to_memory", "labels", "from_memory"]
"""Where values may have to cross between host and chip; readout and memories stand together."""

LONGEST_EPOCH = 63
_HELD = 2**60
"""Time constant of traces that do not decay: ``exp(-1 / tau)`` is exactly 1."""
_NINE_BITS: dict[str, Any] = {
    "num_message_bits": 8,
    # One more than the stock models' 8, which would clear the last bit of signed weights.
    "num_weight_bits": 9,
    "sign_mode": SignMode.MIXED,
}


def presentation_steps(settings: Settings) -> int:
    """Time steps of a presentation: those of the layers, and one for each connection.

    Raises
    ------
    ValueError
        If Lava's processes cannot compute what the settings ask for.
    """
    fixed = settings.fixed or FixedSettings()
    for key, only in (("arithmetic", "engine"), ("rounding", "shared"), ("weight_bits", 9)):
        if getattr(fixed, key) != only:
            raise ValueError(
                f"backend loihi2-sim cannot run fixed.{key} = {getattr(fixed, key)!r}: "
                f"Lava's learning connection has {only!r} alone"
            )
    if fixed.weight_decay:
        raise ValueError("backend loihi2-sim cannot run fixed.weight_decay: leave it out")
    steps = settings.network.steps_per_sample + settings.hidden + 1
    if steps > LONGEST_EPOCH:
        raise ValueError(
            f"backend loihi2-sim needs {steps} time steps a sample, a learning epoch has at most "
            f"{LONGEST_EPOCH}: network.steps_per_sample up to {LONGEST_EPOCH - settings.hidden - 1}"
        )
    return steps


def _rule(t_epoch: int, dw: str, dt: str | None = None) -> Loihi3FLearningRule:
    rule = Loihi3FLearningRule(dw=dw, dt=dt, x1_tau=_HELD, t_epoch=t_epoch, rng_seed=0)
    rule.y1_tau = rule.y2_tau = rule.y3_tau = _HELD
    return rule


@implements(proc=Network)
@tag("loihi2_sim")
class SubLoihiNetworkModel(SubNetworkModel):
    """Source, then for each layer a connection, neurons and a memory, then the readout."""

    def __init__(self, proc: Network) -> None:
        self.params = proc.proc_params
        self.settings = self.params["settings"]
        self.learn = self.params["learn"]
        self.steps = presentation_steps(self.settings)
        self.source = self._source()
        z = self._linked("to_layers", "inputs", self.source.s_out)
        for number in range(1, self.settings.hidden + 1):
            z = self._hidden_layer(number, z)
        self._class_neurons("readout", z, self.settings.hidden, self.source.label_out)

    def _linked(self, link: Link, what: str, port: OutPort) -> OutPort:
        """Where `what` comes out that a port sends, if it has to cross between host and chip."""
        return port

    def _part(self, name: str) -> dict[str, Any]:
        return {**super()._part(name), "steps_per_sample": self.steps}

    def _hidden_layer(self, number: int, below: OutPort) -> OutPort:
        network, state = self.settings.network, self.params["state"]
        layer = RateLayer(
            shape=(network.layers[number],),
            tau=network.tau,
            timing="chip",
            total_samples=self.params["total_samples"],
            reset=self.learn == "nothing",
            window=(number + 1, number + network.steps_per_sample),
            **self._part(f"layer{number}"),
        )
        setattr(self, f"layer{number}", layer)
        shift = tag_shift(network.tau_e, network.steps_per_sample)
        dense = self._connection(
            f"dense{number}",
            "weights",
            int(state[f"dense{number}/weight_exp"][0]),
            _rule(
                self.steps,
                dw="2^-7*u0*t*y2 - 2^-7*u0*t*y3",
                dt=f"2^-{4 + shift}*x0*x1*y1 - 2^-{shift}*u0*t",
            ),
            plastic=self.learn == "all",
        )
        below.connect(dense.s_in)
        dense.a_out.connect(layer.a_in)
        if self.learn == "all":
            _teach(layer, dense)
            part, labels = f"memory{number}", self.source.memory_label_out
            self._class_neurons(part, layer.m_out, number, labels)
            self._feedback(part, layer)
        return layer.s_out

    def _connection(
        self, part: str, variable: str, exponent: int, rule: Loihi3FLearningRule, plastic: bool
    ) -> Dense:
        """Lava's connection for a part of the network, plastic or not."""
        name, state = f"{part}/{variable}", self.params["state"]
        own = part if part.startswith("dense") else f"{part}_synapses"
        # Payloads are twice the activities, so one more bit is shifted out.
        common = {"name": own, "weight_exp": exponent - 1, **_NINE_BITS}
        if not plastic:
            dense = Dense(weights=state[name], **common)
        else:
            mirrored, tags = {"weights": name}, state.get(f"{part}/tag_1")
            if tags is not None:
                mirrored |= {"tag_1": f"{part}/tag_1", "sample": f"{part}/sample"}
            dense = LearningDense(
                weights=state[name],
                tag_1=tags,
                learning_rule=rule,
                graded_spike_cfg=GradedSpikeCfg.OVERWRITE,
                mirrored=mirrored,
                epochs=int(state["source/sample"][0]),
                state_folder=self.params["state_folder"],
                **common,
            )
        setattr(self, own, dense)
        return dense

    def _class_neurons(self, part: str, z: OutPort, number: int, labels: OutPort) -> None:
        """Scores of the classes from layer `number`, and the neurons that compare them."""
        readout = part == "readout"
        own = part_of(self.params["state"], part)
        plastic = self.learn != "nothing"
        learning = plastic and (readout or self.settings.memory.alpha > 0.0)
        rule = _rule(self.steps, dw="2^-7*x0*x1*y2 - 2^-7*x0*x1*y3")
        variable = "weights" if readout else "prototypes"
        dense = self._connection(part, variable, 0, rule, plastic)
        common = self._part(part)
        neurons = MarginNeurons(
            classes=self.settings.network.layers[-1],
            score_step=number + self.settings.network.steps_per_sample + 1,
            total_samples=self.params["total_samples"],
            learning=learning,
            samples=len(own["predictions"]) if readout else 0,
            **{k: v for k, v in common.items() if k not in ("weights", "prototypes", "saturated")},
        )
        setattr(self, part, neurons)
        self._linked("to_memory", f"{part}_rates", z).connect(dense.s_in)
        dense.a_out.connect(neurons.a_in)
        self._linked("labels", f"{part}_label", labels).connect(neurons.label_in)
        if plastic:
            _teach(neurons, dense)

    def _feedback(self, part: str, layer: RateLayer) -> None:
        """Carry the signs of the class neurons back through their connection's weights."""
        synapses, neurons = getattr(self, f"{part}_synapses"), getattr(self, part)
        back = TransposedDense(
            weights=self.params["state"][f"{part}/prototypes"],
            t_epoch=self.steps,
            name=f"{part}_back",
        )
        setattr(self, f"{part}_back", back)
        back.weights_ref.connect_var(synapses.weights)
        neurons.s_out.connect(back.s_in)
        modulator = self._linked("from_memory", f"{part}_modulator", back.a_out)
        modulator.connect(layer.a_third_factor_in)


def _teach(neurons: Any, dense: LearningDense) -> None:
    """Connect what neurons send to the learning connection before them."""
    for name in ("bap", "y1", "y2", "y3"):
        getattr(neurons, f"s_out_{name}").connect(getattr(dense, f"s_in_{name}"))
