"""The company that the service ships with: a shop, to be looked at and to be taken out."""
