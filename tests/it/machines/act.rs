//! What a machine may do next, by the dice.

use std::time::Duration;

/// Numbers that look random, and are the same for the same seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `n`.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// Something that one machine does.
#[derive(Debug)]
pub(super) struct Act {
    /// Which machine.
    pub(super) machine: usize,
    /// What is typed after `git`.
    pub(super) words: Vec<String>,
    /// Whether the working tree is changed before.
    pub(super) edits: bool,
    /// When its process is killed.
    pub(super) dies: Option<Duration>,
}

impl Act {
    pub(super) fn roll(dice: &mut Dice, n_machines: usize, tag: &str) -> Self {
        let machine = dice.below(n_machines as u64) as usize;
        let n = dice.below(100);
        let back = dice.below(3);
        // Some names are wanted by several.
        let name = match dice.below(3) {
            0 => format!("shared-{}", dice.below(4)),
            _ => format!("own-{tag}"),
        };
        let line = match n {
            0..18 => "checkpoint create".to_owned(),
            18..34 => format!("checkpoint create {name}"),
            34..40 => format!("checkpoint name latest~{back} {name}"),
            40..46 => format!("checkpoint delete latest~{back}"),
            46..52 => format!("safe-restore latest~{back} --force"),
            52..54 => "safe-restore --abort".to_owned(),
            54..76 => "checkpoint push origin".to_owned(),
            76..80 => format!("checkpoint push origin latest~{back}"),
            80..84 => format!("checkpoint push origin latest~{back} --with-state"),
            84..97 => "checkpoint fetch origin".to_owned(),
            _ => "checkpoint fetch origin --all-states".to_owned(),
        };
        let dies = (dice.below(4) == 0).then(|| Duration::from_millis(dice.below(120)));
        Self {
            machine,
            words: line.split(' ').map(str::to_owned).collect(),
            edits: dice.below(2) == 0,
            dies,
        }
    }
}
