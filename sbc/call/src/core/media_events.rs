//! What the media plane noticed, handed to the leg it is about.

use std::time::Duration;

use media::MediaEvent;
use media::plane::Report;

use super::Core;
use crate::effect::LegEvent;
use crate::journal::Quality;

impl Core {
    pub(super) fn media_event(&mut self, event: MediaEvent) {
        let endpoint = event.endpoint();
        let Some(id) = self.stack.endpoints.get(&endpoint).copied() else {
            return;
        };
        self.with_leg(id, |leg, stack| match event {
            MediaEvent::Digit { digit, by, .. } => leg.pressed(stack, digit, by),
            MediaEvent::Played { generation, .. } => {
                if leg.is_current(generation) {
                    stack.tell(id, LegEvent::Played);
                }
            }
            MediaEvent::Missing { sound, .. } => {
                stack.error(
                    "prompt",
                    None,
                    format!("the sound {sound} cannot be had: it was skipped"),
                );
            }
            MediaEvent::Heard { .. } => leg.heard(stack),
            MediaEvent::Attached { .. } => leg.page_attached(stack),
            MediaEvent::Lost { .. } => leg.page_missed(stack),
            MediaEvent::Back { .. } => leg.page_back(stack),
            MediaEvent::Silent { .. } => leg.silent(stack),
            MediaEvent::Closed { report, .. } => leg.media_closed(stack, Some(quality(&report))),
            MediaEvent::Failed { .. } => leg.media_failed(stack),
        });
    }
}

fn quality(report: &Report) -> Quality {
    let millis = |ms: f32| {
        Duration::try_from_secs_f32(ms.clamp(0.0, 60_000.0) / 1_000.0).unwrap_or_default()
    };
    Quality {
        received: report.packets_received,
        sent: report.packets_sent,
        lost: report.lost,
        jitter: millis(report.jitter_ms),
        round_trip: report.round_trip_ms.map(millis),
        mos: report.mos,
    }
}
