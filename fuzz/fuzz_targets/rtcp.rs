//! libFuzzer entry for `targets/plane.rs`: `rtcp`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/plane.rs"]
mod plane_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| plane_targets::rtcp(data));
