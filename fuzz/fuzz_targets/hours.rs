//! libFuzzer entry for `targets/ivr.rs`: `hours`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/ivr.rs"]
mod ivr_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| ivr_targets::hours(data));
