//! A quick hash. States are compared as a whole where their hashes are equal, so it need not be a good one.

use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Builds the hasher of a table that is keyed by fingerprints.
pub(super) type Build = BuildHasherDefault<Mixer>;

/// Multiplies and turns.
#[derive(Default)]
pub(super) struct Mixer(u64);

impl Mixer {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        // The high bits are mixed best and tables use the low ones.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.mix(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.mix(value.unsigned_abs() as u64);
    }
}

/// The fingerprint of a state.
pub(super) fn of<State: Hash>(state: &State) -> u64 {
    let mut mixer = Mixer::default();
    state.hash(&mut mixer);
    mixer.finish()
}
