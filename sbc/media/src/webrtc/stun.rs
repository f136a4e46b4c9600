//! The two STUN messages an ICE-lite agent needs (RFC 8489, RFC 8445 section 7): the check it is sent, and the answer.

use ring::hmac;
use std::net::{IpAddr, SocketAddr};

const HEADER: usize = 20;
const COOKIE: u32 = 0x2112_A442;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const FINGERPRINT: u16 = 0x8028;
/// From here on an unknown attribute may be passed over (RFC 8489 section 14).
const OPTIONAL: u16 = 0x8000;

const INTEGRITY_OCTETS: usize = 20;
const FINGERPRINT_XOR: u32 = 0x5354_554e;
/// A check of any browser is 100 to 200 octets.
const MAX_OCTETS: usize = 1280;

/// A connectivity check whose integrity was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) transaction: [u8; 12],
    /// The controlling side nominates this pair.
    pub(super) nominates: bool,
}

/// Reads a check for `username` (`ours:theirs`), sealed with our password. `None` for anything else: an ICE agent owes a
/// stranger no answer, and an answer would tell him that somebody listens.
pub(super) fn check(bytes: &[u8], username: &str, password: &str) -> Option<Check> {
    let (header, _) = bytes.split_first_chunk::<HEADER>()?;
    let &[k0, k1, l0, l1, c0, c1, c2, c3, transaction @ ..] = header;
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let shaped = u16::from_be_bytes([k0, k1]) == BINDING_REQUEST
        && u32::from_be_bytes([c0, c1, c2, c3]) == COOKIE
        && length.checked_add(HEADER) == Some(bytes.len())
        && bytes.len() <= MAX_OCTETS;
    if !shaped {
        return None;
    }
    let (mut named, mut proven, mut printed, mut nominates) = (false, false, false, false);
    let mut at = HEADER;
    while let Some((kind, value, next)) = attribute(bytes, at) {
        match kind {
            // Behind the integrity nothing counts but the fingerprint, and behind that nothing at all.
            _ if printed => return None,
            FINGERPRINT => printed = value == fingerprint(bytes, at)?.to_be_bytes(),
            _ if proven => {}
            USERNAME => named = value == username.as_bytes(),
            MESSAGE_INTEGRITY if named => proven = is_sealed(bytes, at, value, password)?,
            USE_CANDIDATE => nominates = true,
            PRIORITY => {}
            unknown if unknown < OPTIONAL => return None,
            _ => {}
        }
        at = next;
    }
    (at == bytes.len() && proven && printed).then_some(Check {
        transaction,
        nominates,
    })
}

/// The attribute at an offset: its type, its value, and where the next begins.
fn attribute(bytes: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let (&[k0, k1, l0, l1], rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let value = rest.get(..length)?;
    let next = at.checked_add(4)?.checked_add(length.next_multiple_of(4))?;
    (next <= bytes.len()).then_some((u16::from_be_bytes([k0, k1]), value, next))
}

/// The message up to an attribute, with the length it had when that attribute (of so many octets) was made.
fn before(bytes: &[u8], at: usize, octets: usize) -> Option<Vec<u8>> {
    let mut message = bytes.get(..at)?.to_vec();
    let length = u16::try_from(at.checked_add(4 + octets)?.checked_sub(HEADER)?).ok()?;
    message
        .get_mut(2..4)?
        .copy_from_slice(&length.to_be_bytes());
    Some(message)
}

fn is_sealed(bytes: &[u8], at: usize, value: &[u8], password: &str) -> Option<bool> {
    let message = before(bytes, at, INTEGRITY_OCTETS)?;
    Some(hmac::verify(&key(password), &message, value).is_ok())
}

/// HMAC-SHA1 is what ICE prescribes; it is not broken for this use (RFC 6194 section 3.3).
fn key(password: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes())
}

fn fingerprint(bytes: &[u8], at: usize) -> Option<u32> {
    Some(crc32(&before(bytes, at, 4)?) ^ FINGERPRINT_XOR)
}

/// CRC-32 of ISO 3309, bit by bit: a few checks a second.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes.iter().fold(u32::MAX, |crc, octet| {
        (0..8).fold(crc ^ u32::from(*octet), step)
    })
}

/// The answer to a check that came from `from`.
pub(super) fn answer(check: &Check, from: SocketAddr, password: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(96);
    message.extend(BINDING_SUCCESS.to_be_bytes());
    message.extend([0, 0]);
    message.extend(COOKIE.to_be_bytes());
    message.extend(check.transaction);
    append(&mut message, XOR_MAPPED_ADDRESS, &mapped(from, check));
    let sealed = sized(&mut message, INTEGRITY_OCTETS);
    let tag = hmac::sign(&key(password), sealed);
    append(&mut message, MESSAGE_INTEGRITY, tag.as_ref());
    let printed = crc32(sized(&mut message, 4)) ^ FINGERPRINT_XOR;
    append(&mut message, FINGERPRINT, &printed.to_be_bytes());
    message
}

