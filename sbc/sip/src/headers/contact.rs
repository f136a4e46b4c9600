//! Contact (RFC 3261 section 20.10, RFC 5626 and RFC 5627 parameters).

use crate::grammar::number;
use crate::headers::NameAddr;

/// The Contact values of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts<'a> {
    /// `*`: every binding (RFC 3261 section 10.2.2). It stood alone.
    Star,
    /// Addresses in the order of the message; empty without a Contact header.
    List(Vec<NameAddr<'a>>),
}

impl<'a> Contacts<'a> {
    /// The addresses; none for `*`.
    pub fn list(&self) -> &[NameAddr<'a>] {
        match self {
            Contacts::Star => &[],
            Contacts::List(list) => list,
        }
    }

    /// The first address.
    pub fn first(&self) -> Option<&NameAddr<'a>> {
        self.list().first()
    }
}

impl NameAddr<'_> {
    /// `expires` of a Contact in seconds; `None` when absent or not a number of 32 bits.
    pub fn expires(&self) -> Option<u32> {
        number(self.param("expires")?.as_bytes())
    }

    /// `reg-id` (RFC 5626 section 11.1); 0 is not one.
    pub fn reg_id(&self) -> Option<u32> {
        number(self.param("reg-id")?.as_bytes()).filter(|&id| id != 0)
    }

    /// `+sip.instance` without its angle brackets: a URN (RFC 5626 section 4.1).
    pub fn instance(&self) -> Option<&str> {
        self.param("+sip.instance")?
            .strip_prefix('<')?
            .strip_suffix('>')
    }

    /// `q` in thousandths, 0 to 1000 (RFC 3261 section 20.10); 1000 when absent or malformed.
    pub fn q(&self) -> u16 {
        self.param("q").and_then(thousandths).unwrap_or(1000)
    }
}

/// Reads `0`, `1`, `0.5`, `0.125`, `1.000`.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok().filter(|&whole| whole <= 1)?;
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    whole
        .checked_mul(1000)?
        .checked_add(fraction)
        .filter(|&q| q <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_binding() {
        let text = b"<sip:2101@10.0.0.5:5062;transport=tcp>;expires=120;q=0.5;reg-id=2;+sip.instance=\"<urn:uuid:0-1>\"";
        let contact = NameAddr::parse(text).unwrap();
        assert_eq!(
            (
                contact.expires(),
                contact.q(),
                contact.reg_id(),
                contact.instance()
            ),
            (Some(120), 500, Some(2), Some("urn:uuid:0-1"))
        );
        let contact = NameAddr::parse(
            b"<sip:a@b>;expires=280297596632815;q=1.001;reg-id=0;+sip.instance=\"x\"",
        )
        .unwrap();
        assert_eq!(
            (
                contact.expires(),
                contact.q(),
                contact.reg_id(),
                contact.instance()
            ),
            (None, 1000, None, None)
        );
    }

    #[test]
    fn preference_values() {
        for (text, q) in [
            ("1", Some(1000)),
            ("0", Some(0)),
            ("0.1", Some(100)),
            ("0.999", Some(999)),
            ("1.0", Some(1000)),
            ("1.1", None),
        ] {
            assert_eq!(thousandths(text), q, "{text}");
        }
        for bad in ["", ".5x", "0.1234", "-1", "2", "0.+1"] {
            assert_eq!(thousandths(bad), None, "{bad}");
        }
    }
}
