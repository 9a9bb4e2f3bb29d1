//! Randomness that can be repeated: the same seed and the same number give the same draws, on every machine and with
//! every version of the libraries.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// What a draw is for: one purpose does not change the draws of another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Misbehaviour,
    Minting,
}

/// Draws of one request.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The draws of the request of that number.
    pub fn of(seed: u64, number: u64, purpose: Purpose) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(number.wrapping_mul(2).wrapping_add(purpose as u64));
        Self(generator)
    }

    /// A number below `end`, each as likely as the others.
    pub fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// Whether something of that probability happens.
    pub fn happens(&mut self, likelihood: f64) -> bool {
        #[expect(
            clippy::cast_precision_loss,
            reason = "53 bits are what a float holds exactly"
        )]
        let part = (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        part < likelihood
    }

    /// One of several, if there are any.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let place = self.below(choices.len() as u64);
        choices.get(usize::try_from(place).ok()?)
    }

    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// A seed that nobody can predict.
#[must_use]
pub fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    // The standard library has no random numbers, but it seeds its maps with some. 32 bits are easy to type.
    let number = std::hash::RandomState::new().build_hasher().finish();
    number >> 32
}

#[cfg(test)]
mod tests {
    use super::{Chance, Purpose};

    /// If another version drew differently, every noted seed would be useless.
    #[test]
    fn the_draws_of_a_seed_stay_the_same() {
        let draws = |seed, number, purpose| {
            let mut chance = Chance::of(seed, number, purpose);
            [chance.below(1000), chance.below(1000), chance.below(1000)]
        };
        let seen = [
            draws(7, 0, Purpose::Misbehaviour),
            draws(7, 0, Purpose::Minting),
            draws(7, 1, Purpose::Misbehaviour),
            draws(8, 0, Purpose::Misbehaviour),
        ];
        let noted = [
            [157, 167, 704],
            [992, 9, 721],
            [300, 377, 249],
            [72, 738, 834],
        ];
        assert_eq!(seen, noted);
    }
}
