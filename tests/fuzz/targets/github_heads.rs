//! Feeds the properties of `github_heads` with whatever the fuzzer makes. Knows no property itself.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| floorwalk_fuzz::check("github_heads", bytes));
