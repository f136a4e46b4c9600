//! The invariant after every run: nothing is left, everything ended once, and every stream kept its promises.

use std::collections::BTreeMap;
use std::time::Duration;

use call::CoreView;
use call::io::Level;
use call::journal::{Fact, JourneyId, LegRef};

use crate::phone::State;
use crate::world::World;

/// Longer than 64*T1 after the last message, with the repetitions of a bad network before it.
const QUIET: Duration = Duration::from_secs(110);

impl World {
    /// Waits until all timers have run, then looks everywhere.
    pub fn nothing_left(&mut self) {
        let until = self.past + QUIET;
        while self.step(until) {}
        for phone in &self.phones {
            assert_eq!(
                phone.unfinished(),
                None,
                "a party is not done\n{}",
                self.ladder.draw()
            );
            for call in &phone.calls {
                assert!(
                    self.forgiving || call.audio.faults.is_empty(),
                    "{}: {:?}",
                    phone.label,
                    call.audio.faults
                );
            }
        }
        self.core_is_empty();
        self.desk_knows_all();
        self.journal_is_whole();
        self.log_is_calm();
    }

    fn core_is_empty(&self) {
        let view = self.core.view();
        let expected = CoreView {
            deadlines: usize::from(view.bindings > 0) + view.flows,
            bindings: view.bindings,
            flows: self
                .phones
                .iter()
                .filter(|phone| phone.flow.is_some())
                .count(),
            unknown_numbers: view.unknown_numbers,
            ..CoreView::default()
        };
        assert_eq!(
            view,
            expected,
            "something is left in the core\n{}",
            self.ladder.draw()
        );
        assert!(
            self.plane.is_empty(),
            "endpoints are left in the media plane: {:?}\n{}",
            self.plane,
            self.ladder.draw()
        );
    }

    fn journal_is_whole(&self) {
        let mut journeys: BTreeMap<JourneyId, (u32, u32)> = BTreeMap::new();
        let mut legs: BTreeMap<(JourneyId, LegRef), (u32, u32)> = BTreeMap::new();
        for entry in &self.facts {
            match &entry.fact {
                Fact::JourneyBegan { journey, .. } => journeys.entry(*journey).or_default().0 += 1,
                Fact::JourneyEnded { journey, .. } => {
                    let row = journeys.entry(*journey).or_default();
                    assert_eq!(row.0, 1, "a journey ends that never began");
                    row.1 += 1;
                }
                Fact::LegBegan { journey, leg, .. } => {
                    legs.entry((*journey, *leg)).or_default().0 += 1
                }
                Fact::LegEnded { journey, leg, .. } => {
                    assert_eq!(
                        journeys.get(journey).map(|row| row.1),
                        Some(0),
                        "a leg ends behind its journey"
                    );
                    legs.entry((*journey, *leg)).or_default().1 += 1;
                }
                _ => {}
            }
        }
        for (journey, counts) in &journeys {
            let died = self.died_with.contains(journey);
            assert_eq!(
                *counts,
                (1, u32::from(!died)),
                "journey {journey:?} began and ended\n{:#?}",
                self.facts
            );
        }
        for ((journey, leg), counts) in &legs {
            let died = self.died_with.contains(journey);
            assert!(
                *counts == (1, 1) || (died && counts.0 == 1),
                "{leg:?} of {journey:?}: {counts:?}\n{:#?}",
                self.facts
            );
        }
    }

    fn log_is_calm(&self) {
        let loud = self.notes.iter().find(|note| {
            note.level >= Level::Error && !self.expected_notes.iter().any(|kind| kind == note.kind)
        });
        assert!(loud.is_none(), "{loud:?}\n{}", self.ladder.draw());
    }

    /// Lines of this kind are expected in the log, even loud ones.
    pub fn expect_note(&mut self, kind: &str) {
        self.expected_notes.push(kind.to_owned());
    }

    /// Whether a line of this kind was logged.
    pub fn was_noted(&self, kind: &str) -> bool {
        self.notes.iter().any(|note| note.kind == kind)
    }

    /// Hangs up whatever is still up, as people do in the end.
    pub fn everybody_hangs_up(&mut self) {
        let now = self.past;
        for phone in &mut self.phones {
            phone.habits.deaf = false;
            for index in 0..phone.calls.len() {
                if phone.calls[index].state != State::Over {
                    phone.hang_up(now, index);
                }
            }
        }
    }
}
