"""An auditor of the finished book that knows nothing of the product."""
