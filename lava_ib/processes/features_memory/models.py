"""The feature memory composed of neurons and synapses."""

from lava.magma.core.decorator import implements, tag
from lava.magma.core.model.sub.model import AbstractSubProcessModel

from lava_ib.processes.centring.process import Centring
from lava_ib.processes.class_integrators.process import ClassIntegrators
from lava_ib.processes.expansion_units.process import ExpansionUnits
from lava_ib.processes.features_memory.process import FeaturesMemory
from lava_ib.processes.fixed_dense.process import FixedDense


@implements(proc=FeaturesMemory)
@tag("floating_pt")
class SubFeaturesMemoryModel(AbstractSubProcessModel):
    """Out through random synapses into features, back through the same synapses.

    What the integrators answer passes the slope of the features and the transposed weights,
    and arrives as the modulator within the same time step.
    """

    def __init__(self, proc: FeaturesMemory) -> None:
        params, first = proc.proc_params, proc.proc_params["first"]
        settings, neurons = params["settings"], proc.s_in.shape[0]
        kept = {
            "state_folder": params.get("state_folder"),
            "state_part": params.get("name"),
            "steps_per_sample": params["steps_per_sample"],
            "classes": params["classes"],
        }
        self.centring = Centring(
            name="centring", neurons=neurons, rate=settings.centring, mean=first["mean"], **kept
        )
        self.expansion = FixedDense(name="expansion", weights=params["expansion"])
        self.units = ExpansionUnits(
            name="units", units=settings.units, feature=settings.feature, sigma=settings.sigma
        )
        self.integrators = ClassIntegrators(
            name="integrators",
            settings=settings,
            readout=first["readout"],
            averages=first["averages"],
            average=first["average"],
            **kept,
        )
        self.feedback = FixedDense(name="feedback", weights=params["expansion"].T)
        self._connect(proc)
        self._alias(proc)

    def _connect(self, proc: FeaturesMemory) -> None:
        proc.s_in.connect(self.centring.s_in)
        proc.label_in.connect(self.centring.label_in)
        proc.label_in.connect(self.integrators.label_in)
        self.centring.s_out.connect(self.expansion.s_in)
        self.expansion.a_out.connect(self.units.a_in)
        self.units.s_out.connect(self.integrators.s_in)
        self.integrators.a_out.connect(self.units.a_evidence_in)
        self.units.s_out_slope.connect(self.feedback.s_in)
        self.feedback.a_out.connect(proc.a_out)

    def _alias(self, proc: FeaturesMemory) -> None:
        proc.expansion.alias(self.expansion.weights)
        proc.mean.alias(self.centring.mean)
        proc.readout.alias(self.integrators.readout)
        proc.averages.alias(self.integrators.averages)
        proc.average.alias(self.integrators.average)
