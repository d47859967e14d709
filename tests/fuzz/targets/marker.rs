//! Feeds the properties of `marker` with whatever the fuzzer makes. Knows no property itself.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| floorwalk_fuzz::check("marker", bytes));
