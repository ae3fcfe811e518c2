"""What :class:`ChipSynapses` is made of, on the chip and on CPU alike: stock Processes."""

from lava.magma.core.decorator import implements
from lava.magma.core.model.sub.model import AbstractSubProcessModel
from lava.proc.dense.process import Dense
from lava.proc.graded.process import GradedVec
from lava.utils.weightutils import SignMode

from lava_ib.hardware.chip_synapses.process import ChipSynapses
from lava_ib.hardware.host_link.process import MESSAGE_BITS, FromChip, ToChip


@implements(proc=ChipSynapses)
class SubChipSynapsesModel(AbstractSubProcessModel):
    """Over the host link, through a ``Dense`` into neurons that hand on their sums, and back."""

    def __init__(self, proc: ChipSynapses) -> None:
        params = proc.proc_params
        name, (post, pre) = params["name"], params["weights"].shape
        self.to_chip = ToChip(shape=(pre,), message_bits=MESSAGE_BITS)
        self.dense = Dense(
            weights=proc.weights.init,
            weight_exp=params["exponent"] - int(proc.doubled),
            num_message_bits=MESSAGE_BITS,
            # With 8 the stock model would clear the last bit of nine.
            num_weight_bits=8 if proc.doubled else 9,
            sign_mode=SignMode.MIXED,
            name=f"{name}_dense",
        )
        self.sums = GradedVec(shape=(post,), vth=0)
        self.sums.name = f"{name}_sums"
        self.from_chip = FromChip(shape=(post,), message_bits=MESSAGE_BITS)
        proc.s_in.connect(self.to_chip.inp)
        self.to_chip.out.connect(self.dense.s_in)
        self.dense.a_out.connect(self.sums.a_in)
        self.sums.s_out.connect(self.from_chip.inp)
        self.from_chip.out.connect(proc.a_out)
        proc.weights.alias(self.dense.weights)
