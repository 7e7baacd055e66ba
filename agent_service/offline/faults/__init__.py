"""Everything that can go wrong with a provider, on demand and repeatable by seed."""
