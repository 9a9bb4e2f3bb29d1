//! Masks the texts of the server: the sdk does it, with the secrets of the call and of the answer.

use par_ordering::conformance::mask;

/// Knows the secrets of a call.
#[derive(Clone, Default)]
pub struct Masking(Vec<String>);

impl Masking {
    /// Of the secrets that requests carry.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self::default().and_of_answer(secrets)
    }

    /// Knows the secrets of an answer as well.
    #[must_use]
    pub fn and_of_answer<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut masking = self.clone();
        masking.0.extend(secrets.into_iter().map(str::to_owned));
        masking
    }

    /// Masks a text that the server chose.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        mask(text, self.0.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::Masking;

    #[test]
    fn the_secrets_of_call_and_answer_are_not_shown() {
        let masking = Masking::of(["key-of-the-shop"]).and_of_answer(["a-session-key"]);
        let text = "the KEY of the shop and a_session_key of e4c70c07aa, and a_name";
        let shown = "the [masked] and [masked] of [masked], and a_name";
        assert_eq!(masking.text(text), shown);
    }
}
