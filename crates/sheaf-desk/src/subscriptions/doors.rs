//! The doors by which messages leave: webhooks and e-mail. Nothing leaves by a door that the office did not open: to
//! which addresses webhooks go and to which domains e-mail goes is said once, by whoever runs the pool. A webhook tells
//! of each thing in a line; e-mail, which anybody on its way can read, says only how much there is, and where.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, Message as Mail, SmtpTransport, Transport as _};
use ring::hmac;
use serde_json::{Value, json};
use sheaf_model::Moment;
use sheaf_store::exchange::{Exchange, Message, Subscription};

use super::ToTell;
use crate::client::post;
use crate::error::{DeskError, Result};

/// How long a mail server may take.
const TO_MAIL: Duration = Duration::from_secs(20);

/// How this office lets messages out.
#[derive(Debug, Default)]
pub struct Doors {
    said: HashMap<String, String>,
    mailer: Option<SmtpTransport>,
}

/// What can be said of it: the word, and what it is.
pub const SETTINGS: [(&str, &str); 7] = [
    ("address", "where people reach the desk, as in https://desk.example.org"),
    ("webhooks-to", "the beginnings of addresses to which webhooks may go, with blanks between"),
    (
        "webhooks-trust",
        "a file of certificates that vouch for those servers (PEM), instead of the system's",
    ),
    ("mail-through", "the mail server, as in smtps://mail.example.org or smtp://127.0.0.1:25"),
    ("mail-from", "the address that e-mail comes from"),
    ("mail-to", "the domains to which e-mail may go, with blanks between"),
    (
        "mail-password-file",
        "a file with the name and the password for the mail server, in two lines",
    ),
];

impl Doors {
    /// As the ledger of the pool has them.
    pub fn of(log: &Exchange) -> Result<Doors> {
        Ok(Doors { said: log.delivery()?, mailer: None })
    }

    /// Where people reach the desk, without a slash at its end; empty where nobody said.
    pub(crate) fn base(&self) -> &str {
        self.word("address").trim_end_matches('/')
    }

    fn word(&self, name: &str) -> &str {
        self.said.get(name).map_or("", String::as_str)
    }

    /// Where messages may go by a door: the beginnings of addresses, or domains. A feed goes nowhere.
    pub(crate) fn goes_to(&self, door: &str) -> Vec<&str> {
        let is_mail_said =
            !self.word("mail-through").is_empty() && !self.word("mail-from").is_empty();
        match door {
            "webhook" => self.word("webhooks-to").split_whitespace().collect(),
            "email" if is_mail_said => self.word("mail-to").split_whitespace().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether messages may go to an address by a door.
    ///
    /// # Errors
    /// Why not.
    pub fn lead_to(&self, door: &str, address: &str) -> Result<()> {
        match door {
            "feed" if address.is_empty() => Ok(()),
            "feed" => {
                Err(DeskError::new("bad-door", "a feed is read here, and has no address", ""))
            }
            "webhook" => {
                let mut allowed = self.word("webhooks-to").split_whitespace();
                match allowed.any(|it| is_below(address, it)) {
                    true => Ok(()),
                    false => Err(DeskError::new(
                        "door-shut",
                        format!("{address}: this office lets no webhook go there"),
                        "whoever runs the pool opens it: sheaf subscription doors POOL --set webhooks-to=https://…",
                    )),
                }
            }
            "email" => {
                let parsed: Address = address.parse().map_err(|_| {
                    DeskError::new("bad-door", format!("{address}: this is no e-mail address"), "")
                })?;
                let mut allowed = self.goes_to("email").into_iter();
                match allowed.any(|it| it.eq_ignore_ascii_case(parsed.domain())) {
                    true => Ok(()),
                    false => Err(DeskError::new(
                        "door-shut",
                        format!("{}: this office lets no e-mail go there", parsed.domain()),
                        "whoever runs the pool opens it: sheaf subscription doors POOL --set mail-to=…",
                    )),
                }
            }
            other => Err(DeskError::new(
                "bad-door",
                format!("\"{other}\" is no door"),
                "the doors are feed, webhook and email",
            )),
        }
    }

    /// Sends a message to a webhook: JSON, with its signature by HMAC-SHA-256 in `X-Sheaf-Signature`.
    pub(crate) fn post(
        &self,
        subscription: &Subscription,
        message: &Message,
        told: &[ToTell],
    ) -> Result<()> {
        self.lead_to("webhook", &subscription.address)?;
        let items: Vec<Value> = told.iter().map(ToTell::json).collect();
        let body = json!({
            "subscription": subscription.subscription,
            "name": subscription.name,
            "message": message.message,
            "at": Moment::from_millis(message.made_at / 1000).map(|at| at.to_string()),
            "items": items,
        })
        .to_string();
        let signature = signature(&subscription.secret, body.as_bytes());
        let headers = [
            ("X-Sheaf-Signature", signature.as_str()),
            ("X-Sheaf-Message", &message.message.to_string()),
        ];
        let trusted =
            Some(self.word("webhooks-trust")).filter(|it| !it.is_empty()).map(PathBuf::from);
        let status = post(&subscription.address, &headers, body, trusted.as_deref())?;
        match status {
            200..=299 => Ok(()),
            other => Err(DeskError::new("refused", format!("the webhook answers {other}"), "")),
        }
    }

    /// Sends a message by e-mail: how much there is, and where. Nothing of what it is.
    pub(crate) fn mail(
        &mut self,
        subscription: &Subscription,
        message: &Message,
        told: &[ToTell],
    ) -> Result<()> {
        self.lead_to("email", &subscription.address)?;
        let not_sent = |why: String| DeskError::new("no-mail", why, "");
        let mailbox = |text: &str| -> Result<Mailbox> {
            text.parse().map_err(|err| not_sent(format!("{text}: {err}")))
        };
        let counts = counts(told);
        let text = format!(
            "{counts}, for \"{}\".\r\n\r\nWhat it is stands on the desk, for those who sign in:\r\n{}\r\n\r\n\
             This message is number {} of subscription {}. It is ended on the desk, under My desk.\r\n",
            subscription.name,
            match self.base() {
                "" => "(this office did not say where its desk is)".to_owned(),
                base => format!("{base}/my"),
            },
            message.message,
            subscription.subscription,
        );
        let mail = Mail::builder()
            .from(mailbox(self.word("mail-from"))?)
            .to(mailbox(&subscription.address)?)
            .subject(format!("sheaf: {counts}"))
            .message_id(Some(format!("<message-{}.{}@sheaf>", message.message, message.made_at)))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|err| not_sent(err.to_string()))?;
        let mailer = match &self.mailer {
            Some(mailer) => mailer,
            None => self.mailer.insert(mailer(
                self.said.get("mail-through").map_or("", String::as_str),
                self.said.get("mail-password-file").map_or("", String::as_str),
            )?),
        };
        mailer.send(&mail).map(drop).map_err(|err| not_sent(err.to_string()))
    }
}

/// The signature of a body: `sha256=`, and the HMAC in hexadecimal digits.
fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body);
    let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

