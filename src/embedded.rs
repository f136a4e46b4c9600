//! What the program carries inside: the demo dialplan, the prompts and the emergency numbers, so that one file runs a town.

use std::borrow::Cow;

use ivr::{Library, Prompt};

/// The demo town's dialplan.
pub(crate) const DEMO_DIALPLAN: &str = include_str!("../dialplans/demo.toml");

/// Emergency numbers by country, with their sources.
pub(crate) const EMERGENCY: &str = include_str!("../dialplans/emergency.toml");

/// What a new town's dialplan begins with (`centrale init`).
pub(crate) const STARTER_DIALPLAN: &str = include_str!("../dialplans/starter.toml.template");

/// The prompts' texts.
const TEXTS: &str = include_str!("../dialplans/prompts/texts.toml");

#[derive(rust_embed::RustEmbed)]
#[folder = "dialplans/prompts"]
struct Prompts;

/// A built-in sound, e.g. `nl/welcome`.
pub(crate) fn sound(name: &str) -> Option<Cow<'static, [u8]>> {
    Prompts::get(&format!("{name}.ogg")).map(|file| file.data)
}

/// The built-in prompts: texts, and which of them can be heard.
pub(crate) fn library() -> Library {
    let mut library = Library::parse(TEXTS, "texts.toml").unwrap_or_default();
    for path in Prompts::iter() {
        let name = path
            .strip_suffix(".ogg")
            .and_then(|path| path.split_once('/'));
        if let Some(("music", name)) = name {
            library.music_recorded(name);
        } else if let Some((lang, name)) = name
            && let Some(lang) = ivr::Lang::parse(lang)
        {
            let prompt = Prompt {
                name: name.into(),
                lang,
            };
            library.recorded(prompt, None);
        }
    }
    library
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompts_are_inside() {
        let library = library();
        assert!(library.has("welcome", ivr::Lang::NL));
        assert_eq!(
            library.text("welcome", ivr::Lang::FR).is_some(),
            sound("fr/welcome").is_some()
        );
        assert!(sound("music/default").is_some());
        assert!(sound("nl/never-written").is_none());
    }
}
