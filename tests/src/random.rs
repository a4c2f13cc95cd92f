//! How many random cases, and from which seed.

use crate::binary::variable;

/// `CHECKPOINT_TEST_CASES`: how many random cases each property tries. Default: 24.
pub fn cases() -> u32 {
    number("CHECKPOINT_TEST_CASES")
        .map_or(DEFAULT, |number| u32::try_from(number).unwrap_or(u32::MAX))
}

const DEFAULT: u32 = 24;

/// Whether more was asked for than in an ordinary run: then tests that try a sample otherwise try all.
pub fn is_long_run() -> bool {
    cases() > DEFAULT
}

/// Notes that a thing was done in the file that `CHECKPOINT_TEST_COUNTS` names, where it does: a line with its name.
pub fn count(thing: &str) {
    let Some(path) = variable("CHECKPOINT_TEST_COUNTS") else {
        return;
    };
    let file = fs_err::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path);
    let line = format!("{thing}\n");
    file.and_then(|mut file| std::io::Write::write_all(&mut file, line.as_bytes()))
        .expect("the file of counts can be written");
}

/// `CHECKPOINT_TEST_SEED`: where the random cases start. Default: another one in each run, printed by a failure.
pub fn seed() -> u64 {
    // RandomState is the one source of randomness that the standard library offers.
    let fresh = || std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), "seed");
    number("CHECKPOINT_TEST_SEED").unwrap_or_else(fresh)
}

fn number(name: &str) -> Option<u64> {
    let value = variable(name)?;
    let number = value.to_str().and_then(|text| text.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{name} is no number")))
}
