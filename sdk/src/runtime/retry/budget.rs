//! How many repetitions the calls of one client have in common: an outage is not made worse by everybody
//! trying again.

use std::sync::Mutex;
use std::sync::PoisonError;

/// Repetitions that may be made before any call has succeeded.
const RESERVE: u32 = 10;
/// Calls that must succeed to earn a repetition.
const SUCCESSES: u32 = 10;

/// Counted in tenths of a repetition.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<u32>);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(Mutex::new(RESERVE * SUCCESSES))
    }
}

impl RetryBudget {
    /// Takes one repetition out of the budget, if there is one.
    pub(crate) fn withdraw(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(SUCCESSES) {
            Some(less) => {
                *left = less;
                true
            }
            None => false,
        }
    }

    /// Notes that a call succeeded.
    pub(crate) fn deposit(&self) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + 1).min(RESERVE * SUCCESSES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn withdrawals(budget: &RetryBudget) -> u32 {
        let mut count = 0;
        while budget.withdraw() {
            count += 1;
        }
        count
    }

    #[test]
    fn what_is_spent_must_be_earned_again() {
        let budget = RetryBudget::default();
        assert_eq!(withdrawals(&budget), RESERVE);
        for _ in 0..SUCCESSES - 1 {
            budget.deposit();
        }
        assert_eq!(withdrawals(&budget), 0);
        budget.deposit();
        assert_eq!(withdrawals(&budget), 1);
    }

    #[test]
    fn successes_do_not_pile_up() {
        let budget = RetryBudget::default();
        for _ in 0..1_000 {
            budget.deposit();
        }
        assert_eq!(withdrawals(&budget), RESERVE);
    }
}
