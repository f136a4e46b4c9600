//! What must hold before a flow may answer a telephone (IVR-2). Reading already refused what leads nowhere; this looks at
//! the sense of the whole.

mod callers;
mod circle;
mod emergency;
mod opening;
mod prompts;

use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::flow::Flow;
use crate::library::Library;

/// What the check needs to know beside the flow.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The prompts that exist.
    pub library: Library,
    /// Emergency numbers as dialled (`112`, `101` …), from the data of the border: no rule may catch one.
    pub emergency: Vec<String>,
    /// Country calling code without `+` (`32`, `33`): its spellings of emergency numbers are looked at too.
    pub country_code: String,
}

/// Remarks about a flow in the order of its lines: any error means that it must not be used.
pub fn check(flow: &Flow, around: &Surroundings) -> Vec<Diagnostic> {
    let mut remarks = Remarks {
        flow,
        found: Vec::new(),
    };
    callers::check(&mut remarks);
    circle::check(&mut remarks);
    opening::check(&mut remarks);
    prompts::check(&mut remarks, &around.library);
    emergency::check(&mut remarks, around);
    let mut found = remarks.found;
    found.sort_by_key(|d| (d.span.start, d.span.end));
    found
}

/// Whether a flow with these remarks is refused.
pub fn refused(remarks: &[Diagnostic]) -> bool {
    remarks.iter().any(|d| d.severity == Severity::Error)
}

struct Remarks<'f> {
    flow: &'f Flow,
    found: Vec<Diagnostic>,
}

impl Remarks<'_> {
    fn error(&mut self, span: &Span, message: String, suggestion: Option<&str>) {
        self.tell(Severity::Error, span, message, suggestion);
    }

    fn warn(&mut self, span: &Span, message: String, suggestion: Option<&str>) {
        self.tell(Severity::Warning, span, message, suggestion);
    }

    fn tell(&mut self, severity: Severity, span: &Span, message: String, suggestion: Option<&str>) {
        self.found.push(self.flow.source.remark(
            severity,
            span.clone(),
            message,
            suggestion.map(str::to_owned),
        ));
    }
}

#[cfg(test)]
mod tests;
