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

/// A generator with a known beginning, so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }
}

/// A piece of an input, of any length up to its own.
fn piece<'a>(dice: &mut Dice, of: &'a [u8]) -> &'a [u8] {
    let (a, b) = (dice.roll(of.len() + 1), dice.roll(of.len() + 1));
    &of[a.min(b)..a.max(b)]
}

/// An input with one to eight changes: bytes of its own kind and of others, pieces taken out, doubled, or put in from another.
fn changed(dice: &mut Dice, kept: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut input = kept[dice.roll(kept.len())].1.clone();
    for _ in 0..=dice.roll(8) {
        let at = dice.roll(input.len() + 1);
        let until = (at + dice.roll(16)).min(input.len());
        match dice.roll(6) {
            0 => drop(input.drain(at..until)),
            1 => input[at..until].iter_mut().for_each(|byte| *byte ^= 1 << dice.roll(8)),
            2 => {
                let other = kept[dice.roll(kept.len())].1.clone();
                drop(input.splice(at..at, piece(dice, &other).iter().copied()));
            }
            3 => {
                let again = piece(dice, &input).to_vec();
                drop(input.splice(at..until, again));
            }
            4 => {
                let odd = [
                    "\0",
                    "\u{202e}",
                    "\u{200d}",
                    "👨‍👩‍👧‍👦",
                    "\u{301}",
                    "-->",
                    "\"",
                    "\\u0000",
                    "}",
                    "[",
                    "\r\n",
                    "9999999999",
                    "日",
                ];
                drop(input.splice(at..at, odd[dice.roll(odd.len())].bytes()));
            }
            _ => input.insert(at, u8::try_from(dice.roll(256)).unwrap()),
        }
    }
    input.truncate(4096);
    input
}

/// Where no fuzzer is at hand: kept inputs, changed by chance, as many as are asked for.
/// `FUZZ=markdown FUZZ_INPUTS=100000 cargo test --test it fuzz_seeds::changed_inputs -- --ignored --nocapture`
#[test]
#[ignore = "as long as it is asked to run"]
fn changed_inputs_hold() {
    let target = std::env::var("FUZZ").unwrap();
    let count: u64 = std::env::var("FUZZ_INPUTS").map_or(10_000, |count| count.parse().unwrap());
    let seed: u64 = std::env::var("FUZZ_SEED").map_or(1, |seed| seed.parse().unwrap());
    let kept = fuzz::kept(Path::new(TOP), &target);
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for n in 0..count {
        let input = changed(&mut dice, &kept);
        if catch_unwind(|| fuzz::check(&target, &input)).is_err() {
            let file = std::env::temp_dir().join(format!("{target}-{seed}-{n}"));
            std::fs::write(&file, &input).unwrap();
            panic!("input {n} of seed {seed} breaks {target}; it is kept as {}", file.display());
        }
    }
    println!("{target}: {count} inputs of seed {seed} hold");
}
