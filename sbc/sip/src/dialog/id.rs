//! What names a dialog: Call-ID, our tag and the peer's tag (RFC 3261 section 12).

use std::fmt;
use std::sync::Arc;

use crate::message::Message;
use crate::value::Value;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(Arc<str>);

            impl $name {
                /// As it stands in the message; compared byte by byte.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl From<&str> for $name {
                fn from(text: &str) -> $name {
                    $name(text.into())
                }
            }

            impl Value for $name {
                fn put(&self, out: &mut Vec<u8>) {
                    self.0.put(out);
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )*
    };
}

names! {
    /// A Call-ID (RFC 3261 section 8.1.1.4).
    CallId;
    /// The tag we chose (RFC 3261 section 19.3): From of our requests, To of theirs.
    LocalTag;
    /// The tag the peer chose (RFC 3261 section 19.3): To of our requests, From of theirs. Empty for a peer of RFC 2543
    /// that has none (section 12.1.1).
    RemoteTag;
}

/// The name of a dialog on our side (RFC 3261 section 12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId {
    /// Call-ID.
    pub call_id: CallId,
    /// Our tag.
    pub local: LocalTag,
    /// The peer's tag.
    pub remote: RemoteTag,
}

impl DialogId {
    /// The dialog a message from the peer belongs to: a request that has a To tag, or a response to a request of ours.
    /// `None` for a request outside a dialog.
    pub fn of(message: &Message) -> Option<DialogId> {
        let (from, to) = (message.from_tag(), message.to_tag());
        let (local, remote) = if message.is_request() {
            (to?, from)
        } else {
            (from?, to)
        };
        Some(DialogId {
            call_id: message.call_id().into(),
            local: local.into(),
            remote: remote.unwrap_or_default().into(),
        })
    }
}
