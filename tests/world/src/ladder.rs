//! The text ladder: who said what to whom and when, and who heard whom. It is the scenario's documentation, and compared
//! with a golden file.

use std::time::Duration;

/// Width of one lane.
const LANE: usize = 34;
/// The lane of the exchange.
pub(crate) const CENTRALE: &str = "centrale";

/// All lines so far.
#[derive(Default)]
pub(crate) struct Ladder {
    lanes: Vec<String>,
    lines: Vec<Line>,
}

enum Line {
    Arrow {
        at: Duration,
        party: String,
        outwards: bool,
        text: String,
        lost: bool,
    },
    Note {
        at: Duration,
        text: String,
    },
}

impl Ladder {
    /// A message between a party and the exchange.
    pub(crate) fn arrow(
        &mut self,
        at: Duration,
        party: &str,
        outwards: bool,
        text: String,
        lost: bool,
    ) {
        self.lane(party);
        self.lines.push(Line::Arrow {
            at,
            party: party.to_owned(),
            outwards,
            text,
            lost,
        });
    }

    /// Something that is worth a line.
    pub(crate) fn note(&mut self, at: Duration, text: String) {
        self.lines.push(Line::Note { at, text });
    }

    fn lane(&mut self, party: &str) {
        if !self.lanes.iter().any(|lane| lane == party) {
            self.lanes.push(party.to_owned());
            // The exchange stands behind the first party, so that its first call goes from left to right.
            if self.lanes.len() == 1 {
                self.lanes.push(CENTRALE.to_owned());
            }
        }
    }

    /// The drawing.
    pub(crate) fn draw(&self) -> String {
        let mut text = String::from("   seconds  ");
        for lane in &self.lanes {
            text.push_str(&format!("{lane:<LANE$}"));
        }
        let mut drawing = text.trim_end().to_owned();
        drawing.push('\n');
        for line in &self.lines {
            drawing.push_str(self.draw_line(line).trim_end());
            drawing.push('\n');
        }
        drawing
    }

    fn position(&self, lane: &str) -> usize {
        self.lanes
            .iter()
            .position(|name| name == lane)
            .expect("a known lane")
    }

    fn draw_line(&self, line: &Line) -> String {
        match line {
            Line::Note { at, text } => format!("{:>10.3}  -- {text}", at.as_secs_f64()),
            Line::Arrow {
                at,
                party,
                outwards,
                text,
                lost,
            } => {
                let (party, centre) = (self.position(party), self.position(CENTRALE));
                let (left, right) = (party.min(centre), party.max(centre));
                let mut row: Vec<char> = vec![' '; LANE * self.lanes.len() + 1];
                for lane in 0..self.lanes.len() {
                    row[lane * LANE] = '|';
                }
                let (from, to) = (left * LANE + 1, right * LANE);
                row[from..to].fill('-');
                let to_the_right = (party < centre) == *outwards;
                let head = if *lost {
                    'x'
                } else if to_the_right {
                    '>'
                } else {
                    '<'
                };
                row[if to_the_right { to - 1 } else { from }] = head;
                let room = to - from - 4;
                let label: String = format!(" {text} ").chars().take(room).collect();
                // The label stands next to the party's end of the arrow.
                let start = if party < centre {
                    from + 2
                } else {
                    to - 2 - label.chars().count()
                };
                for (n, letter) in label.chars().enumerate() {
                    row[start + n] = letter;
                }
                format!(
                    "{:>10.3}  {}",
                    at.as_secs_f64(),
                    row.into_iter().collect::<String>()
                )
            }
        }
    }
}
