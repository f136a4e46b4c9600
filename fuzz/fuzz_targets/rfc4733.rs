//! libFuzzer entry for `targets/media.rs`: `rfc4733`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/media.rs"]
mod media_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_targets::rfc4733(data));
