//! Passwords: argon2id with the parameters that its crate recommends (19 MiB, 2 passes, 1 lane, as OWASP
//! does), kept in PHC format.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

use crate::error::{DeskError, Result};
use crate::random::random_bytes;

/// Hashes a password with a salt of its own.
///
/// ```
/// let hash = sheaf_desk::hash_password("Password0").unwrap();
/// assert!(sheaf_desk::verify_password("Password0", &hash));
/// assert!(!sheaf_desk::verify_password("password0", &hash));
/// ```
pub fn hash_password(password: &str) -> Result<String> {
    let failed = |err: argon2::password_hash::Error| {
        DeskError::new("no-hash", format!("a password could not be hashed: {err}"), "")
    };
    let salt = SaltString::encode_b64(&random_bytes::<16>()?).map_err(failed)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. Takes as long for none (an empty `hash`) as for a wrong
/// one, so that nobody can tell which names exist.
pub fn verify_password(password: &str, hash: &str) -> bool {
    let is_somebody = !hash.is_empty();
    let Ok(hash) = PasswordHash::new(if is_somebody { hash } else { NOBODY }) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && is_somebody
}

/// The hash of nothing anyone knows, with the same parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2hlYWZzaGVhZnNoZWFm$\
                      3Gl5TC1TSQ3hS/fL0sU4KEQZTmgKY1XETg6XYuz2ZOk";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_and_nonsense_are_never_right() {
        assert!(!verify_password("", ""));
        assert!(!verify_password("x", "x"));
        // Nobody costs the same work as somebody.
        let somebody = hash_password("x").unwrap();
        let [nobody, somebody] =
            [NOBODY, &somebody].map(|it| PasswordHash::new(it).unwrap().params.to_string());
        assert_eq!(nobody, somebody);
    }
}
