//! Whether letters are a word, as far as that can be told without knowing the language.

/// Whether upper and lower case are mixed as in a word, an abbreviation or a name of several words, and not at random.
pub(super) fn has_regular_case(letters: &[char]) -> bool {
    let is_lower = |letter: &char| letter.is_lowercase();
    let is_upper = |letter: &char| letter.is_uppercase();
    let rest = letters.get(1..).unwrap_or_default();
    if !rest.iter().any(is_upper) || !letters.iter().any(is_lower) {
        return true;
    }
    // A name such as `requestId`: each of its words has a case of its own, and letters that go together.
    let mut words = letters.chunk_by(|_, next| !next.is_uppercase());
    words.all(is_pronounceable) && rare_pairs(letters) * 16 <= letters.len()
}

/// Which of its letters are in upper case.
#[derive(PartialEq, Eq)]
pub(super) enum Case {
    None,
    First,
    All,
}

/// The case of a word that has a regular one.
pub(super) fn case(word: &[char]) -> Case {
    match word {
        [first, ..] if !first.is_uppercase() => Case::None,
        [_, second, ..] if second.is_uppercase() => Case::All,
        _ => Case::First,
    }
}

/// Whether a part of a name can be a word: it has a vowel, and not too many other letters in a row.
fn is_pronounceable(word: &[char]) -> bool {
    let mut consonants =
        word.split(|letter| "aeiouyAEIOUY".contains(*letter) || !letter.is_ascii());
    let longest = consonants.by_ref().map(<[char]>::len).max();
    word == ['I', 'd']
        || word.len() >= 3 && longest.is_some_and(|longest| longest < word.len().min(5))
}

/// Whether neighbours are met that hardly ever follow one another in a word.
pub(super) fn is_gibberish(letters: &[char]) -> bool {
    rare_pairs(letters) * 6 > letters.len()
}

/// How many pairs of neighbours are not of those in `FOLLOWERS`. Where the case tells that a word begins, none are.
fn rare_pairs(letters: &[char]) -> usize {
    let pairs = letters.windows(2).filter(|pair| match pair {
        [first, second] if first.is_lowercase() && second.is_uppercase() => false,
        [first, second] => match follower(*first, *second) {
            Some(is_usual) => !is_usual,
            None => false,
        },
        _ => false,
    });
    pairs.count()
}

/// Whether the second letter is usual after the first; `None` if one of them is none of `a` to `z`.
fn follower(first: char, second: char) -> Option<bool> {
    let index = u32::from(first.to_ascii_lowercase()).checked_sub(u32::from('a'))?;
    let followers = FOLLOWERS.get(usize::try_from(index).ok()?)?;
    let second = second.to_ascii_lowercase();
    second
        .is_ascii_lowercase()
        .then(|| followers.contains(second))
}

/// The letters that usually follow `a`, `b`, … within the words of seventeen European languages, counted in the
/// translations of free software. Chosen at random, two neighbours in five are none of these.
const FOLLOWERS: [&str; 26] = [
    "abcdefghijklmnpqrstuvwyz",
    "abegijlnorsuy",
    "acehijklorstuyz",
    "adeiklnoprstuyz",
    "abcdefghijklmnopqrstuvwxyz",
    "aefgilorstuy",
    "aeghijklnorstuy",
    "adeijklmnorstuy",
    "abcdefghijklmnopqrstuvwxyz",
    "adeiklnotu",
    "aegiklnorstuvy",
    "abcdefghijklmnostuvy",
    "abegijlmnopstu",
    "abcdefghijklmnopqrstuvwyz",
    "abcdefghijklmnopqrstuvwyz",
    "acdefghilnoprstu",
    "u",
    "abcdefghijklmnopqrstuvwyz",
    "acdefghiklmnopqrstuvwyz",
    "acdefhijklmnoprstuvwyz",
    "abcdefgijklmnoprstuvwxyz",
    "aeijlnorstuy",
    "aehinorsy",
    "aceipt",
    "abcefghijklmnoprstvwy",
    "adeiklmnoptuvwyz",
];