/// How many there are of each kind, in words.
fn counts(told: &[ToTell]) -> String {
    let kinds = [
        ("incident", "new incident", "new incidents"),
        ("change", "changed incident", "changed incidents"),
        ("alarm", "alarm", "alarms"),
        ("request", "request", "requests"),
        ("answer", "answer", "answers"),
        ("overdue", "overdue request", "overdue requests"),
    ];
    let count = |kind: &str| told.iter().filter(|it| it.kind == kind).count();
    let parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|(kind, one, many)| match count(kind) {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        })
        .collect();
    parts.join(", ")
}

/// Whether an address lies below another: the same scheme and host, and a path that begins alike.
fn is_below(address: &str, allowed: &str) -> bool {
    let parts = |text: &str| -> Option<(String, String, String)> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain =
            !host.is_empty() && !host.contains(['@', '?', '#', '\\']) && !path.contains("..");
        let path = format!("/{path}");
        is_plain.then(|| (scheme.to_ascii_lowercase(), host.to_ascii_lowercase(), path))
    };
    let is_http = |scheme: &str| matches!(scheme, "http" | "https");
    parts(address).zip(parts(allowed)).is_some_and(|(address, allowed)| {
        let begins = allowed.2.trim_end_matches('/');
        let is_in = address.2 == allowed.2 || address.2.starts_with(&format!("{begins}/"));
        is_http(&address.0) && address.0 == allowed.0 && address.1 == allowed.1 && is_in
    })
}

fn mailer(url: &str, password_file: &str) -> Result<SmtpTransport> {
    let bad = |why: String| {
        DeskError::new("no-mail", why, "`sheaf subscription doors POOL` lists what is said of it")
    };
    let mut mailer = SmtpTransport::from_url(url)
        .map_err(|err| bad(format!("{url}: {err}")))?
        .timeout(Some(TO_MAIL));
    if !password_file.is_empty() {
        let text = std::fs::read_to_string(password_file)
            .map_err(|err| bad(format!("{password_file}: {err}")))?;
        let (name, password) = text
            .split_once('\n')
            .ok_or_else(|| bad(format!("{password_file}: a name and a password, in two lines")))?;
        let trimmed = |it: &str| it.trim_end_matches(['\r', '\n']).to_owned();
        mailer = mailer.credentials(Credentials::new(trimmed(name), trimmed(password)));
    }
    Ok(mailer.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_rfc_4231() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn webhooks_go_below_what_was_opened_and_nowhere_else() {
        let below = |address| is_below(address, "https://hooks.example.org/desk");
        for fine in ["https://hooks.example.org/desk", "https://HOOKS.example.org/desk/1?a=b"] {
            assert!(below(fine), "{fine}");
        }
        for other in [
            "http://hooks.example.org/desk/1",
            "https://hooks.example.org/desktop",
            "https://hooks.example.org/desk/../admin",
            "https://hooks.example.org:8443/desk/1",
            "https://hooks.example.org@evil.example/desk/1",
            "https://hooks.example.org.evil.example/desk/1",
            "file:///desk",
            "hooks.example.org/desk",
        ] {
            assert!(!below(other), "{other}");
        }
        assert!(!is_below("file://h/a", "file://h/a"));
        assert!(is_below("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/"));
    }
}
