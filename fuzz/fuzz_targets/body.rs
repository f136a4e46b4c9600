//! libFuzzer entry for `targets/sip.rs`: `body`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/sip.rs"]
mod sip_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_targets::body(data));
