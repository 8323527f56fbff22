//! Bytes to reports: one folder for each source, and any plain table by a mapping.
