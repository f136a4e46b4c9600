//! The prompts that exist: their texts, and how long their sounds are.

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::lang::{Lang, Prompt};
use crate::parse::read_toml;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Prompts by name and language. The texts come from `dialplans/prompts/texts.toml`; sounds are noted by who can see
/// files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    texts: BTreeMap<Arc<str>, BTreeMap<Lang, Arc<str>>>,
    sounds: BTreeMap<Prompt, Option<Duration>>,
    music: BTreeSet<Arc<str>>,
}

impl Library {
    /// Reads a file of texts: `[name]` with a line for each language.
    pub fn parse(source: &str, file: &str) -> Result<Library, Vec<Diagnostic>> {
        let source = Source {
            file: file.into(),
            text: source.into(),
        };
        let mut library = Library::default();
        let mut found = Vec::new();
        let mut tell =
            |span, message: String| found.push(source.remark(Severity::Error, span, message, None));
        for (name, value) in &read_toml(&source)? {
            let Some(table) = value.get_ref().as_table() else {
                tell(
                    value.span(),
                    format!("`{}` must be a table of texts", name.get_ref()),
                );
                continue;
            };
            let texts = library
                .texts
                .entry(name.get_ref().as_ref().into())
                .or_default();
            for (key, value) in table {
                match (Lang::parse(key.get_ref()), value.get_ref().as_str()) {
                    (Some(lang), Some(text)) if !text.trim().is_empty() => {
                        texts.insert(lang, text.into());
                    }
                    (Some(_), _) => tell(value.span(), "a text must be written here".into()),
                    (None, _) => tell(
                        key.span(),
                        format!("`{}` is not a language of two small letters", key.get_ref()),
                    ),
                }
            }
        }
        if found.is_empty() {
            Ok(library)
        } else {
            Err(found)
        }
    }

    /// Notes a sound that exists, with its length when somebody measured it. As soon as one sound is noted, a prompt
    /// counts as existing only with its sound; before that, its text is enough.
    pub fn recorded(&mut self, prompt: Prompt, length: Option<Duration>) {
        self.sounds.insert(prompt, length);
    }

    /// Notes music that exists.
    pub fn music_recorded(&mut self, name: &str) {
        self.music.insert(name.into());
    }

    /// The music that exists; none when nobody looked for any.
    pub fn music(&self) -> impl Iterator<Item = &str> {
        self.music.iter().map(|name| &**name)
    }

    /// Whether a prompt can be heard in a language.
    pub fn has(&self, name: &str, lang: Lang) -> bool {
        if self.sounds.is_empty() {
            return self.text(name, lang).is_some();
        }
        self.sounds.contains_key(&Prompt {
            name: name.into(),
            lang,
        })
    }

    /// Whether sounds are known at all.
    pub fn knows_sounds(&self) -> bool {
        !self.sounds.is_empty()
    }

    /// What is said.
    pub fn text(&self, name: &str, lang: Lang) -> Option<&Arc<str>> {
        self.texts.get(name)?.get(&lang)
    }

    /// How long it is, when it was measured.
    pub fn length(&self, name: &str, lang: Lang) -> Option<Duration> {
        let prompt = Prompt {
            name: name.into(),
            lang,
        };
        self.sounds.get(&prompt).copied().flatten()
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(|n| &**n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_the_product_are_whole() {
        let library = Library::parse(
            include_str!("../../dialplans/prompts/texts.toml"),
            "texts.toml",
        )
        .unwrap();
        assert!(library.names().count() > 40);
        for name in library.names() {
            for lang in [Lang::NL, Lang::FR, Lang::DE, Lang::EN] {
                assert!(library.has(name, lang), "{name} in {lang}");
            }
        }
    }

    #[test]
    fn a_text_that_is_no_text_is_told_with_its_place() {
        let told = Library::parse("[a]\nnl = 3\nxxx = \"b\"\n", "t.toml").unwrap_err();
        assert_eq!(told.iter().map(|d| d.line).collect::<Vec<_>>(), [2, 3]);
    }
}
