"""The database: tables, writing, querying, the tool ledger. Synchronous; called from threads."""
