//! Globally routable user agent URIs (RFC 5627): addresses that mean one device of an account. A public one names the
//! device's instance; a temporary one is a random token that this registrar remembers.

use std::collections::{BTreeMap, VecDeque};

use crate::random::Random;

/// Temporary addresses remembered for one device; older ones stop working (RFC 5627 section 3.2 lets them with each new
/// registration).
const TEMPORARY: usize = 4;

/// The temporary addresses given out.
#[derive(Debug, Default)]
pub(crate) struct Temporary {
    by_token: BTreeMap<String, (String, String)>,
    by_device: BTreeMap<(String, String), VecDeque<String>>,
}

impl Temporary {
    /// A new temporary user part for this device of the account.
    pub(crate) fn mint(&mut self, random: &mut Random, account: &str, instance: &str) -> String {
        let token = format!("tgruu.{}", random.call_id());
        let device = (account.to_owned(), instance.to_owned());
        self.by_token.insert(token.clone(), device.clone());
        let row = self.by_device.entry(device).or_default();
        row.push_back(token.clone());
        if row.len() > TEMPORARY
            && let Some(oldest) = row.pop_front()
        {
            self.by_token.remove(&oldest);
        }
        token
    }

    /// The account and instance behind a temporary user part.
    pub(crate) fn device(&self, token: &str) -> Option<&(String, String)> {
        self.by_token.get(token)
    }

    /// The device is no longer registered: its temporary addresses end.
    pub(crate) fn forget(&mut self, account: &str, instance: &str) {
        for token in self
            .by_device
            .remove(&(account.to_owned(), instance.to_owned()))
            .into_iter()
            .flatten()
        {
            self.by_token.remove(&token);
        }
    }
}

/// The public address of a device.
pub(crate) fn public(account: &str, realm: &str, instance: &str) -> String {
    format!("sip:{account}@{realm};gr={instance}")
}

/// The temporary address for a minted user part.
pub(crate) fn temporary(token: &str, realm: &str) -> String {
    format!("sip:{token}@{realm};gr")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_temporary_addresses_end() {
        let mut random = Random::new([1; 32]);
        let mut temporary = Temporary::default();
        let first = temporary.mint(&mut random, "2101", "urn:uuid:a");
        assert_eq!(
            temporary.device(&first),
            Some(&("2101".to_owned(), "urn:uuid:a".to_owned()))
        );
        let last = (0..TEMPORARY)
            .map(|_| temporary.mint(&mut random, "2101", "urn:uuid:a"))
            .last();
        assert_eq!(
            temporary.device(&first),
            None,
            "only the newest are remembered"
        );
        assert!(last.is_some_and(|last| temporary.device(&last).is_some()));
        temporary.forget("2101", "urn:uuid:a");
        assert!(temporary.by_token.is_empty() && temporary.by_device.is_empty());
    }
}
