//! Prompts: everything a caller may hear exists in every language, and no greeting is a speech.

use super::Remarks;
use crate::flow::{Flow, Said, StepKind};
use crate::lang::Lang;
use crate::library::Library;
use std::time::Duration;

/// Longer than this before a caller may choose, people hang up.
const GREETING: Duration = Duration::from_secs(20);

/// Prompts the evaluator says by itself.
const BUILT_IN: [&str; 4] = [
    "invalid-key",
    "no-key",
    "too-many-tries",
    "technical-problem",
];

pub(super) fn check(remarks: &mut Remarks<'_>, library: &Library) {
    let flow = remarks.flow;
    let languages = flow.languages.as_slice();
    for step in &flow.steps {
        exist(remarks, library, &step.say, languages);
        match &step.kind {
            StepKind::Greet { .. } => long(remarks, library, &step.say, languages),
            StepKind::Queue { comfort, .. } => exist(remarks, library, comfort, languages),
            _ => {}
        }
    }
    for bulletin in flow.bulletins.values() {
        exist(remarks, library, &bulletin.say, languages);
    }
    for number in &flow.numbers {
        let own = number
            .language
            .map(|l| vec![l])
            .unwrap_or_else(|| languages.to_vec());
        if let Some(said) = &number.retired {
            exist(remarks, library, std::slice::from_ref(said), &own);
        }
    }
    for name in BUILT_IN {
        let said = Said {
            name: name.into(),
            span: 0..0,
        };
        exist(remarks, library, std::slice::from_ref(&said), languages);
    }
    for (name, prompt) in &flow.prompts {
        let used = said_everywhere(flow).any(|s| s.name == *name);
        if !used {
            remarks.warn(
                &prompt.span,
                format!("no step says the prompt {name}"),
                None,
            );
        }
    }
}

fn said_everywhere(flow: &Flow) -> impl Iterator<Item = &Said> {
    let steps = flow.steps.iter().flat_map(|s| {
        let comfort: &[Said] = match &s.kind {
            StepKind::Queue { comfort, .. } => comfort,
            _ => &[],
        };
        s.say.iter().chain(comfort)
    });
    let bulletins = flow.bulletins.values().flat_map(|b| &b.say);
    steps
        .chain(bulletins)
        .chain(flow.numbers.iter().filter_map(|n| n.retired.as_ref()))
}

fn exist(remarks: &mut Remarks<'_>, library: &Library, said: &[Said], languages: &[Lang]) {
    let flow = remarks.flow;
    for said in said {
        let own = flow.prompts.get(&said.name);
        let there = |lang: &Lang| {
            library.has(&said.name, *lang) || own.is_some_and(|o| o.texts.contains_key(lang))
        };
        let missing: Vec<&str> = languages
            .iter()
            .filter(|l| !there(l))
            .map(Lang::as_str)
            .collect();
        if missing.is_empty() {
            continue;
        }
        let message = if missing.len() == languages.len() {
            format!("there is no prompt called `{}`", said.name)
        } else {
            format!(
                "the prompt `{}` is missing in {}",
                said.name,
                missing.join(", ")
            )
        };
        let known = library.names().chain(flow.prompts.keys().map(|n| &**n));
        let near = crate::parse::suggest::nearest(&said.name, known).filter(|n| **n != *said.name);
        let suggestion = near.map(|n| format!("did you mean `{n}`?"));
        remarks.error(&said.span, message, suggestion.as_deref());
    }
}

fn long(remarks: &mut Remarks<'_>, library: &Library, said: &[Said], languages: &[Lang]) {
    for lang in languages {
        let length: Duration = said
            .iter()
            .filter_map(|s| library.length(&s.name, *lang))
            .sum();
        if let Some(first) = said.first().filter(|_| length > GREETING) {
            let message = format!("this greeting takes {} s in {lang}", length.as_secs());
            return remarks.warn(
                &first.span,
                message,
                Some("more than 20 s before a choice; people hang up"),
            );
        }
    }
}
