//! Merged requests (RFC 3261 8.2.2.2): an INVITE that a proxy forked to us twice is one call. Its copies differ in Via
//! alone, and are known as long as the transaction of the first lives.

use std::collections::BTreeMap;

use sip::Message;
use sip::transaction::ServerTx;

/// Call-ID, From tag and CSeq.
type Key = (String, String, u32);

/// The INVITEs that began a call.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    first: BTreeMap<Key, ServerTx>,
    keys: BTreeMap<ServerTx, Key>,
}

fn key(request: &Message) -> Key {
    (
        request.call_id().to_owned(),
        request.from_tag().unwrap_or_default().to_owned(),
        request.cseq().seq,
    )
}

impl Heard {
    /// Whether this is a copy of one that is known.
    pub(crate) fn is_merged(&self, request: &Message) -> bool {
        self.first.contains_key(&key(request))
    }

    /// This one begins a call.
    pub(crate) fn note(&mut self, tx: ServerTx, request: &Message) {
        let key = key(request);
        self.first.insert(key.clone(), tx);
        self.keys.insert(tx, key);
    }

    /// The transaction is over.
    pub(crate) fn forget(&mut self, tx: ServerTx) {
        if let Some(key) = self.keys.remove(&tx) {
            self.first.remove(&key);
        }
    }
}
