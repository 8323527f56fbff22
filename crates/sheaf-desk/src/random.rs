//! Chance from the operating system: ids, passwords and tokens that nobody can guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{DeskError, Result};

/// So many random bytes.
pub fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|err| {
        DeskError::new(
            "no-randomness",
            format!("the operating system gave no random numbers: {err}"),
            "without them nothing here is safe; try again later",
        )
    })?;
    Ok(bytes)
}

/// A random UUID (RFC 9562, version 4).
pub fn new_uuid() -> Result<String> {
    Ok(uuid::Builder::from_random_bytes(random_bytes()?).into_uuid().to_string())
}

/// A random password of 144 bits.
pub fn new_password() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<18>()?))
}

/// A random token of 256 bits; its beginning tells programs that look for lost tokens what it is.
pub fn new_token() -> Result<String> {
    Ok(format!("sheaf_{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>()?)))
}

/// The digest by which a token is kept and found.
pub fn token_digest(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_its_form_and_is_drawn_anew() {
        let uuid = new_uuid().unwrap();
        assert!(sheaf_store::exchange::is_uuid(&uuid), "{uuid}");
        assert_eq!(&uuid[14..15], "4");
        assert_ne!(uuid, new_uuid().unwrap());
        assert_eq!(new_password().unwrap().len(), 24);
        assert_eq!(new_token().unwrap().len(), 6 + 43);
    }
}
