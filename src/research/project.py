"""Names that stand in `research.core` now, for what still asks for them here."""

from research.core.scope import Project as Project
from research.core.scope import open_project as open_project
from research.core.status import SAMPLE_MARK as SAMPLE_MARK
from research.core.status import STATUSES as STATUSES
from research.core.status import mark as mark
from research.core.status import weakest as weakest
