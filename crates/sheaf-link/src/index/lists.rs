//! For each report a list of others: its likely partners, with the first pass's probability and
//! whether the second pass holds the two together; for a lead, what it may be attached to. Lists
//! lie one after another; one that changes is written anew behind the others, and what it leaves
//! behind is dropped when the index is written.

/// Another report by position, and the probability; negative where the two are linked.
pub(super) type Entry = (u32, f32);

/// The lists of all reports, by position; each in the order of ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    /// Where each list starts in `entries`, and how long it is.
    pub(super) spans: Vec<(u32, u32)>,
    pub(super) entries: Vec<Entry>,
}

impl Lists {
    /// Makes room for so many reports, with nothing in the lists of new ones.
    pub(super) fn resize(&mut self, n: usize) {
        self.spans.resize(n, (0, 0));
    }

    pub(super) fn of(&self, position: u32) -> &[Entry] {
        let (start, len) = self.spans[position as usize];
        &self.entries[start as usize..(start + len) as usize]
    }

    pub(super) fn of_mut(&mut self, position: u32) -> &mut [Entry] {
        let (start, len) = self.spans[position as usize];
        &mut self.entries[start as usize..(start + len) as usize]
    }

    /// Replaces a list.
    ///
    /// # Panics
    /// At 2^32 entries.
    pub(super) fn put(&mut self, position: u32, list: &[Entry]) {
        let start = self.entries.len();
        assert!(start + list.len() < u32::MAX as usize, "lists hold fewer than 2^32 entries");
        self.entries.extend_from_slice(list);
        self.spans[position as usize] = (start as u32, list.len() as u32);
    }
}

/// Whether the second pass holds the two together.
pub(super) fn is_link(entry: &Entry) -> bool {
    entry.1.is_sign_negative()
}

/// The same entry, linked or not.
pub(super) fn linked(entry: Entry, linked: bool) -> Entry {
    let p = entry.1.abs();
    (entry.0, if linked { -p } else { p })
}
