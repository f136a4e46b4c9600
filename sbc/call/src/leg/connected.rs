//! Who the party is told to be connected to (RFC 4916, RFC 5876): when a transfer gives it another partner, that one's
//! number and name follow by UPDATE, or by re-INVITE to a phone that takes none.

use sip::Message;

use super::{Identity, Leg, State};
use crate::border::destination;
use crate::stack::Stack;

/// What a party knows of its partner.
#[derive(Debug, Default)]
pub(super) struct Connected {
    /// Whom it was shown last; none until its first partner, whom it dialled or was called by.
    shown: Option<Identity>,
    /// Said in every change of the session from now on.
    asserted: Option<String>,
    /// It takes a changed From in the dialog.
    pub(super) from_change: bool,
}

impl Connected {
    /// The party was called in this one's name.
    pub(super) fn with(caller: &Identity) -> Connected {
        Connected {
            shown: Some(caller.clone()),
            ..Connected::default()
        }
    }
}

impl Leg {
    /// Who the party is, as another shall see it.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The party took somebody's place: it knows nothing yet of whom it speaks to.
    pub(crate) fn knows_nobody(&mut self) {
        self.connected.shown = Some(Identity::default());
    }

    /// The party speaks to this one now. Phones are told when that is somebody new; what an operator's line is told about
    /// the town's people is decided at its INVITE and never changes, and a station has its console.
    pub(crate) fn meets(&mut self, stack: &mut Stack, other: &Identity) {
        let before = self.connected.shown.replace(other.clone());
        // By number: the name may have carried a mark while it rang.
        let news = before.is_some_and(|before| before.number != other.number);
        let told = self.account.is_some() && self.home.is_none();
        if !news || !told || !matches!(self.state, State::Accepted | State::Up) {
            return;
        }
        let address = destination::address(stack, other);
        if let Some(dialog) = self.dialog.as_mut().filter(|_| self.connected.from_change) {
            dialog.rename(address.clone());
        }
        self.connected.asserted = Some(address);
        self.tell_connected(stack);
    }

    /// P-Asserted-Identity of a request that changes the session, when there is something to assert.
    pub(super) fn asserted(&self) -> Option<&str> {
        self.connected.asserted.as_deref()
    }
}

/// The number of P-Asserted-Identity (RFC 3325), which only a trunk is believed.
pub(super) fn answered_as(response: &Message) -> Option<String> {
    let said = response.p_asserted_identity();
    let user = said.first()?.uri().ok()?.user?;
    let number = user.split(';').next().unwrap_or_default();
    Some(number.to_owned()).filter(|number| !number.is_empty())
}
