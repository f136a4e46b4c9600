//! What hostile octets may cost at most: the one association. The cryptographic crates parse before they can authenticate, and a
//! defect in them must not take the media thread with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a step of a foreign parser; `None` when it panicked, and what it worked on must not be used again.
pub(super) fn fenced<T>(step: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).ok()
}
