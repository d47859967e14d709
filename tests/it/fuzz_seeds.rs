//! Replays every input that is kept for the fuzzer through the same properties: those written by hand, those it found, and
//! those that once broke something. So what fuzzing found stays found on every machine, without a fuzzer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use crate::fuzz;

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz");

#[test]
fn every_kept_input_keeps_its_promises() {
    let mut broken = Vec::new();
    for (target, _) in fuzz::TARGETS {
        let kept = fuzz::kept(Path::new(TOP), target);
        assert!(kept.len() >= 3, "{target} has no inputs to begin with");
        for (file, bytes) in kept {
            if catch_unwind(AssertUnwindSafe(|| fuzz::check(target, &bytes))).is_err() {
                broken.push(file);
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_target_is_built_and_explained() {
    let read = |file: &str| std::fs::read_to_string(Path::new(TOP).join(file)).unwrap();
    let (manifest, readme) = (read("Cargo.toml"), read("README.md"));
    for (target, _) in fuzz::TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"\npath = \"targets/{target}.rs\"")), "{target}");
        assert!(read(&format!("targets/{target}.rs")).contains(&format!("check(\"{target}\"")), "{target}");
        assert!(readme.contains(&format!("| `{target}` |")), "{target} is not in the README");
    }
    let built = manifest.matches("[[bin]]").count();
    assert_eq!(built, fuzz::TARGETS.len(), "a target without a property");
}
