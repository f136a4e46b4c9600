//! A walk as lines for people: the way, what was heard, why, and how it ended.

use super::{End, Walk};
use crate::act::Cause;
use crate::flow::Flow;
use crate::lang::{Lang, Prompt};
use crate::library::Library;
use std::fmt::Write;
use std::time::Duration;

/// Prints a walk, with sentences in a language and texts where they are known.
pub fn render(walk: &Walk, flow: &Flow, library: &Library, lang: Lang) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut text, walk, flow, library, lang);
    text
}

fn write(
    out: &mut String,
    walk: &Walk,
    flow: &Flow,
    library: &Library,
    lang: Lang,
) -> std::fmt::Result {
    writeln!(
        out,
        "Way      {}",
        if walk.way.is_empty() {
            "-".to_owned()
        } else {
            walk.way.join(" > ")
        }
    )?;
    writeln!(
        out,
        "Language {}",
        walk.language
            .map_or_else(|| "not chosen".to_owned(), |l| l.to_string())
    )?;
    writeln!(out, "Heard")?;
    for prompt in &walk.heard {
        match text(prompt, flow, library) {
            Some(text) => writeln!(out, "  {prompt}: \"{text}\"")?,
            None => writeln!(out, "  {prompt}")?,
        }
    }
    writeln!(out, "Why")?;
    for decision in &walk.decisions {
        writeln!(
            out,
            "  {} [{}]",
            decision.sentence(lang),
            decision.rule.code()
        )?;
    }
    if !walk.rung.is_empty() {
        writeln!(out, "Rang     {}", walk.rung.join(", then "))?;
    }
    for wait in &walk.waits {
        let expected = match wait.estimate {
            Some(estimate) => format!("about {}", length(estimate)),
            None => {
                "not known here, for an estimate needs five answered calls of the running exchange"
                    .to_owned()
            }
        };
        let most = length(wait.most);
        writeln!(
            out,
            "Wait     in {}: {expected}; at most {most}",
            wait.queue
        )?;
    }
    if !walk.unused_keys.is_empty() {
        writeln!(out, "Unused   keys {}", walk.unused_keys)?;
    }
    match &walk.end {
        End::Answered { by } => writeln!(out, "End      answered by {by}"),
        End::HungUp { cause } => writeln!(out, "End      hung up: {}", cause_text(*cause)),
        End::Endless => writeln!(out, "End      none within the limit of the simulator"),
    }
}

/// A length of time for people.
fn length(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// The text of a prompt: the flow's own before the library's.
pub(crate) fn text<'a>(prompt: &Prompt, flow: &'a Flow, library: &'a Library) -> Option<&'a str> {
    let own = flow
        .prompts
        .get(&prompt.name)
        .and_then(|p| p.texts.get(&prompt.lang));
    own.or_else(|| library.text(&prompt.name, prompt.lang))
        .map(|t| &**t)
}

fn cause_text(cause: Cause) -> &'static str {
    match cause {
        Cause::Finished => "all was said",
        Cause::Closed => "closed",
        Cause::NobodyThere => "nobody could take the call",
        Cause::UnknownNumber => "unknown number (404)",
        Cause::Fault => "the dialplan is broken",
    }
}
