//! libFuzzer entry for `targets/media.rs`: `sdp_answer`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/media.rs"]
mod media_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_targets::sdp_answer(data));
