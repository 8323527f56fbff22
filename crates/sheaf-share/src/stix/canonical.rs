//! JSON in its one canonical spelling (RFC 8785, JCS), and the hash of it. Two offices that hold the
//! same object, however it was laid out on the way, take the same hash.
//!
//! Members are sorted by their names' UTF-16 units, numbers are written as ECMAScript does, strings
//! escape only what they must. RFC 8785 leaves out whole numbers that no double holds exactly (beyond
//! 2^53); they are written out in full here, so that two different objects never share a hash.

use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

/// The canonical spelling.
///
/// ```
/// use sheaf_share::stix::canonical_json;
/// let value: serde_json::Value = serde_json::from_str(r#"{"b": 1.50, "a": "\u20ac"}"#).unwrap();
/// assert_eq!(canonical_json(&value), r#"{"a":"€","b":1.5}"#);
/// ```
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

/// The SHA-256 of the canonical spelling in UTF-8.
pub fn content_hash(value: &Value) -> [u8; 32] {
    Sha256::digest(canonical_json(value)).into()
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_number(number, text),
        Value::String(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (idx, item) in items.iter().enumerate() {
                if idx > 0 {
                    text.push(',');
                }
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            text.push('{');
            for (idx, (name, member)) in members.into_iter().enumerate() {
                if idx > 0 {
                    text.push(',');
                }
                write_string(name, text);
                text.push(':');
                write_value(member, text);
            }
            text.push('}');
        }
    }
}

fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{9}' => text.push_str("\\t"),
            '\u{a}' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\u{d}' => text.push_str("\\r"),
            c if c < ' ' => text.push_str(&format!("\\u{:04x}", c as u32)),
            c => text.push(c),
        }
    }
    text.push('"');
}

fn write_number(number: &Number, text: &mut String) {
    const EXACT: u64 = 1 << 53;
    let is_beyond = number.as_i64().map_or_else(
        || number.as_u64().is_some_and(|whole| whole > EXACT),
        |whole| whole.unsigned_abs() > EXACT,
    );
    match number.as_f64() {
        Some(double) if !is_beyond => text.push_str(&ecmascript(double)),
        _ => text.push_str(&number.to_string()),
    }
}

/// A finite double as ECMAScript writes it (ECMA-262, Number::toString).
fn ecmascript(double: f64) -> String {
    ryu_js::Buffer::new().format_finite(double).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8785, Appendix B: doubles by their bits.
    #[test]
    fn numbers_are_written_as_the_rfc_has_them() {
        for (bits, expected) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            // Exactly between .2 and .3: the even one.
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(ecmascript(f64::from_bits(bits)), expected, "{bits:016x}");
        }
    }

    /// RFC 8785, sections 3.2.2 to 3.2.4.
    #[test]
    fn the_samples_of_the_rfc_come_out_as_it_says() {
        let sample = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        assert_eq!(
            canonical_json(&serde_json::from_str(sample).unwrap()),
            concat!(
                r#"{"literals":[null,true,false],"#,
                r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
                r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
            )
        );
        let names = r#"{
            "\u20ac": "Euro Sign", "\r": "Carriage Return",
            "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#;
        let canonical = canonical_json(&serde_json::from_str(names).unwrap());
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let found: Vec<usize> = order.iter().map(|word| canonical.find(word).unwrap()).collect();
        assert!(found.is_sorted(), "{canonical}");
    }

    #[test]
    fn whole_numbers_beyond_what_a_double_holds_keep_their_own_hashes() {
        let of = |text: &str| content_hash(&serde_json::from_str(text).unwrap());
        assert_ne!(of("[9007199254740993]"), of("[9007199254740992]"));
        assert_ne!(of("[-9223372036854775808]"), of("[-9223372036854775807]"));
        assert_eq!(of("[9007199254740992]"), of("[9007199254740992.0]"));
        assert_eq!(of(r#"{"a":1,"b":2}"#), of(r#"{ "b":2.0, "a":1e0 }"#));
    }
}
