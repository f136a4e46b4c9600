//! Who is away, and whose calls go elsewhere: set by themselves, or by the desk on their behalf (CON-10, CON-18).

use directory::{Absence, Circle, Moment, Occasion};

use super::{Deed, Refused, at, in_force};
use crate::desk::hub::Desk;
use crate::desk::text::{LINE, line};
use crate::protocol::{self, AckDone, ForwardView, Nack};

impl Desk {
    /// Somebody is away, or back.
    pub(super) fn away(
        &mut self,
        deed: Deed,
        account: String,
        to: Option<String>,
        until_ms: Option<u64>,
    ) -> Result<(), Refused> {
        self.has_line(&account)?;
        let rule = until_ms.map(|until| (to, Some(at(until))));
        self.rule(deed, account, Occasion::Always, rule);
        Ok(())
    }

    /// Somebody's calls go elsewhere on an occasion, or no longer.
    pub(super) fn forward(
        &mut self,
        deed: Deed,
        account: String,
        when: protocol::Occasion,
        to: Option<String>,
    ) -> Result<(), Refused> {
        self.has_line(&account)?;
        let occasion = match when {
            protocol::Occasion::Busy => Occasion::Busy,
            protocol::Occasion::NoAnswer => Occasion::NoAnswer {
                after_s: Occasion::USUAL_S,
            },
            protocol::Occasion::Unreachable => Occasion::Unreachable,
            protocol::Occasion::Closed => Occasion::Closed,
        };
        self.rule(deed, account, occasion, to.map(|to| (Some(to), None)));
        Ok(())
    }

    fn has_line(&self, account: &str) -> Result<(), Refused> {
        let is_known = self.world.presence.contains_key(account);
        is_known
            .then_some(())
            .ok_or((Nack::Invalid, "nack.no_target", None))
    }

    /// Puts a rule (where calls go, until when) in place of the one that holds, or ends that.
    fn rule(
        &self,
        deed: Deed,
        account: String,
        occasion: Occasion,
        rule: Option<(Option<String>, Option<Moment>)>,
    ) {
        let (directory, house) = (self.ground.directory.clone(), self.ground.house.clone());
        self.aside(async move {
            let by = deed.by.as_str();
            let kept = match rule {
                Some((to, until)) => {
                    let to = to.as_deref().filter(|to| !to.trim().is_empty());
                    let kept = directory.set_absence(&account, occasion, to, until, by, deed.at);
                    kept.await.map(|_| ())
                }
                None => {
                    let ended = directory.end_forward(&account, occasion, by, deed.at);
                    ended.await.map(|_| ())
                }
            };
            match kept {
                Ok(()) => in_force(deed, house, AckDone::default()).await,
                Err(why) => deed.failed(&why),
            }
        });
    }

    /// A whole service or site is away, or back.
    pub(super) fn all_away(
        &mut self,
        deed: Deed,
        account: String,
        to: Option<String>,
        (until_ms, all): (Option<u64>, protocol::Circle),
    ) -> Result<(), Refused> {
        self.has_line(&account)?;
        let circle = match all {
            protocol::Circle::Service => Circle::Service,
            protocol::Circle::Site => Circle::Site,
        };
        let (directory, house) = (self.ground.directory.clone(), self.ground.house.clone());
        self.aside(async move {
            let to = to.as_deref().filter(|to| !to.trim().is_empty());
            let done = match until_ms {
                Some(until) => {
                    directory
                        .circle_away(&account, circle, to, at(until), &deed.by, deed.at)
                        .await
                }
                None => {
                    directory
                        .circle_back(&account, circle, &deed.by, deed.at)
                        .await
                }
            };
            match done {
                Ok(done) => {
                    let moved = AckDone {
                        moved: Some(u32::try_from(done.accounts.len()).unwrap_or(u32::MAX)),
                        left: done.left.iter().map(|name| line(name, LINE)).collect(),
                        ..AckDone::default()
                    };
                    in_force(deed, house, moved).await
                }
                Err(why) => deed.failed(&why),
            }
        });
        Ok(())
    }
}

/// The forwards of an account that are no absence, as its line shows them.
pub(in crate::desk) fn forward_view(row: &Absence) -> Option<ForwardView> {
    let when = match row.occasion {
        Occasion::Always => return None,
        Occasion::Busy => protocol::Occasion::Busy,
        Occasion::NoAnswer { .. } => protocol::Occasion::NoAnswer,
        Occasion::Unreachable => protocol::Occasion::Unreachable,
        Occasion::Closed => protocol::Occasion::Closed,
    };
    Some(ForwardView {
        when,
        to: line(row.to.as_deref()?, LINE),
        by: line(&row.by, LINE),
    })
}
