//! libFuzzer entry for `targets/call.rs`: `core`.
#![no_main]

#[allow(dead_code)]
#[path = "../../sbc/call/tests/bench/mod.rs"]
mod bench;
#[allow(dead_code)]
#[path = "../targets/call.rs"]
mod call_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| call_targets::core(data));
