//! How far ahead to look before giving up on a row.
//!
//! A quote that is never closed swallows what follows it, and we only learn so after reading on.
//! Reading on for 16 MiB from every line of a bad file would take time that grows with the square
//! of its size. So looking ahead in vain is paid from an allowance, which reading well fills up
//! again: the work stays within a constant times the file.

use super::MAX_ROW;

/// What may still be spent on looking ahead.
#[derive(Debug)]
pub(super) struct Allowance {
    bytes: usize,
}

/// However bad the file was so far, this much is always looked ahead: a row of several screens.
const FLOOR: usize = 16 << 10;

/// Bytes earned for each byte read well.
const EARNED: usize = 16;

impl Allowance {
    /// A new file has good credit.
    pub(super) fn full() -> Allowance {
        Allowance { bytes: MAX_ROW }
    }

    /// How many bytes a row may take now, once it has swallowed a line end.
    pub(super) fn limit(&self) -> usize {
        self.bytes.max(FLOOR)
    }

    /// A row of this many bytes was read well.
    pub(super) fn earn(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes.saturating_mul(EARNED)).min(MAX_ROW);
    }

    /// This many bytes were read in vain.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
