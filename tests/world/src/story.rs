//! The story as text: how a message is described in a ladder, and the comparison with the golden file.

use std::path::PathBuf;

use crate::message::Said;
use crate::world::World;

/// One message in a few words: nothing random, nothing long.
pub(crate) fn describe(said: &Said) -> String {
    let mut text = if said.is_request() {
        match said.method.as_str() {
            "INVITE" if said.tag("To").is_none() => format!("INVITE {}", user(&said.uri)),
            method => method.to_owned(),
        }
    } else {
        format!("{} {}", said.status, said.method)
    };
    if said.has_sdp() {
        let direction = ["sendonly", "recvonly", "inactive"]
            .iter()
            .find(|d| said.body.contains(&format!("a={d}")));
        text.push_str(&format!(" ({})", direction.unwrap_or(&"sdp")));
    }
    if let Some(line) = said.body.trim().strip_prefix("SIP/2.0 ") {
        text.push_str(&format!(" ({line})"));
    }
    let changes = matches!(said.method.as_str(), "INVITE" | "UPDATE");
    if let Some(shown) = said.address("P-Asserted-Identity")
        && said.is_request()
        && changes
        && said.tag("To").is_some()
    {
        text.push_str(&format!(" shows {}", user(&shown)));
    }
    if let Some(reason) = said.header("Reason") {
        let quoted = reason.split('"').nth(1).unwrap_or(reason);
        if said.is_request() && quoted != "Normal call clearing" {
            text.push_str(&format!(" {quoted}"));
        }
    }
    text
}

fn user(uri: &str) -> String {
    let rest = uri.strip_prefix("sip:").unwrap_or(uri);
    rest.split(['@', ';']).next().unwrap_or(rest).to_owned()
}

impl World {
    /// A line of one's own in the ladder.
    pub fn note(&mut self, text: &str) {
        self.ladder.note(self.past, text.to_owned());
    }

    /// The ladder so far.
    pub fn drawing(&self) -> String {
        self.ladder.draw()
    }

    /// The story is over: nothing must be left, and the ladder must be the golden one beside the scenario. With
    /// `UPDATE=1` in the environment the golden file is written anew.
    pub fn end(mut self, name: &str) {
        self.nothing_left();
        let drawing = self.ladder.draw();
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../scenarios/{name}.ladder"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &drawing).expect("the golden ladder can be written");
            return;
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        if golden == drawing {
            return;
        }
        let differs = golden
            .lines()
            .zip(drawing.lines())
            .position(|(a, b)| a != b);
        let line = differs.unwrap_or_else(|| golden.lines().count().min(drawing.lines().count()));
        panic!(
            "{name}: the ladder differs from line {} on (UPDATE=1 refreshes it)\n{drawing}",
            line + 1
        );
    }
}
