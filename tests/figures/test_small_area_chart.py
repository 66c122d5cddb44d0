"""The pictures of a small-area model show the numbers they are given."""

import numpy as np
import pandas as pd

from research.figures.charts.small_area import small_area_diagnostics


def test_the_four_pictures_hold_their_points():
    frame = pd.DataFrame({"direct": [10.0, 12, np.nan], "estimate": [10.5, 11.5, 11], "gamma": [0.6, 0.9, 0.0],
                          "n": [9, 40, 0], "cv_direct": [0.3, 0.1, np.nan], "cv": [0.12, 0.08, 0.2]})  # fmt: skip
    residuals = [-1.2, 0.1, 0.8, 2.0]
    axes = small_area_diagnostics(frame, residuals, limit=0.15).axes
    points = [[c.get_offsets().tolist() for c in a.collections] for a in axes]
    assert [y for _, y in points[0][0]] == residuals
    assert points[1][0] == [[9, 0.6], [40, 0.9], [0, 0.0]]
    assert points[2][0] == [[10.0, 10.5], [12.0, 11.5]]
    assert [y for _, y in points[3][1]] == [20.0, 12.0, 8.0] and axes[3].lines[0].get_ydata()[0] == 15
    assert len(small_area_diagnostics(frame.iloc[:0]).axes) == 4
