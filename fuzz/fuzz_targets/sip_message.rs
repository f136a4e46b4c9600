//! libFuzzer entry for `targets/sip.rs`: `sip_message`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/sip.rs"]
mod sip_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_targets::sip_message(data));
