//! libFuzzer entry for `targets/directory.rs`: `journal`.
#![no_main]

#[allow(dead_code)]
#[path = "../targets/directory.rs"]
mod directory_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| directory_targets::journal(data));
