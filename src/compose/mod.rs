//! From rows to snapshots and from facts to rows: the only room that knows the words of every other.

pub(crate) mod agreement;
pub(crate) mod dialplans;
pub(crate) mod emergency;
pub(crate) mod facts;
pub(crate) mod opening;
pub(crate) mod peer;
pub(crate) mod restored;
pub(crate) mod snapshot;
pub(crate) mod sounds;
