"""The slot memory composed of latches and product units."""

from lava.magma.core.decorator import implements, tag
from lava.magma.core.model.sub.model import AbstractSubProcessModel

from lava_ib.processes.kernel_units.process import KernelUnits
from lava_ib.processes.slot_feedback.process import SlotFeedback
from lava_ib.processes.slot_latches.process import SlotLatches
from lava_ib.processes.slots_memory.process import SlotsMemory


@implements(proc=SlotsMemory)
@tag("floating_pt")
class SubSlotsMemoryModel(AbstractSubProcessModel):
    """Latches hold; kernel units compare; what the slots hold comes back, weighed.

    All within the time step, the newest sample stored before it is compared.
    """

    def __init__(self, proc: SlotsMemory) -> None:
        params, settings = proc.proc_params, proc.proc_params["settings"]
        (neurons,), (classes,) = proc.s_in.shape, proc.label_in.shape
        steps = params["steps_per_sample"]
        sizes = {"neurons": neurons, "slots": settings.size(classes), "sigma": settings.sigma}
        self.latches = SlotLatches(
            name="latches",
            settings=settings,
            neurons=neurons,
            classes=classes,
            steps_per_sample=steps,
            state_folder=params.get("state_folder"),
            state_part=params.get("name"),
            **params["first"],
        )
        self.kernels = KernelUnits(name="kernels", classes=classes, steps_per_sample=steps, **sizes)
        self.feedback = SlotFeedback(name="feedback", **sizes)
        self._connect(proc)
        proc.z.alias(self.latches.z)
        proc.labels.alias(self.latches.labels)
        proc.stored.alias(self.latches.stored)

    def _connect(self, proc: SlotsMemory) -> None:
        for part in (self.latches, self.kernels):
            proc.s_in.connect(part.s_in)
            proc.label_in.connect(part.label_in)
        for part in (self.kernels, self.feedback):
            self.latches.s_out.connect(part.s_in_slots)
        self.latches.label_out.connect(self.kernels.label_in_slots)
        self.kernels.s_out.connect(self.feedback.s_in)
        self.feedback.a_out.connect(proc.a_out)
