"""The feature memory composed of neurons and synapses."""

from lava.magma.core.decorator import implements, tag
from lava.magma.core.model.sub.model import AbstractSubProcessModel

from lava_ib.processes.centring.process import Centring
from lava_ib.processes.class_integrators.process import ClassIntegrators
from lava_ib.processes.expansion_units.process import ExpansionUnits
from lava_ib.processes.features_memory.process import FeaturesMemory
from lava_ib.processes.fixed_dense.process import FixedDense


@implements(proc=FeaturesMemory)
@tag("floating_pt", "fixed_pt")
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
            "fixed": params.get("fixed"),
        }
        presented = {"steps_per_sample": params["steps_per_sample"], "classes": params["classes"]}
        self.centring = Centring(
            name="centring",
            neurons=neurons,
            rate=settings.centring,
            mean=first["mean"],
            **kept,
            **presented,
        )
        self.expansion = FixedDense(
            name="expansion",
            weights=params["expansion"],
            fixed=params.get("fixed"),
            weight_exp=params.get("drive_exp", 0),
        )
        self.units = ExpansionUnits(
            name="units",
            units=settings.units,
            feature=settings.feature,
            sigma=settings.sigma,
            saturated_drive=params.get("saturated_drive", 0),
            **kept,
        )
        self.integrators = ClassIntegrators(
            name="integrators",
            settings=settings,
            readout=first["readout"],
            averages=first["averages"],
            average=first["average"],
            **kept,
            **presented,
        )
        self.feedback = FixedDense(
            name="feedback",
            weights=params["expansion"].T,
            leaves_memory=True,
            weight_exp=params.get("modulator_exp", 0),
            updates=params.get("updates", 0),
            saturated_a_out=params.get("saturated_a_out", 0),
            **kept,
        )
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
        if proc.proc_params.get("fixed") is not None:
            proc.drive_exp.alias(self.expansion.weight_exp)
            proc.modulator_exp.alias(self.feedback.weight_exp)
            proc.updates.alias(self.feedback.updates)
            proc.saturated_a_out.alias(self.feedback.saturated_a_out)
            proc.saturated_drive.alias(self.units.saturated_drive)
