"""What a notebook asks of the index: scores, ranks, what moves them and how firm they are, as frames with words."""

from research.composite.reviewing.index import IndexReview

__all__ = ["IndexReview"]
