//! A recorded decision: which step, which rule, on what, with what result; and its sentence for people.

use std::sync::Arc;

/// One decision of the dialplan (IVR-6). It is made of codes and values only, so that a journal can keep it and any
/// reader can turn it into its own language later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The step that decided, or the number entry at the start.
    pub node: Arc<str>,
    /// The rule applied.
    pub rule: Rule,
    /// What it looked at: name and value, in a fixed order for each rule.
    pub inputs: Vec<(Arc<str>, String)>,
    /// Where it led: a step's name, or a word such as `again`, `answered`, `ended`.
    pub result: String,
}

/// The rules by which the dialplan decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The called number chose the first step.
    Number,
}
