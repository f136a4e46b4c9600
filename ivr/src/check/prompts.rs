//! Prompts: everything a caller may hear exists in every language, and no greeting is a speech.

use super::Remarks;
use crate::flow::{Said, StepKind};
use crate::lang::Lang;
use crate::library::Library;
use crate::sounds::{ABOUT_REMEMBERING, SAID_BY_ITSELF};
use std::time::Duration;

/// Longer than this before a caller may choose, people hang up.
const GREETING: Duration = Duration::from_secs(20);

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
    let remembering = ABOUT_REMEMBERING.into_iter().filter(|_| flow.remembers());
    for name in SAID_BY_ITSELF.into_iter().chain(remembering) {
        let said = Said {
            name: name.into(),
            span: 0..0,
        };
        exist(remarks, library, std::slice::from_ref(&said), languages);
    }
    music(remarks, library);
    for (name, prompt) in &flow.prompts {
        let used = flow.said().any(|s| s.name == *name);
        if !used {
            remarks.warn(
                &prompt.span,
                format!("no step says the prompt {name}"),
                None,
            );
        }
    }
}

fn exist(remarks: &mut Remarks<'_>, library: &Library, said: &[Said], languages: &[Lang]) {
    let flow = remarks.flow;
    for said in said {
        let own = |lang: &Lang| {
            flow.prompts
                .get(&said.name)
                .is_some_and(|o| o.texts.contains_key(lang))
        };
        let there =
            |lang: &Lang| library.has(&said.name, *lang) || (own(lang) && !library.knows_sounds());
        let written = |lang: &Lang| library.text(&said.name, *lang).is_some() || own(lang);
        let missing: Vec<&Lang> = languages.iter().filter(|l| !there(l)).collect();
        if missing.is_empty() {
            continue;
        }
        let names = missing
            .iter()
            .map(|l| l.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let message = if missing.iter().all(|l| written(l)) {
            format!("the prompt `{}` has no sound in {names}", said.name)
        } else if missing.len() == languages.len() {
            format!("there is no prompt called `{}`", said.name)
        } else {
            format!("the prompt `{}` is missing in {names}", said.name)
        };
        let known = library.names().chain(flow.prompts.keys().map(|n| &**n));
        let near = crate::parse::suggest::nearest(&said.name, known).filter(|n| **n != *said.name);
        let suggestion = near.map(|n| format!("did you mean `{n}`?"));
        remarks.error(&said.span, message, suggestion.as_deref());
    }
}

/// Music is one recording for all languages.
fn music(remarks: &mut Remarks<'_>, library: &Library) {
    let flow = remarks.flow;
    if library.music().next().is_none() {
        return;
    }
    let of_services = flow.services.values().filter_map(|one| one.music.as_ref());
    for said in flow.music.iter().chain(of_services) {
        if !library.music().any(|known| *known == *said.name) {
            let near = crate::parse::suggest::nearest(&said.name, library.music());
            let suggestion = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!("there is no music called `{}`", said.name);
            remarks.error(&said.span, message, suggestion.as_deref());
        }
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
