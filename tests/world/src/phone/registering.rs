//! A party registers (RFC 3261 section 10) and proves who it is; the digest is computed by rsip (RFC 7616, RFC 8760).

use std::time::Duration;

use rsip::headers::auth::{Algorithm, AuthQop};
use rsip::services::DigestGenerator;

use super::Phone;
use super::client::head;
use crate::message::{self, Said};
use crate::town;

impl Phone {
    /// REGISTER for so many seconds; 0 leaves.
    pub(crate) fn register(&mut self, now: Duration, seconds: u32, proof: Option<String>) {
        self.register_seq += 1;
        let (cseq, branch) = (self.register_seq, self.mint("r"));
        let own = format!("<sip:{}@{}>", self.user, town::REALM);
        let mut headers = head(&[
            ("Via", self.via(&branch)),
            ("Max-Forwards", "70".into()),
            ("From", format!("{own};tag=reg")),
            ("To", own.clone()),
            ("Call-ID", self.register_id.clone()),
            ("CSeq", format!("{cseq} REGISTER")),
            ("Contact", self.contact()),
            ("Expires", seconds.to_string()),
        ]);
        headers.extend(proof.map(|value| ("Authorization".to_owned(), value)));
        let bytes = message::request("REGISTER", &format!("sip:{}", town::REALM), &headers, "");
        self.registered = 0;
        self.register_seconds = seconds;
        self.start(now, "REGISTER", None, cseq, branch, bytes);
    }

    /// The answer to a challenge, computed by rsip.
    pub(super) fn proof(&mut self, said: &Said, method: &str, uri: &str) -> Option<String> {
        let challenges: Vec<&str> = said.all("WWW-Authenticate").collect();
        let field = |text: &str, name: &str| {
            let text = text.trim_start_matches("Digest ");
            text.split(',').find_map(|part| {
                let (key, value) = part.trim().split_once('=')?;
                (key == name).then(|| value.trim_matches('"').to_owned())
            })
        };
        self.challenged = challenges
            .iter()
            .map(|c| field(c, "algorithm").unwrap_or_else(|| "MD5".into()))
            .collect();
        let first = challenges.first()?;
        let (realm, nonce) = (field(first, "realm")?, field(first, "nonce")?);
        let name = self.challenged.first()?.clone();
        let algorithm = if name == "SHA-256" {
            Algorithm::Sha256
        } else {
            Algorithm::Md5
        };
        let cnonce = self.mint("cn");
        let qop = AuthQop::Auth {
            cnonce: cnonce.clone(),
            nc: 1,
        };
        let password = town::password(&self.user);
        let digest = DigestGenerator {
            username: &self.user,
            password: &password,
            nonce: &nonce,
            uri: &rsip::Uri::try_from(uri).ok()?,
            realm: &realm,
            method: &method.parse().ok()?,
            qop: Some(&qop),
            algorithm,
        };
        let response = digest.compute();
        Some(format!(
            "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
             algorithm={name}, cnonce=\"{cnonce}\", qop=auth, nc=00000001",
            self.user
        ))
    }

    pub(super) fn told_register(&mut self, now: Duration, said: &Said) {
        if said.status == 401 && self.register_seq < 50 {
            let already = self
                .clients
                .iter()
                .filter(|c| c.method == "REGISTER")
                .count()
                > 1
                && self.challenged_twice();
            if let Some(proof) = self
                .proof(said, "REGISTER", &format!("sip:{}", town::REALM))
                .filter(|_| !already)
            {
                let seconds = self.register_seconds;
                return self.register(now, seconds, Some(proof));
            }
        }
        self.registered = said.status;
    }

    /// Whether the last REGISTER already had a proof: a second challenge means that it was wrong.
    pub(super) fn challenged_twice(&self) -> bool {
        self.clients
            .iter()
            .rev()
            .find(|c| c.method == "REGISTER")
            .is_some_and(|client| String::from_utf8_lossy(&client.bytes).contains("Authorization:"))
    }
}
