"""The paper's experiments: which runs each one is made of, and what is drawn from them.

One file an experiment, and one line in :data:`EXPERIMENTS`. The runs are made as those of a
sweep; their folders hold everything that the figures show.
"""

from lava_ib.experiment.paper.capacity import CAPACITY
from lava_ib.experiment.paper.experiment import Experiment
from lava_ib.experiment.paper.released import RELEASED
from lava_ib.experiment.paper.reservoir import RESERVOIR
from lava_ib.experiment.paper.small import SMALL

EXPERIMENTS = {experiment.name: experiment for experiment in (SMALL, RELEASED, CAPACITY, RESERVOIR)}

__all__ = ["EXPERIMENTS", "Experiment"]
