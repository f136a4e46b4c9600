//! When two URIs mean the same (RFC 3261 section 19.1.4).

use crate::uri::{Scheme, Uri, UriParam};

/// Parameters that must not stand in one URI alone.
const DECISIVE: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

impl Uri {
    /// Whether both URIs are equal by RFC 3261 section 19.1.4. Not transitive, which is why it is not `==`.
    pub fn equivalent(&self, other: &Uri) -> bool {
        if self.scheme != other.scheme {
            return false;
        }
        if self.scheme == Scheme::Tel {
            return digits(self) == digits(other) && params_agree(self, other);
        }
        self.opaque == other.opaque
            && self.user == other.user
            && self.password == other.password
            && self.host == other.host
            && self.port == other.port
            && params_agree(self, other)
            && headers_agree(&self.headers, &other.headers)
    }
}

/// A number without its visual separators (RFC 3966 section 4).
fn digits(uri: &Uri) -> String {
    let number = uri.user.as_deref().unwrap_or_default();
    number
        .chars()
        .filter(|c| !matches!(c, '-' | '.' | '(' | ')'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn params_agree(a: &Uri, b: &Uri) -> bool {
    let decisive = |param: &UriParam| {
        DECISIVE
            .iter()
            .any(|name| param.name.eq_ignore_ascii_case(name))
    };
    let holds = |from: &Uri, to: &Uri| {
        from.params.iter().all(|param| {
            match to
                .params
                .iter()
                .find(|other| other.name.eq_ignore_ascii_case(&param.name))
            {
                Some(other) => match (&param.value, &other.value) {
                    (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                    (None, None) => true,
                    _ => false,
                },
                // RFC 3966 section 4: every parameter of a tel URI counts.
                None => from.scheme != Scheme::Tel && !decisive(param),
            }
        })
    };
    holds(a, b) && holds(b, a)
}

fn headers_agree(a: &[UriParam], b: &[UriParam]) -> bool {
    let holds = |from: &[UriParam], to: &[UriParam]| {
        from.iter().all(|header| {
            to.iter().any(|other| {
                other.name.eq_ignore_ascii_case(&header.name) && other.value == header.value
            })
        })
    };
    a.len() == b.len() && holds(a, b) && holds(b, a)
}

#[cfg(test)]
mod tests {
    use crate::uri::Uri;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
        assert_eq!(a.equivalent(&b), b.equivalent(&a));
        a.equivalent(&b)
    }

    #[test]
    fn the_examples_of_the_rfc() {
        assert!(same(
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtLanTa.CoM;Transport=tcp"
        ));
        assert!(same(
            "sip:carol@chicago.com",
            "sip:carol@chicago.com;newparam=5"
        ));
        assert!(same(
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;newparam=5"
        ));
        assert!(same(
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
        ));
        assert!(same(
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
        ));
        assert!(!same(
            "SIP:ALICE@AtLanTa.CoM;Transport=udp",
            "sip:alice@AtLanTa.CoM;Transport=UDP"
        ));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
        assert!(!same(
            "sip:bob@biloxi.com",
            "sip:bob@biloxi.com;transport=udp"
        ));
        assert!(!same(
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting"
        ));
        assert!(!same(
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;security=off"
        ));
        assert!(!same("sip:a@h", "sips:a@h"));
    }

    #[test]
    fn numbers_ignore_visual_separators() {
        assert!(same("tel:+32-54-31(00)00", "tel:+3254310000"));
        assert!(!same(
            "tel:7042;phone-context=a.example",
            "tel:7042;phone-context=b.example"
        ));
        assert!(!same("tel:7042;phone-context=a.example", "tel:7042"));
    }
}
