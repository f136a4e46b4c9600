//! A flow: the whole dialplan of one town, read and ready to be walked.

/// A dialplan. Immutable; a call pins the revision it began with.
#[derive(Debug)]
pub struct Flow {}
