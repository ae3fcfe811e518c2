"""Lava Processes of the rule, one folder each: ``process.py`` says what, ``models.py`` how.

Lava executes every file in the folder of a Process at each compile, to look for models:
nothing but the two may live there.
"""

from lava_ib.processes.centring.process import Centring
from lava_ib.processes.class_integrators.process import ClassIntegrators
from lava_ib.processes.expanded_prototype_memory.process import ExpandedPrototypeMemory
from lava_ib.processes.expansion_units.process import ExpansionUnits
from lava_ib.processes.features_memory.process import FeaturesMemory
from lava_ib.processes.fixed_dense.process import FixedDense
from lava_ib.processes.kernel_units.process import KernelUnits
from lava_ib.processes.network.process import Network
from lava_ib.processes.plastic_conv.process import PlasticConv
from lava_ib.processes.plastic_dense.process import PlasticDense
from lava_ib.processes.pooling.process import Pooling
from lava_ib.processes.prototype_memory.process import PrototypeMemory
from lava_ib.processes.rate_layer.process import RateLayer
from lava_ib.processes.rate_map.process import RateMap
from lava_ib.processes.readout.process import Readout
from lava_ib.processes.reservoir_memory.process import ReservoirMemory
from lava_ib.processes.reservoir_readout.process import ReservoirReadout
from lava_ib.processes.reservoir_units.process import ReservoirUnits
from lava_ib.processes.sample_source.process import SampleSource
from lava_ib.processes.slot_feedback.process import SlotFeedback
from lava_ib.processes.slot_latches.process import SlotLatches
from lava_ib.processes.slots_memory.process import SlotsMemory
from lava_ib.processes.window_memory.process import WindowMemory

__all__ = [
    "Centring",
    "ClassIntegrators",
    "ExpandedPrototypeMemory",
    "ExpansionUnits",
    "FeaturesMemory",
    "FixedDense",
    "KernelUnits",
    "Network",
    "PlasticConv",
    "PlasticDense",
    "Pooling",
    "PrototypeMemory",
    "RateLayer",
    "RateMap",
    "Readout",
    "ReservoirMemory",
    "ReservoirReadout",
    "ReservoirUnits",
    "SampleSource",
    "SlotFeedback",
    "SlotLatches",
    "SlotsMemory",
    "WindowMemory",
]
