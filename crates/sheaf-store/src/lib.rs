//! The pool on disk: a ledger and immutable, content-addressed Parquet parts.
