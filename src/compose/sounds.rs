//! Sounds by name: the town's own recordings first, then what the program carries.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use ivr::{Lang, Library, Prompt};

use crate::embedded;

/// The endings of recordings, in the order in which they are looked for.
const ENDINGS: [&str; 4] = ["wav", "flac", "ogg", "mp3"];
/// Largest recording: an hour of music in WAV.
const LARGEST: u64 = 512 * 1024 * 1024;

/// The bytes of a sound; `None` when there is none of that name.
pub(crate) fn bytes(own: Option<&Path>, name: &str) -> Option<Cow<'static, [u8]>> {
    if let Some(file) = own.and_then(|own| recording(own, name)) {
        match read(&file) {
            Ok(bytes) => return Some(Cow::Owned(bytes)),
            Err(why) => tracing::warn!(
                kind = "sound",
                "{} cannot be read, the built-in sound is used: {why}",
                file.display()
            ),
        }
    }
    embedded::sound(name)
}

/// Whether there is a sound of that name.
pub(crate) fn exists(own: Option<&Path>, name: &str) -> bool {
    own.and_then(|own| recording(own, name)).is_some() || embedded::sound(name).is_some()
}

/// The town's own recording of a sound, when there is one.
fn recording(own: &Path, name: &str) -> Option<PathBuf> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/');
    if !name.bytes().all(plain) {
        return None;
    }
    ENDINGS
        .iter()
        .map(|ending| own.join(format!("{name}.{ending}")))
        .find(|file| file.is_file())
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if std::fs::metadata(file)?.len() > LARGEST {
        return Err(std::io::Error::other("it is larger than 512 MiB"));
    }
    std::fs::read(file)
}

/// What is wrong with recordings, and what was expected.
pub(crate) struct Unusable {
    /// A sentence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) expected: &'static str,
}

/// What can be heard, built in or recorded, and each recording that cannot be used.
pub(crate) fn library(own: Option<&Path>) -> (Library, Vec<Unusable>) {
    let mut library = embedded::library();
    let mut mistakes = Vec::new();
    let Some(own) = own else {
        return (library, mistakes);
    };
    let entries = match std::fs::read_dir(own) {
        Ok(entries) => entries,
        Err(why) => {
            mistakes.push(Unusable {
                message: format!("the directory {} cannot be read: {why}", own.display()),
                expected: "expected a directory with your own recordings, as in prompts/nl/welcome.wav; without this line the built-in prompts are heard",
            });
            return (library, mistakes);
        }
    };
    for directory in entries.flatten().map(|entry| entry.path()) {
        let title = directory.file_name().unwrap_or_default().to_string_lossy();
        for file in files_of(&directory) {
            if let Err(why) = usable(&file) {
                mistakes.push(Unusable {
                    message: format!("{} cannot be used: {why}", file.display()),
                    expected: "its recordings are WAV, FLAC, Ogg or MP3: record this one again, or take it away and the built-in one is heard",
                });
            } else if let ("music", Some(stem)) = (&*title, file.file_stem()) {
                library.music_recorded(&stem.to_string_lossy());
            } else if let (Some(lang), Some(stem)) = (Lang::parse(&title), file.file_stem()) {
                let name = stem.to_string_lossy().as_ref().into();
                library.recorded(Prompt { name, lang }, None);
            }
        }
    }
    (library, mistakes)
}

fn files_of(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|file| {
            file.extension()
                .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        })
        .collect();
    files.sort();
    files
}

/// Decodes it once: what cannot be played must be told before a citizen hears nothing.
fn usable(file: &Path) -> Result<(), String> {
    let bytes = read(file).map_err(|why| why.to_string())?;
    media::Recording::decode(&bytes)
        .map(|_| ())
        .map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_s_own_recording_comes_first_and_the_rest_stays_built_in() {
        let own = tempfile::tempdir().unwrap();
        std::fs::create_dir(own.path().join("nl")).unwrap();
        std::fs::write(own.path().join("nl/welcome.wav"), b"own").unwrap();
        let heard = |name| bytes(Some(own.path()), name);
        assert_eq!(heard("nl/welcome").unwrap().as_ref(), b"own");
        assert_eq!(heard("fr/welcome"), embedded::sound("fr/welcome"));
        assert!(heard("../nl/welcome").is_none());
        let (library, mistakes) = library(Some(own.path()));
        assert!(library.has("welcome", Lang::NL));
        assert_eq!(mistakes.len(), 1);
        assert!(
            mistakes[0]
                .message
                .contains("nl/welcome.wav cannot be used"),
            "{}",
            mistakes[0].message
        );
    }
}
