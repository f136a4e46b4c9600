//! libFuzzer entry for `targets/plane.rs`: `browser_packet`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/plane.rs"]
mod plane_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| plane_targets::browser_packet(data));
