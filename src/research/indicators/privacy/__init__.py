"""What may leave the house: one room decides for tables, figures, exports, notebooks and bundles alike."""
