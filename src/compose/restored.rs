//! What the last process left, from the directory's words into the core's.

use call::journal::{Binding, Callback, GhostDialog, JourneyId, Origin};
use directory::{CallOrigin, GhostLeg, Restored};

use super::peer;
use super::snapshot::time;

/// Registrations, ghost dialogs and ways back after emergency calls, for the core's first input. A row that cannot be read
/// is left out: the phone registers again, and the session timer ends the dialog.
pub(crate) fn restored(rows: &Restored) -> (Vec<Binding>, Vec<GhostDialog>, Vec<Callback>) {
    (
        rows.bindings.iter().filter_map(binding).collect(),
        rows.ghosts.iter().filter_map(ghost).collect(),
        rows.callbacks.iter().filter_map(callback).collect(),
    )
}

/// Whom a call back after an emergency call is for.
pub(super) fn callback(row: &directory::Callback) -> Option<Callback> {
    Some(Callback {
        number: row.number.clone(),
        origin: match &row.origin {
            CallOrigin::Phone {
                account,
                contact,
                peer,
            } => Origin::Phone {
                account: account.clone(),
                contact: contact.clone(),
                peer: peer::from_record(peer)?,
            },
            CallOrigin::Line { trunk, digits } => Origin::Line {
                trunk: trunk.clone(),
                digits: digits.clone(),
            },
        },
        until: time(row.until)?,
        centre: row.centre.clone(),
    })
}

/// One registration.
pub(super) fn binding(row: &directory::Binding) -> Option<Binding> {
    Some(Binding {
        account: row.aor.clone(),
        contact: row.contact.clone(),
        peer: peer::from_record(&row.peer)?,
        expires: time(row.expires_at)?,
        call_id: row.call_id.clone(),
        cseq: row.cseq,
        q: row.q,
        instance: row.instance.clone(),
        reg_id: row.reg_id,
        path: row.path.clone(),
        user_agent: row.user_agent.clone(),
        seen: std::time::UNIX_EPOCH,
    })
}

/// One dialog that nobody owns any more.
pub(super) fn ghost(row: &GhostLeg) -> Option<GhostDialog> {
    let dialog = &row.dialog;
    Some(GhostDialog {
        journey: JourneyId(u128::from_str_radix(&row.journey.0, 16).ok()?),
        call_id: dialog.call_id.clone(),
        local: format!("{};tag={}", dialog.local_uri, dialog.local_tag),
        remote: format!("{};tag={}", dialog.remote_uri, dialog.remote_tag),
        target: dialog.remote_target.clone(),
        routes: dialog.route_set.clone(),
        cseq: dialog.cseq,
        peer: peer::from_record(&dialog.peer)?,
    })
}
