//! The server's side of digest: challenges that cost no memory, and the judgement of what comes back
//! (RFC 7616 section 3.4.6, RFC 8760).

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::hash::{Ha1, Hex, Inputs, Mac, response};
use super::nonce::Nonce;
use super::{Algorithm, quote};
use crate::Method;
use crate::headers::Credentials;
use crate::uri::Uri;
use crate::value::text;

/// How long a nonce may be used.
pub const LIFETIME: Duration = Duration::from_secs(300);

/// What credentials are worth. Everything but `Ok` is answered with a new challenge, the same for every reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They prove the password for this request, for the first time.
    Ok,
    /// They prove the password with a nonce that is too old, of another address or of another process: challenge with
    /// `stale=true`, and the phone tries again without asking its user.
    Stale,
    /// They prove the password, but this `nc` of the nonce was used before: a repetition or a replay; `stale=true`.
    Replay,
    /// They do not prove the password, or there is no such account.
    Wrong,
    /// They are for another Request-URI (section 3.4.6).
    UriMismatch,
    /// No `qop=auth` with `nc` and `cnonce`, or an unknown algorithm: never asked for.
    Unsupported,
}

impl Verdict {
    /// Whether the next challenge says `stale=true`.
    pub fn is_stale(self) -> bool {
        matches!(self, Verdict::Stale | Verdict::Replay)
    }
}

/// Makes challenges and judges credentials. It remembers only nonces that have been used with the right password, at
/// most `limit` of them; a nonce older than the oldest one forgotten counts as stale.
pub struct Challenger {
    secret: Mac,
    /// Stands in for the sum of an account that is not there: nobody knows it.
    nobody: [u8; 32],
    epoch: Instant,
    limit: usize,
    serial: u64,
    /// The highest `nc` of each nonce used, by serial number, with the time it was made.
    used: BTreeMap<u64, (u64, u32)>,
    /// Nonces below this serial number are stale unless they are in `used`.
    floor: u64,
}

impl fmt::Debug for Challenger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenger")
            .field("used", &self.used.len())
            .finish_non_exhaustive()
    }
}

impl Challenger {
    /// `secret` is random; `epoch` is any moment not after the first `now`.
    pub fn new(secret: [u8; 32], epoch: Instant, limit: usize) -> Challenger {
        let secret = Mac::new(&secret);
        Challenger {
            nobody: secret.sum(&[b"nobody"]),
            secret,
            epoch,
            limit: limit.max(1),
            serial: 0,
            used: BTreeMap::new(),
            floor: 0,
        }
    }

    /// The values of the WWW-Authenticate or Proxy-Authenticate headers, one for each algorithm in the order given:
    /// phones take the first they understand, and some read only the first (RFC 8760 section 2.4).
    pub fn challenge(
        &mut self,
        now: Instant,
        source: IpAddr,
        realm: &str,
        algorithms: &[Algorithm],
        stale: bool,
    ) -> Vec<String> {
        self.serial = self.serial.wrapping_add(1);
        let nonce = Nonce {
            minted: self.millis(now),
            serial: self.serial,
        };
        let nonce = nonce.write(&self.secret, source);
        let stale = if stale { ", stale=true" } else { "" };
        let realm = quote(realm);
        let value = |algorithm: &Algorithm| {
            let ending = (", algorithm=", algorithm.as_str(), ", qop=\"auth\"");
            let nonce = (", nonce=\"", &nonce, "\"");
            text(("Digest realm=", &realm, nonce, stale, ending))
        };
        algorithms.iter().map(value).collect()
    }

    /// Judges the credentials of a request. `ha1` is none when there is no such account, which costs the same work.
    pub fn verify(
        &mut self,
        now: Instant,
        source: IpAddr,
        credentials: &Credentials<'_>,
        method: &Method,
        request_uri: &str,
        ha1: Option<&Ha1>,
    ) -> Verdict {
        let (Some(nc), Some(cnonce), Some("auth")) =
            (credentials.nc, credentials.cnonce, credentials.qop)
        else {
            return Verdict::Unsupported;
        };
        let count = credentials.nonce_count().filter(|count| *count > 0);
        let algorithm = Algorithm::from_parameter(credentials.algorithm);
        let (Some(count), Some(algorithm)) = (count, algorithm) else {
            return Verdict::Unsupported;
        };
        if !same_uri(credentials.uri, request_uri) {
            return Verdict::UriMismatch;
        }
        let inputs = Inputs {
            method: method.as_str(),
            uri: credentials.uri,
            nonce: credentials.nonce,
            counted: Some((nc, cnonce)),
        };
        // A name nobody has is judged against a sum nobody knows, with the same steps.
        let nobody = self.nobody(algorithm);
        let known = ha1.and_then(|ha1| ha1.hex(algorithm));
        let expected = response(algorithm, known.as_ref().unwrap_or(&nobody), &inputs);
        let right = expected.matches(credentials.response) && known.is_some();
        let nonce = Nonce::read(&self.secret, source, credentials.nonce);
        if !right {
            return Verdict::Wrong;
        }
        match nonce {
            Some(nonce) => self.count(now, nonce, count),
            None => Verdict::Stale,
        }
    }

    /// How many nonces are remembered.
    pub fn remembered(&self) -> usize {
        self.used.len()
    }

    fn count(&mut self, now: Instant, nonce: Nonce, count: u32) -> Verdict {
        let now = self.millis(now);
        self.forget_old(now);
        if is_old(now, nonce.minted) {
            return Verdict::Stale;
        }
        if let Some((_, last)) = self.used.get_mut(&nonce.serial) {
            if count <= *last {
                return Verdict::Replay;
            }
            *last = count;
            return Verdict::Ok;
        }
        if nonce.serial < self.floor {
            return Verdict::Stale;
        }
        self.used.insert(nonce.serial, (nonce.minted, count));
        while self.used.len() > self.limit {
            if let Some((serial, _)) = self.used.pop_first() {
                self.floor = self.floor.max(serial.saturating_add(1));
            }
        }
        Verdict::Ok
    }

    /// Serial numbers rise with time, so the old ones come first.
    fn forget_old(&mut self, now: u64) {
        while let Some(first) = self.used.first_entry() {
            if !is_old(now, first.get().0) {
                break;
            }
            first.remove();
        }
    }

    fn nobody(&self, algorithm: Algorithm) -> Hex {
        match algorithm {
            Algorithm::Sha256 => Hex::new(&self.nobody),
            Algorithm::Md5 => Hex::new(self.nobody.get(..16).unwrap_or_default()),
        }
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.epoch).as_millis()).unwrap_or(u64::MAX)
    }
}

fn is_old(now: u64, minted: u64) -> bool {
    u128::from(now.saturating_sub(minted)) > LIFETIME.as_millis()
}

/// RFC 7616 section 3.4.6: the same resource, though perhaps spelled in another way.
fn same_uri(said: &str, request_uri: &str) -> bool {
    if said == request_uri {
        return true;
    }
    match (Uri::parse(said), Uri::parse(request_uri)) {
        (Ok(said), Ok(requested)) => said.equivalent(&requested),
        _ => false,
    }
}
