"""The run config that composes a network from Loihi-compatible models, on the CPU."""

from lava.magma.core.model.model import AbstractProcessModel
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.dense.process import LearningDense

from lava_ib.hardware.composition import SubLoihiNetworkModel
from lava_ib.hardware.stock_models import (
    PyGradedSource,
    PyMirroredLearningDense,
    PyThirdFactorNeurons,
)
from lava_ib.processes import Network, RateLayer, SampleSource

_MODELS: dict[type[AbstractProcess], type[AbstractProcessModel]] = {
    Network: SubLoihiNetworkModel,
    SampleSource: PyGradedSource,
    RateLayer: PyThirdFactorNeurons,
    LearningDense: PyMirroredLearningDense,
}


class Loihi2SimRunConfig(Loihi2SimCfg):
    """Stock Lava's fixed-point models, and ours where Lava has none."""

    def __init__(self) -> None:
        super().__init__(select_tag="fixed_pt", select_sub_proc_model=True)

    def select(
        self, process: AbstractProcess, models: list[type[AbstractProcessModel]]
    ) -> type[AbstractProcessModel]:
        """Pick the model of one Process."""
        return _MODELS.get(type(process)) or super().select(process, models)
