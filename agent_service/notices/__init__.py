"""What the service can say without a provider: words in each language, and how they sound."""
