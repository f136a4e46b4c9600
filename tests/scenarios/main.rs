//! One file per situation; the golden ladder of each stands beside it and documents the call flow.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bad_input;
mod bad_network;
mod cancel;
mod cancel_crosses_answer;
mod citizen_through_menu;
mod closed_by_hand;
mod closed_hours;
mod codecs_differ;
mod desk_answers_and_holds;
mod desk_devices;
mod desk_merges;
mod desk_queues;
mod desk_transfers;
mod desk_verbs;
mod desk_watches;
mod early_media;
mod emergency;
mod fault_in_a_call;
mod forwarded;
mod glare;
mod hold_and_resume;
mod keys;
mod language_remembered;
mod live_equals_simulated;
mod loops;
mod lost_ack;
mod lost_bye;
mod menu;
mod nat_phone;
mod nobody_answers;
mod number_range;
mod offerless;
mod outside_number;
mod overload;
mod parallel_ring;
mod phone_calls_phone;
mod phone_registers;
mod phone_takes_over;
mod phone_transfers;
mod phone_transfers_asked_first;
mod picked_up;
mod port_lost;
mod queue;
mod random_calls;
mod refused;
mod reliable_provisional;
mod restart;
mod session_timer;
mod tcp_phone;
mod trunk_unreachable;
mod two_answers_from_a_fork;
