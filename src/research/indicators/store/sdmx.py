"""Observations as SDMX-CSV 2.0: each column mapped to the SDMX concept it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from research.core.formulas import neutral_frame

if TYPE_CHECKING:
    import pandas as pd

SDMX = {
    "place": "REF_AREA",
    "year": "TIME_PERIOD",
    "indicator": "INDICATOR",
    "value": "OBS_VALUE",
    "unit": "UNIT_MEASURE",
    "status": "OBS_STATUS",
    "source": "SOURCE",
}
"""Our columns and the SDMX concepts they map to."""


def sdmx_csv(frame: pd.DataFrame, dataflow: str = "BLUEBOOK:OBSERVATIONS(1.0)") -> str:
    """Observations as SDMX-CSV 2.0 text: one row a value, empty cells where nothing is known.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"place": ["331003"], "year": [2024], "indicator": ["SRV-3-01"], "value": [82.7],
    ...                      "unit": ["岁"], "status": ["sample"], "source": ["示例"]})
    >>> print(sdmx_csv(rows).splitlines()[1])
    dataflow,BLUEBOOK:OBSERVATIONS(1.0),I,331003,2024,SRV-3-01,82.7,岁,sample,示例
    """
    table = frame[list(SDMX)].rename(columns=SDMX)
    table.insert(0, "ACTION", "I")
    table.insert(0, "STRUCTURE_ID", dataflow)
    table.insert(0, "STRUCTURE", "dataflow")
    return neutral_frame(table).to_csv(index=False, lineterminator="\n")
