//! Facts of one batch, brought together by what they are about: a call that begins, talks and ends in one batch is one row of each
//! table and not twenty statements. Whatever the order of the rows, the tables come out as if each fact had been folded alone.
use crate::fact::Fact;
use crate::journal::Position;
use crate::types::{Arguments, Binding, DialogRecord, Direction, MediaReport, Moment};
use std::collections::BTreeMap;

/// What is known of a journey.
#[derive(Debug, Default)]
pub(super) struct JourneyRow<'a> {
    /// Where it was first seen: the row's place when its beginning is not known.
    pub(super) epoch: u64,
    pub(super) seen: Moment,
    pub(super) began: Option<JourneyBegan<'a>>,
    pub(super) ended: Option<(Moment, &'a str)>,
}

#[derive(Debug)]
pub(super) struct JourneyBegan<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) trunk: Option<&'a str>,
    pub(super) session_id: Option<&'a str>,
}

/// What is known of a leg.
#[derive(Debug, Default)]
pub(super) struct LegRow<'a> {
    pub(super) journey: &'a str,
    pub(super) seen: Moment,
    pub(super) began: Option<(Direction, &'a str, &'a str)>,
    pub(super) answered: Option<Moment>,
    pub(super) dialog: Option<&'a DialogRecord>,
    pub(super) ended: Option<(Moment, &'a str)>,
    pub(super) report: Option<&'a MediaReport>,
}

#[derive(Debug)]
pub(super) struct DecisionRow<'a> {
    pub(super) position: Position,
    pub(super) journey: &'a str,
    pub(super) at: Moment,
    pub(super) node: &'a str,
    pub(super) code: &'a str,
    pub(super) arguments: &'a Arguments,
}

#[derive(Debug)]
pub(super) struct SpokenRow<'a> {
    pub(super) position: Position,
    pub(super) journey: &'a str,
    pub(super) at: Moment,
    pub(super) caller: &'a str,
    pub(super) who: &'a str,
    pub(super) service: Option<&'a str>,
}

/// Rows that wait to be written together.
#[derive(Debug, Default)]
pub(super) struct Gathered<'a> {
    pub(super) journeys: BTreeMap<&'a str, JourneyRow<'a>>,
    pub(super) legs: BTreeMap<&'a str, LegRow<'a>>,
    pub(super) decisions: Vec<DecisionRow<'a>>,
    pub(super) spoken: Vec<SpokenRow<'a>>,
    /// By address of record and contact; none: it is gone.
    pub(super) bindings: BTreeMap<(&'a str, &'a str), Option<(Moment, &'a Binding)>>,
    /// The newest word of each device.
    pub(super) phones: BTreeMap<(&'a str, &'a str), (Moment, &'a Binding)>,
}

impl<'a> Gathered<'a> {
    /// Takes a fact; `false` when it is of a kind that is folded alone.
    pub(super) fn take(&mut self, position: Position, fact: &'a Fact) -> bool {
        match fact {
            Fact::BindingSet { at, binding } => self.binding_set(*at, binding),
            Fact::BindingGone { aor, contact, .. } => {
                self.bindings.insert((aor, contact), None);
            }
            Fact::JourneyBegan { .. } | Fact::JourneyEnded { .. } => self.journey(position, fact),
            Fact::Decision {
                at,
                journey,
                node,
                code,
                arguments,
            } => {
                self.seen(position, *at, &journey.0);
                self.decisions.push(DecisionRow {
                    position,
                    journey: &journey.0,
                    at: *at,
                    node,
                    code,
                    arguments,
                });
            }
            Fact::Spoke {
                at,
                journey,
                caller,
                who,
                service,
            } => {
                self.seen(position, *at, &journey.0);
                self.spoken.push(SpokenRow {
                    position,
                    journey: &journey.0,
                    at: *at,
                    caller,
                    who,
                    service: service.as_deref(),
                });
            }
            Fact::LegBegan { .. }
            | Fact::LegAnswered { .. }
            | Fact::LegDialog { .. }
            | Fact::LegEnded { .. } => self.leg(position, fact),
            Fact::CalledForHelp { .. }
            | Fact::LegMoved { .. }
            | Fact::LanguageKept { .. }
            | Fact::Command { .. }
            | Fact::Gap { .. } => return false,
        }
        true
    }

    /// A binding and the device behind it.
    pub(super) fn binding_set(&mut self, at: Moment, binding: &'a Binding) {
        let place = (binding.aor.as_str(), binding.contact.as_str());
        self.bindings.insert(place, Some((at, binding)));
        let device = binding.instance.as_ref().unwrap_or(&binding.contact);
        let word = self.phones.entry((&binding.aor, device));
        let word = word.or_insert((at, binding));
        if word.0 <= at {
            *word = (at, binding);
        }
    }

    /// The row of a journey, made when its beginning is not known here.
    fn seen(&mut self, position: Position, at: Moment, journey: &'a str) -> &mut JourneyRow<'a> {
        self.journeys.entry(journey).or_insert_with(|| JourneyRow {
            epoch: position.epoch,
            seen: at,
            ..JourneyRow::default()
        })
    }

    fn journey(&mut self, position: Position, fact: &'a Fact) {
        match fact {
            Fact::JourneyBegan {
                at,
                journey,
                from,
                to,
                trunk,
                session_id,
            } => {
                let row = self.seen(position, *at, &journey.0);
                (row.epoch, row.seen) = (position.epoch, *at);
                row.began = Some(JourneyBegan {
                    from,
                    to,
                    trunk: trunk.as_deref(),
                    session_id: session_id.as_deref(),
                });
            }
            Fact::JourneyEnded { at, journey, cause } => {
                let row = self.seen(position, *at, &journey.0);
                row.ended.get_or_insert((*at, cause));
            }
            _ => {}
        }
    }

    fn leg(&mut self, position: Position, fact: &'a Fact) {
        let (at, journey, leg) = match fact {
            Fact::LegBegan {
                at, journey, leg, ..
            }
            | Fact::LegAnswered {
                at, journey, leg, ..
            }
            | Fact::LegDialog {
                at, journey, leg, ..
            }
            | Fact::LegEnded {
                at, journey, leg, ..
            } => (*at, journey.0.as_str(), leg.0.as_str()),
            _ => return,
        };
        self.seen(position, at, journey);
        let row = self.legs.entry(leg).or_insert_with(|| LegRow {
            journey,
            seen: at,
            ..LegRow::default()
        });
        match fact {
            Fact::LegBegan {
                direction,
                party,
                address,
                ..
            } => {
                row.seen = at;
                row.began = Some((*direction, party, address));
            }
            Fact::LegAnswered { dialog, .. } => {
                row.answered.get_or_insert(at);
                row.dialog = Some(dialog)
                    .filter(|_| row.ended.is_none())
                    .map(Box::as_ref);
            }
            Fact::LegDialog { dialog, .. } if row.ended.is_none() => row.dialog = Some(dialog),
            Fact::LegEnded { cause, report, .. } => {
                row.ended.get_or_insert((at, cause));
                row.report = row.report.or(report.as_ref());
                row.dialog = None;
            }
            _ => {}
        }
    }
}
