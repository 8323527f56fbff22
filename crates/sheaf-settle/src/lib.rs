//! Settles conflicting claims by named rules; every losing claim stays visible.
