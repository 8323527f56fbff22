//! JSON in one form only (RFC 8785), so that two texts that say the same have the same hash.
//!
//! Members are sorted by the UTF-16 units of their names, numbers are written as ECMAScript writes
//! doubles, and nothing stands between tokens. What goes in is the text as it was sent; what comes
//! out is a [`Json`] that writes itself in that form. Text in which a name stands twice in one object
//! is refused: two programs could read two things in it.

/// How deep lists and objects may lie in each other.
const DEEPEST: usize = 64;

/// A JSON value with its members in order.
#[derive(Clone, PartialEq, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number. As RFC 8785 has it, every number is a double.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, sorted by name.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Says in a sentence what is wrong: no JSON (RFC 8259) in UTF-8, a name twice, or nested deeper than
    /// 64 levels.
    pub fn read(text: &[u8]) -> Result<Json, String> {
        let text = std::str::from_utf8(text).map_err(|_| "this is no UTF-8".to_owned())?;
        let mut reader = Reader { text, at: 0 };
        reader.skip_space();
        let json = reader.value(0)?;
        reader.skip_space();
        match reader.at == text.len() {
            true => Ok(json),
            false => Err(reader.wrong("something follows the value")),
        }
    }

    /// The value of this member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => {
                members.iter().find(|(its, _)| its == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The text of this member of an object, if it is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Json::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Puts a member into an object in its place, unless it is there.
    pub(crate) fn put_if_absent(&mut self, name: &str, value: Json) {
        if let Json::Object(members) = self
            && members.iter().all(|(its, _)| its != name)
        {
            members.push((name.to_owned(), value));
            members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        }
    }

    /// Writes the canonical form.
    ///
    /// ```
    /// use sheaf_store::exchange::Json;
    /// let json = Json::read(br#"{ "b": [1.0, 1e-7, "\u20ac"], "a": null }"#).unwrap();
    /// let mut text = Vec::new();
    /// json.write(&mut text);
    /// assert_eq!(String::from_utf8(text).unwrap(), "{\"a\":null,\"b\":[1,1e-7,\"€\"]}");
    /// ```
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Json::Null => out.extend_from_slice(b"null"),
            Json::Bool(true) => out.extend_from_slice(b"true"),
            Json::Bool(false) => out.extend_from_slice(b"false"),
            Json::Number(number) => out.extend_from_slice(number_text(*number).as_bytes()),
            Json::Text(text) => write_text(text, out),
            Json::List(items) => {
                out.push(b'[');
                for (idx, item) in items.iter().enumerate() {
                    if idx > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Json::Object(members) => {
                out.push(b'{');
                for (idx, (name, value)) in members.iter().enumerate() {
                    if idx > 0 {
                        out.push(b',');
                    }
                    write_text(name, out);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    /// blake3 of the canonical form.
    pub fn hash(&self) -> [u8; 32] {
        let mut text = Vec::with_capacity(1024);
        self.write(&mut text);
        *blake3::hash(&text).as_bytes()
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0a => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x0d => out.extend_from_slice(b"\\r"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// A finite double as ECMAScript writes it (ECMA-262, Number::toString).
fn number_text(number: f64) -> String {
    ryu_js::Buffer::new().format_finite(number).to_owned()
}

/// Reads by hand, since no parser at hand tells of names that stand twice and rounds every number to the
/// nearest double too.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("this is no JSON: {what} (byte {})", self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        match self.text[self.at..].starts_with(word) {
            true => {
                self.at += word.len();
                Ok(())
            }
            false => Err(self.wrong(&format!("{word} should stand here"))),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > DEEPEST {
            return Err(format!("lists and objects lie more than {DEEPEST} deep in each other"));
        }
        match self.peek() {
            None => Err(self.wrong("it ends too soon")),
            Some(b'n') => self.expect("null").map(|()| Json::Null),
            Some(b't') => self.expect("true").map(|()| Json::Bool(true)),
            Some(b'f') => self.expect("false").map(|()| Json::Bool(false)),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'[') => self.list(depth),
            Some(b'{') => self.object(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.wrong("no value begins like this")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => {
                    self.expect("]")?;
                    return Ok(Json::List(items));
                }
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut members: Vec<(String, Json)> = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            self.skip_space();
            self.expect(":")?;
            self.skip_space();
            members.push((name, self.value(depth + 1)?));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => {
                    self.expect("}")?;
                    break;
                }
            }
        }
        members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        match members.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(format!("\"{}\" stands twice in one object", pair[0].0)),
            None => Ok(Json::Object(members)),
        }
    }

    fn digits(&mut self) -> Result<usize, String> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        match self.at - from {
            0 => Err(self.wrong("a digit should stand here")),
            n => Ok(n),
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let starts_with_0 = self.peek() == Some(b'0');
        if self.digits()? > 1 && starts_with_0 {
            return Err(self.wrong("a number does not begin with 0"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        match self.text[from..self.at].parse() {
            Ok(number) if f64::is_finite(number) => Ok(Json::Number(number)),
            _ => Err(self.wrong("this number is too large")),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut read = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            read.push_str(&self.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(read);
                }
                Some(b'\\') => {
                    self.at += 1;
                    read.push(self.escaped()?);
                }
                None => return Err(self.wrong("a text does not end")),
                Some(_) => return Err(self.wrong("a control character stands in a text")),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.unit()?;
                if !(0xd800..0xe000).contains(&unit) {
                    return char::from_u32(unit).ok_or_else(|| self.wrong("half a character"));
                }
                self.expect("\\u").map_err(|_| self.wrong("half a character"))?;
                let second = self.unit()?;
                if unit >= 0xdc00 || !(0xdc00..0xe000).contains(&second) {
                    return Err(self.wrong("half a character"));
                }
                let code = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(code).ok_or_else(|| self.wrong("half a character"))?
            }
            _ => {
                self.at -= 1;
                return Err(self.wrong("no escape is written like this"));
            }
        })
    }

    fn unit(&mut self) -> Result<u32, String> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|it| it.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match unit {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => Err(self.wrong("four hexadecimal digits should stand here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        Json::read(text.as_bytes()).unwrap().write(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
    }

    #[test]
    fn numbers_are_written_as_in_the_appendix_of_rfc_8785() {
        for (bits, expected) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(number_text(f64::from_bits(bits)), expected, "{bits:016x}");
        }
    }

    #[test]
    fn texts_and_members_are_written_in_one_form() {
        check(r#"{"b":1,"a":{"d":[],"c":{}}}"#, r#"{"a":{"c":{},"d":[]},"b":1}"#);
        check(r#" "\u000f\n\u0041\"\\\/\u20ac" "#, "\"\\u000f\\nA\\\"\\\\/€\"");
        // By UTF-16 units, as the RFC's own example: the emoji comes before the Hebrew letter.
        check("{\"\u{fb33}\":1,\"\u{1f600}\":2}", "{\"\u{1f600}\":2,\"\u{fb33}\":1}");
        check("[56.0, 4.50, 2e-3, -0, 333333333.33333329]", "[56,4.5,0.002,0,333333333.3333333]");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        assert!(Json::read(br#"{"a":1,"b":2,"a":3}"#).unwrap_err().contains("\"a\" stands twice"));
        assert!(Json::read("[".repeat(200).as_bytes()).is_err());
        assert!(Json::read(b"{\"a\":NaN}").is_err());
        assert!(Json::read(b"\"\xff\"").is_err());
        for text in [
            "",
            " ",
            "nul",
            "truefalse",
            "01",
            "1.",
            ".5",
            "+1",
            "-",
            "1e",
            "1e999",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "\"",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\ud800\\u0041\"",
            "1 2",
            "\"\\u00é\"",
            "[",
            "{",
            "{\"a\":",
        ] {
            assert!(Json::read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Json::read(format!("{}{}", "[".repeat(64), "]".repeat(64)).as_bytes()).is_ok());
        assert!(Json::read(format!("{}{}", "[".repeat(66), "]".repeat(66)).as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_another_parser_reads_is_read_alike(text in "[\\[\\]{}:,\"a0-9.eE+\\-ntrufls \\\\u]{0,24}") {
            let theirs: Result<serde_json::Value, _> = serde_json::from_str(&text);
            match (Json::read(text.as_bytes()), theirs) {
                (Ok(ours), Ok(theirs)) => {
                    let mut out = Vec::new();
                    ours.write(&mut out);
                    let again: serde_json::Value = serde_json::from_slice(&out).unwrap();
                    // Their numbers may be whole where ours are doubles.
                    if !text.contains(|it: char| it.is_ascii_digit()) {
                        proptest::prop_assert_eq!(again, theirs);
                    }
                    proptest::prop_assert_eq!(Json::read(&out).unwrap(), ours);
                }
                (Err(why), Ok(_)) => proptest::prop_assert!(why.contains("twice"), "{}: {}", text, why),
                (Ok(_), Err(err)) => proptest::prop_assert!(false, "{}: {}", text, err),
                (Err(_), Err(_)) => {}
            }
        }
    }
}
