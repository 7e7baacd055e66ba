"""That the record is what was written: rows are chained, heads are anchored, both are checked."""
