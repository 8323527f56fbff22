//! The values of a JSON file one by one: a line each, or the members of a list, wherever it lies
//! in the document. Only the value at hand is in memory.

use sheaf_model::SetAsideReason;

use super::super::MAX_ROW;
use super::super::allowance::Allowance;
use super::super::window::Window;
use super::scan::{self, Extent, Scan};
use crate::ReadError;

/// What came next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taken {
    /// A value; its bytes are [`Values::value`].
    Value,
    /// Something to be set aside.
    Aside(SetAsideReason),
    /// The end.
    End,
}

/// How the values lie in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    /// One on each line.
    Lines,
    /// In a list; the file stands behind its opening bracket.
    List,
    /// One behind the other, over several lines each.
    Loose,
}

pub(super) struct Values {
    window: Window,
    layout: Layout,
    number: u64,
    held: usize,
    allowance: Allowance,
    is_unfinished: bool,
    at_end: bool,
}

impl Values {
    pub(super) fn new(window: Window, layout: Layout) -> Values {
        Values {
            window,
            layout,
            number: 0,
            held: 0,
            allowance: Allowance::full(),
            is_unfinished: false,
            at_end: false,
        }
    }

    /// The line of what was taken last, or its number in the list, counted from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The bytes of the value taken last.
    pub(super) fn value(&self) -> &[u8] {
        &self.window.fresh()[..self.held]
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    /// Whether the value taken last ends with the file, and so may have been cut.
    pub(super) fn is_last_line(&self) -> bool {
        self.window.at_end() && self.window.fresh().len() == self.held
    }

    /// Whether the file ended before the list did.
    pub(super) fn is_unfinished(&self) -> bool {
        self.is_unfinished
    }

    /// Takes the next value.
    pub(super) fn take(&mut self) -> Result<Taken, ReadError> {
        self.window.advance(self.held);
        self.held = 0;
        match self.layout {
            Layout::Lines => self.take_line(),
            Layout::List | Layout::Loose => self.take_member(),
        }
    }

    fn take_line(&mut self) -> Result<Taken, ReadError> {
        if self.number > 0 {
            self.skip_line_end()?;
        }
        if self.window.fresh().is_empty() && !self.window.more()? {
            return Ok(Taken::End);
        }
        self.number += 1;
        let mut seen = 0;
        loop {
            let fresh = self.window.fresh();
            if let Some(at) = memchr::memchr2(b'\r', b'\n', &fresh[seen..]) {
                if seen + at > MAX_ROW {
                    self.window.advance(seen + at);
                    return Ok(Taken::Aside(SetAsideReason::TooLong));
                }
                self.held = seen + at;
                break;
            }
            seen = fresh.len();
            if seen > MAX_ROW {
                self.skip_to_line_end()?;
                return Ok(Taken::Aside(SetAsideReason::TooLong));
            }
            if !self.window.more()? {
                self.held = seen;
                break;
            }
        }
        // A record separator may stand before each text of a JSON sequence.
        let is_space = |&byte: &u8| byte.is_ascii_whitespace() || byte == 0x1E;
        if self.value().iter().all(is_space) {
            return Ok(Taken::Aside(SetAsideReason::Blank));
        }
        Ok(Taken::Value)
    }

    /// Steps over the end of the line before: CR, LF or both.
    fn skip_line_end(&mut self) -> Result<(), ReadError> {
        self.window.fill(2)?;
        let len = match self.window.fresh() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.window.advance(len);
        Ok(())
    }

    fn skip_to_line_end(&mut self) -> Result<(), ReadError> {
        loop {
            let fresh = self.window.fresh();
            let at = memchr::memchr2(b'\r', b'\n', fresh);
            self.window.advance(at.unwrap_or(fresh.len()));
            if at.is_some() || !self.window.more()? {
                return Ok(());
            }
        }
    }

    fn take_member(&mut self) -> Result<Taken, ReadError> {
        if self.at_end {
            return Ok(Taken::End);
        }
        let next = skip_space(&mut self.window, b",\x1E")?;
        match next {
            None => {
                self.is_unfinished = self.layout == Layout::List;
                self.at_end = true;
                return Ok(Taken::End);
            }
            Some(b']') if self.layout == Layout::List => {
                self.at_end = true;
                return Ok(Taken::End);
            }
            Some(_) => self.number += 1,
        }
        let (mut scan, mut seen) = (Scan::default(), 0);
        let limit = self.allowance.limit();
        loop {
            let fresh = self.window.sample(limit);
            match scan.show(&fresh[seen..]) {
                Extent::Ends(len) => {
                    self.held = seen + len;
                    self.allowance.earn(self.held);
                    return Ok(Taken::Value);
                }
                Extent::Broken(at) => {
                    return self.give_up(seen + at, SetAsideReason::BrokenJson);
                }
                Extent::GoesOn => seen = fresh.len(),
            }
            if seen == limit {
                return self.give_up(seen, SetAsideReason::TooLong);
            }
            if !self.window.more()? {
                if scan.may_end() {
                    self.held = seen;
                    return Ok(Taken::Value);
                }
                return self.give_up(seen, SetAsideReason::BrokenJson);
            }
        }
    }

    /// Leaves a broken value behind, of which this many bytes were looked at, and stands at the
    /// next one that can be told.
    fn give_up(&mut self, n_looked_at: usize, reason: SetAsideReason) -> Result<Taken, ReadError> {
        let mut from = 1;
        loop {
            let fresh = self.window.fresh();
            if let Some(at) = scan::next_object(fresh, from) {
                self.window.advance(at);
                self.allowance.spend(n_looked_at.saturating_sub(at));
                return Ok(Taken::Aside(reason));
            }
            // What is left may be a comma with the brace still to come.
            let tail = fresh.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
            let kept = (tail + 1).min(fresh.len());
            self.window.advance(fresh.len() - kept);
            from = 0;
            if !self.window.more()? {
                self.window.advance(self.window.fresh().len());
                self.allowance.spend(n_looked_at);
                return Ok(Taken::Aside(reason));
            }
        }
    }
}

/// Steps over white space and the other bytes named; the next byte, if there is one.
pub(super) fn skip_space(window: &mut Window, others: &[u8]) -> Result<Option<u8>, ReadError> {
    loop {
        let fresh = window.fresh();
        let skipped = |byte: &&u8| byte.is_ascii_whitespace() || others.contains(byte);
        let n = fresh.iter().take_while(skipped).count();
        window.advance(n);
        if let Some(&byte) = window.fresh().first() {
            return Ok(Some(byte));
        }
        if !window.more()? {
            return Ok(None);
        }
    }
}

/// Goes into a document along member names, down to a list, and steps over its bracket. `false` if
/// it is not there.
pub(super) fn go_to_list(window: &mut Window, names: &[&str]) -> Result<bool, ReadError> {
    for name in names {
        if skip_space(window, b"")? != Some(b'{') {
            return Ok(false);
        }
        window.advance(1);
        if !go_to_member(window, name)? {
            return Ok(false);
        }
    }
    if skip_space(window, b"")? != Some(b'[') {
        return Ok(false);
    }
    window.advance(1);
    Ok(true)
}

/// Goes on inside an object up to the value of the member with this name.
fn go_to_member(window: &mut Window, name: &str) -> Result<bool, ReadError> {
    loop {
        if skip_space(window, b",")? != Some(b'"') {
            return Ok(false);
        }
        let Some(key) = take_short(window)? else { return Ok(false) };
        if skip_space(window, b"")? != Some(b':') {
            return Ok(false);
        }
        window.advance(1);
        if serde_json::from_slice::<String>(&key).is_ok_and(|key| key == name) {
            return Ok(true);
        }
        if skip_space(window, b"")?.is_none() || !skip_value(window)? {
            return Ok(false);
        }
    }
}

/// Takes a member's name with its quotes.
fn take_short(window: &mut Window) -> Result<Option<Vec<u8>>, ReadError> {
    const LONGEST_NAME: usize = 64 << 10;
    loop {
        match Scan::default().show(window.fresh()) {
            Extent::Ends(len) => {
                let name = window.fresh()[..len].to_vec();
                window.advance(len);
                return Ok(Some(name));
            }
            Extent::Broken(_) => return Ok(None),
            Extent::GoesOn => {
                if window.fresh().len() > LONGEST_NAME || !window.more()? {
                    return Ok(None);
                }
            }
        }
    }
}

/// Steps over a value of any length without keeping it.
fn skip_value(window: &mut Window) -> Result<bool, ReadError> {
    let mut scan = Scan::default();
    loop {
        let extent = scan.show(window.fresh());
        match extent {
            Extent::Ends(len) => {
                window.advance(len);
                return Ok(true);
            }
            Extent::Broken(_) => return Ok(false),
            Extent::GoesOn => {
                window.advance(window.fresh().len());
                if !window.more()? {
                    return Ok(false);
                }
            }
        }
    }
}