/// Gives the message the length it will have with one more attribute of so many octets.
fn sized(message: &mut [u8], octets: usize) -> &[u8] {
    let length = (message.len() + 4 + octets).saturating_sub(HEADER) as u16;
    if let Some(field) = message.get_mut(2..4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
    message
}

fn append(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend(kind.to_be_bytes());
    message.extend((value.len() as u16).to_be_bytes());
    message.extend(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

/// RFC 8489 section 14.2.
fn mapped(from: SocketAddr, check: &Check) -> Vec<u8> {
    let cookie = COOKIE.to_be_bytes();
    let mask = cookie.into_iter().chain(check.transaction);
    let port = from.port() ^ (COOKIE >> 16) as u16;
    let (family, octets) = match from.ip() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let mut value = vec![0, family];
    value.extend(port.to_be_bytes());
    value.extend(octets.iter().zip(mask).map(|(octet, mask)| octet ^ mask));
    value
}

/// A check as a browser sends it.
#[cfg(test)]
pub(super) fn request(username: &str, password: &str, nominates: bool) -> Vec<u8> {
    let mut message = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
    message.extend(*b"transaction!");
    append(&mut message, USERNAME, username.as_bytes());
    append(&mut message, 0xC057, &[0, 0, 0, 10]);
    append(&mut message, 0x802A, &[7; 8]);
    if nominates {
        append(&mut message, USE_CANDIDATE, &[]);
    }
    append(&mut message, PRIORITY, &[110, 127, 30, 255]);
    let tag = hmac::sign(&key(password), sized(&mut message, INTEGRITY_OCTETS));
    append(&mut message, MESSAGE_INTEGRITY, tag.as_ref());
    let printed = crc32(sized(&mut message, 4)) ^ FINGERPRINT_XOR;
    append(&mut message, FINGERPRINT, &printed.to_be_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5769 section 2.1: user `evtj:h6vY`, password `VOkJxbRl1RmTxUk/WvJxBt`.
    const SAMPLE: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e7400240004\
        6e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2\
        80280004e57a3bcf";
    const USER: &str = "evtj:h6vY";
    const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

    fn octets(hexadecimal: &str) -> Vec<u8> {
        let digits: Vec<u8> = hexadecimal.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    }

    #[test]
    fn the_sample_request_of_rfc_5769_is_believed() {
        let read = check(&octets(SAMPLE), USER, PASSWORD).unwrap();
        assert_eq!(read.transaction, octets("b7e7a701bc34d686fa87dfae")[..]);
        assert!(!read.nominates);
    }

    #[test]
    fn a_changed_octet_another_name_or_another_password_is_not() {
        let sample = octets(SAMPLE);
        assert_eq!(check(&sample, "evtj:other", PASSWORD), None);
        assert_eq!(check(&sample, USER, "another password of ours"), None);
        for place in 0..sample.len() {
            let mut bytes = sample.clone();
            bytes[place] ^= 1;
            assert_eq!(check(&bytes, USER, PASSWORD), None, "octet {place}");
            assert_eq!(check(&sample[..place], USER, PASSWORD), None);
        }
    }

    #[test]
    fn what_a_browser_sends_is_believed_and_nominates() {
        let read = check(&request("a:b", "secret", true), "a:b", "secret").unwrap();
        assert!(read.nominates);
        assert!(
            !check(&request("a:b", "secret", false), "a:b", "secret")
                .unwrap()
                .nominates
        );
    }

    #[test]
    fn the_answer_is_that_of_rfc_5769() {
        // Section 2.2 (IPv4) without its SOFTWARE attribute: the mapped address is what the RFC has.
        let asked = check(&octets(SAMPLE), USER, PASSWORD).unwrap();
        let answer = answer(&asked, "192.0.2.1:32853".parse().unwrap(), PASSWORD);
        assert_eq!(answer[..2], [1, 1]);
        assert_eq!(answer[20..32], octets("0020 0008 0001 a147 e112 a643"));
        assert_eq!(usize::from(answer[3]) + HEADER, answer.len());
        let integrity = attribute(&answer, 32).unwrap();
        assert!(is_sealed(&answer, 32, integrity.1, PASSWORD).unwrap());
        let printed = attribute(&answer, integrity.2).unwrap();
        assert_eq!(
            printed.1,
            fingerprint(&answer, integrity.2).unwrap().to_be_bytes()
        );
    }

    #[test]
    fn ipv6_is_masked_with_cookie_and_transaction() {
        let asked = check(&octets(SAMPLE), USER, PASSWORD).unwrap();
        let from = "[2001:db8:1234:5678:11:2233:4455:6677]:32853"
            .parse()
            .unwrap();
        // RFC 5769 section 2.3.
        let expected = octets("0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9");
        assert_eq!(mapped(from, &asked), expected);
    }
}
