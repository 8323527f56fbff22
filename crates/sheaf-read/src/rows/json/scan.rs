//! Where a JSON value ends, found without parsing it, so that a list of any length can be read
//! value by value. Brackets must match and strings must not run over a line end; the rest is left
//! to the parser.

/// How far a value reaches into the bytes shown so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extent {
    /// It ends before this position, counted from the bytes shown last.
    Ends(usize),
    /// It goes on.
    GoesOn,
    /// No value can go on as it does at this position.
    Broken(usize),
}

/// A value being measured. Bytes are shown piece by piece.
#[derive(Debug, Default)]
pub(super) struct Scan {
    closers: Vec<u8>,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
}

impl Scan {
    /// Whether the value would be whole if the file ended here: only a bare number or word is.
    pub(super) fn may_end(&self) -> bool {
        self.in_scalar
    }

    /// Measures on through more bytes, which must not begin with white space at first.
    pub(super) fn show(&mut self, bytes: &[u8]) -> Extent {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                if std::mem::take(&mut self.escaped) {
                    at += 1;
                    continue;
                }
                let plain = |&byte: &u8| !matches!(byte, b'"' | b'\\' | b'\n' | b'\r');
                at += bytes[at..].iter().take_while(|byte| plain(byte)).count();
                match bytes.get(at) {
                    None => return Extent::GoesOn,
                    Some(b'"') => self.in_string = false,
                    Some(b'\\') => self.escaped = true,
                    Some(_) => return Extent::Broken(at),
                }
                at += 1;
                if !self.in_string && self.closers.is_empty() {
                    return Extent::Ends(at);
                }
                continue;
            }
            let byte = bytes[at];
            if self.in_scalar {
                if matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b'"')
                    || byte.is_ascii_whitespace()
                {
                    return Extent::Ends(at);
                }
                at += 1;
                continue;
            }
            match byte {
                b'{' => self.closers.push(b'}'),
                b'[' => self.closers.push(b']'),
                b'"' => self.in_string = true,
                b'}' | b']' => {
                    if self.closers.pop() != Some(byte) {
                        return Extent::Broken(at);
                    }
                    if self.closers.is_empty() {
                        return Extent::Ends(at + 1);
                    }
                }
                _ if self.closers.is_empty() => self.in_scalar = true,
                _ => {}
            }
            at += 1;
        }
        Extent::GoesOn
    }
}

/// Where the next object of a list may begin: a brace behind a comma, both behind `from`.
pub(super) fn next_object(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b',', bytes.get(at..)?)? + 1;
        let behind = &bytes[at..];
        let spaces = behind.len() - behind.trim_ascii_start().len();
        if behind.get(spaces) == Some(&b'{') {
            return Some(at + spaces);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_measured_whatever_the_pieces() {
        for (text, expected) in [
            (r#"{"a":[1,{"b":"}"}]} ,"#, Extent::Ends(19)),
            (r#""a\"b\\",1"#, Extent::Ends(8)),
            ("12.5,", Extent::Ends(4)),
            ("null]", Extent::Ends(4)),
            (r#"{"a":1"#, Extent::GoesOn),
            (r#"{"a":1]"#, Extent::Broken(6)),
            ("{\"a\nb\":1}", Extent::Broken(3)),
            ("}", Extent::Broken(0)),
        ] {
            assert_eq!(Scan::default().show(text.as_bytes()), expected, "{text}");
            let mut scan = Scan::default();
            let mut found = Extent::GoesOn;
            for at in 0..text.len() {
                found = match scan.show(&text.as_bytes()[at..=at]) {
                    Extent::Ends(end) => Extent::Ends(at + end),
                    Extent::Broken(end) => Extent::Broken(at + end),
                    Extent::GoesOn => Extent::GoesOn,
                };
                if found != Extent::GoesOn {
                    break;
                }
            }
            assert_eq!(found, expected, "{text} byte by byte");
        }
    }

    #[test]
    fn a_list_is_taken_up_again_at_the_next_object() {
        assert_eq!(next_object(br#"{"a":"x, {"b":2}"#, 1), Some(9));
        assert_eq!(next_object(b"{,\n  {}", 1), Some(5));
        assert_eq!(next_object(b"{,,", 1), None);
    }
}
