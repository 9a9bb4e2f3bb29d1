use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use super::*;

/// Twenty and more messages in each of five languages, and some in others, a line each.
const ORDINARY: &str = include_str!("ordinary.txt");

const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MjE3IiwibmFtZSI6Ikl2YW4ifQ.\
                   dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(18),
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

#[test]
fn ordinary_messages_stay_as_they_are() {
    let messages: Vec<&str> = ORDINARY.lines().collect();
    assert!(messages.len() >= 100);
    let touched: Vec<String> = messages
        .into_iter()
        .filter(|message| mask(message, &[]) != **message)
        .map(|message| format!("{message}\n{}", mask(message, &[])))
        .collect();
    assert!(touched.is_empty(), "{touched:#?}");
}

#[test]
fn what_looks_like_a_secret_is_masked_and_the_words_around_it_stay() {
    let cases = [
        // Keys and tokens.
        ("key e4c70c07aa is wrong", "key [masked] is wrong"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "[masked]"),
        (
            "no id 8e5b0340-42bd-4eb8-b06a-836f28fb1f73.",
            "no id [masked].",
        ),
        (JWT, "[masked]"),
        ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "[masked]"),
        // At the limits of what is long.
        ("a1b2c", "a1b2c"),
        ("a1b2c3", "[masked]"),
        ("SHA256", "SHA256"),
        ("ISO8601", "ISO8601"),
        ("MD5RIPEMD", "[masked]"),
        ("abcdef12", "[masked]"),
        ("aBcDeFg", "aBcDeFg"),
        ("aBcDeFgH", "[masked]"),
        ("utf-8x-abc", "[masked]"),
        ("utf-8x-ab", "utf-8x-ab"),
        ("the-token-0", "the-token-0"),
        ("f-the-token-0", "[masked]"),
        ("first_name.0", "[masked]"),
        // Names of several words.
        ("PaymentProcessorToken", "PaymentProcessorToken"),
        ("customerAccountId", "customerAccountId"),
        ("CUSTOMER_ACCOUNT_ID", "CUSTOMER_ACCOUNT_ID"),
        ("dsZhhfGk", "[masked]"),
        ("AbcdefOpXyzabc", "[masked]"),
        ("PaymentSchttzToken", "[masked]"),
        ("PaymentStrengthToken", "PaymentStrengthToken"),
        ("IdPaymentToken", "IdPaymentToken"),
        ("PaymentTxqToken", "[masked]"),
        ("X-Request-Id, If-None-Match", "X-Request-Id, If-None-Match"),
        ("aa-Bb-C-DDDe", "[masked]"),
        ("aa-bb-c-dddde", "aa-bb-c-dddde"),
        ("aa-Bb-C-D", "aa-Bb-C-D"),
        ("PAR-Pay-Token", "PAR-Pay-Token"),
        ("PayPalCustomer", "PayPalCustomer"),
        ("PayQueryToken", "PayQueryToken"),
        ("PayBrtToken", "[masked]"),
        ("MeinAngstschweissToken", "[masked]"),
        ("PaymentTokenAvba", "PaymentTokenAvba"),
        ("PayingTokenAvba", "[masked]"),
        ("abc-De-FGH", "[masked]"),
        ("abc-Def-GHI", "abc-Def-GHI"),
        ("aa-bb-C-DDD", "[masked]"),
        ("aa-Bb-cc-Dd", "[masked]"),
        ("Aa-BB-Cc-DD", "[masked]"),
        // Letters that don't go together.
        ("avbatokenvba", "avbatokenvba"),
        ("qxjkzvbwpfgh", "[masked]"),
        ("qxjkzvbwpfg", "qxjkzvbwpfg"),
        ("qxj-kzv-bwp-fgh", "[masked]"),
        ("Rechtsschutzversicherung", "Rechtsschutzversicherung"),
        // Numbers.
        ("12345", "12345"),
        ("123456", "[masked]"),
        ("4111 1111 1111 1111", "[masked]"),
        ("41-11-11", "[masked]"),
        ("12 345", "12 345"),
        ("12 3456", "[masked]"),
        ("10, 20, 30, 50, 100", "10, 20, 30, 50, 100"),
        ("[107, 101, 121, 115]", "[[masked]]"),
        ("[107, 101, 121, 15]", "[107, 101, 121, 15]"),
        ("100 - 5000", "100 - 5000"),
        ("12,500.00 EUR", "12,500.00 EUR"),
        ("12,500.000 EUR", "[masked] EUR"),
        ("2026-11-27T10:30:00Z", "2026-11-27T10:30:00Z"),
        ("2026-11-27T10:30:00.123456", "[masked]"),
        ("x2026-11-27", "[masked]"),
        ("12345 or 12345 or 12345", "12345 or 12345 or 12345"),
        // Addresses.
        (
            "see https://a.example/(b)?c=d for more",
            "see [masked] for more",
        ),
        ("\"https://a.example/b\"", "\"[masked]\""),
        ("<a href=https://a.example>", "<a href=[masked]>"),
        (r"https:\/\/a.example\/b", "[masked]"),
        (
            "\u{ff48}\u{ff54}\u{ff54}\u{ff50}\u{ff1a}\u{ff0f}\u{ff0f}a.example",
            "[masked]",
        ),
        ("www.a.example, or ww.a.example", "[masked] or ww.a.example"),
        ("ask ivan@shop.example now", "ask [masked] now"),
        ("@ivan: yes", "@ivan: yes"),
        ("www alone", "www alone"),
        // Spread over several pieces.
        ("aB3d eF6g H1jk", "[masked]"),
        ("key aB3d-eF6g.H1jk.", "key [masked]."),
        ("k e y o f", "k e y o f"),
        ("k e y o f k", "[masked]"),
        ("1 to 2 or 3 to", "[masked]"),
        ("1, 2, 3, 4, 5, 6", "1, 2, 3, 4, 5, 6"),
        ("IPv4 or IPv6", "IPv4 or IPv6"),
        ("use v2 or v3 of the API", "use v2 or v3 of the API"),
        ("XIUZ; LNEX; 7OLQ", "[masked]"),
        ("ABCD 7OLQ", "ABCD 7OLQ"),
        ("ABCDEF 7OLQ", "[masked]"),
        ("ab3d oder ef6g", "[masked]"),
        ("ab3d und ef6g", "ab3d und ef6g"),
        ("ab3d oder qxjk", "[masked]"),
        ("ab3d und qxjk", "ab3d und qxjk"),
        ("ab3d aber nicht ef6g", "[masked]"),
        ("ab3d aber nicht jetzt ef6g", "ab3d aber nicht jetzt ef6g"),
        ("a\u{4e2d}B\u{4e2d}3\u{4e2d}d\u{4e2d}e\u{4e2d}F", "[masked]"),
        (
            "v2\u{7248}\u{672c}\u{7684}v3\u{7248}\u{672c}\u{7684}v4\u{7248}\u{672c}\u{7684}v5",
            "v2\u{7248}\u{672c}\u{7684}v3\u{7248}\u{672c}\u{7684}v4\u{7248}\u{672c}\u{7684}v5",
        ),
        ("aB-3d eF-6g H", "[masked]"),
        ("Fehler v2b3c", "Fehler v2b3c"),
        ("ab3d 10:30 ef6g", "ab3d 10:30 ef6g"),
        (
            "ab3dx\u{4e2d}\u{6587}\u{5b57}ef6gx",
            "ab3dx\u{4e2d}\u{6587}\u{5b57}ef6gx",
        ),
        ("ab3dx\u{4e2d}\u{6587}ef6gx", "[masked]"),
        // Signs that are seen as others, or not at all.
        (
            "\u{ff45}\u{ff14}\u{ff43}\u{ff17}\u{ff10}\u{ff43}\u{ff10}\u{ff17}",
            "[masked]",
        ),
        ("e4\u{200b}c70\u{ad}c07", "[masked]"),
        (
            "e\u{336}4\u{336}c\u{336}7\u{336}0\u{336}c\u{336}",
            "[masked]\u{336}",
        ),
        ("k\u{435}yofk\u{435}ys", "[masked]"),
        (
            "\u{1d424}\u{1d41e}\u{1d432}\u{1d428}\u{1d41f}\u{1d424}\u{1d41e}\u{1d432}",
            "[masked]",
        ),
        (
            "\u{24ba}\u{24bb}\u{24bc}\u{24bd}\u{24be}\u{24bf}\u{24c0}\u{24c1}",
            "[masked]",
        ),
        ("\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}", "[masked]"),
        ("1\u{1d7d0}3\u{1d7d2}5", "1\u{1d7d0}3\u{1d7d2}5"),
        ("1\u{1d7d0}3\u{1d7d2}5\u{1d7d4}", "[masked]"),
        (
            "un été à l'école, n°\u{a0}5, 3 m²",
            "un été à l'école, n° 5, 3 m²",
        ),
        ("Zahlungsart\u{b9} fehlt", "Zahlungsart\u{b9} fehlt"),
        ("un e\u{301}te\u{301}", "un e\u{301}te\u{301}"),
        ("l'1a2b3c", "l'[masked]"),
        ("Il n'y a qu'un jour", "Il n'y a qu'un jour"),
        // Encoded.
        ("%6b%65%79", "%6b%65%79"),
        ("%6b%65%79%6f", "%[masked]"),
        ("%256b%2565%2579", "%[masked]"),
        ("&#107;&#101;&#121;", "&#[masked];"),
        ("&#x6b;&#x65;&#x79;", "&#[masked];"),
        (r"\u006b\u0065\u0079", r"\[masked]"),
        (r"\\u006b\\u0065\\u0079", r"\\[masked]"),
        ("QmVhcmVyIGtleQ==", "[masked]=="),
        ("6b65796f666b", "[masked]"),
        (
            r#"{\"token\":\"k3yOfKeys\"}"#,
            r#"{\"token\":\"[masked]\"}"#,
        ),
        // One line, whatever it was.
        ("a\u{0}b\r\nc\u{202e}d\u{2028}e\u{85}f", "a b  cd e f"),
        ("[masked] and [masked]", "[masked] and [masked]"),
        ("", ""),
        (
            "\u{756a}\u{53f7}4111\u{5e74}1111\u{5e74}1111\u{5e74}1111",
            "\u{756a}\u{53f7}[masked]",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let shown = mask(text, &[]);
        if shown != expected {
            wrong.push(format!("{text}\n  shown    {shown}\n  expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dates_times_and_amounts_stay_also_side_by_side() {
    for quantity in rule::QUANTITIES {
        let text = format!("{quantity} {quantity}").replace('9', "1");
        assert_eq!(mask(&text, &[]), text);
    }
}

#[test]
fn known_secrets_are_masked_however_they_are_written_unless_they_may_be_words() {
    let cases = [
        ("correct-horse", "it is correct-horse.", "it is [masked]."),
        ("correct-horse", "it is CORRECT HORSE.", "it is [masked]."),
        ("correct-horse", "my-correct-horse-is", "my-[masked]-is"),
        ("correct-horse", "correct\u{200b}\nhorse", "[masked]"),
        ("correct-horse", "\u{ff43}orrect_horse", "[masked]"),
        ("correct-horse", "correct hors", "correct hors"),
        ("key", "The key has expired", "The key has expired"),
        ("sevens7", "sevens7", "sevens7"),
        ("eigh-tens", "so eigh tens it is", "so [masked] it is"),
        ("eightens", "so eightens it is", "so [masked] it is"),
        ("!:#*+-ab", "so !:#*+-ab is", "so [masked] is"),
        ("!:#*+-ab", "so !: #*+-AB is", "so [masked] is"),
        ("!:#*+-ab", "so ab is", "so ab is"),
        ("!:# *+-a", "so !:#*+-a is", "so !:#*+-a is"),
        ("schl\u{fc}ssel", "ein schl\u{fc}ssel", "ein [masked]"),
        ("schl\u{fc}ssel", "ein SCHL\u{dc}SSEL", "ein [masked]"),
        ("correct-horse", "correct\u{2014}horse", "[masked]"),
        ("\u{ff43}orrect horse", "correct horse", "[masked]"),
        ("\u{ff43}orrect horse", "\u{ff43}orrect-horse", "[masked]"),
        ("correct\u{3164}horse", "correct\u{3164}horse", "[masked]"),
        ("a-b\u{80}+-\u{85}-!-!", "a-b\u{80}+-\u{85}-!-!", "[masked]"),
        ("\u{e9}l\u{e8}ve", "\u{e9}l\u{e8}ve", "\u{e9}l\u{e8}ve"),
        // As HTML, which escapes signs and puts tags between letters.
        ("Correct&Horse", "it is Correct&amp;Horse", "it is [masked]"),
        (
            "correct_horse",
            "it is correct&lowbar;horse",
            "it is [masked]",
        ),
        (
            "CorrectHorse",
            "it is Correct<b>Horse</b>.",
            "it is [masked]</b>.",
        ),
        (
            "correct&amp;horse",
            "it is correct&amp;horse",
            "it is [masked]",
        ),
        (
            "correct<horse",
            "a < b & c; d > correct&lt;horse",
            "a < b & c; d > [masked]",
        ),
        // Of a long one, a part is enough, if it can't be words.
        ("TheHorseIsCorrect", "thehorseisco", "[masked]"),
        ("TheHorseIsCorrect", "thehorseisc", "thehorseisc"),
        ("thehorseiscorrect", "thehorseisco", "thehorseisco"),
        ("THEHORSEISCORRECT", "thehorseisco", "thehorseisco"),
        ("the-horse-7is-correct", "horse 7is cor", "horse 7is cor"),
        ("the-horse-7is-correct", "horse 7is corr", "[masked]"),
    ];
    for (secret, text, expected) in cases {
        assert_eq!(
            mask(text, &[b"other", secret.as_bytes()]),
            expected,
            "{secret}"
        );
    }
    // A body that is not UTF-8 is read with a sign in place of what is not.
    assert_eq!(
        mask("ein schl\u{fffd}sel", &[b"schl\xfcsel"]),
        "ein [masked]"
    );
}

#[test]
fn a_long_text_is_cut() {
    let word = "\u{e9}t\u{e9} ".repeat(200);
    let shown: String = word.chars().take(300).chain(['…']).collect();
    assert_eq!(mask(&word, &[]), shown);
    assert_eq!(one_line(&word), shown);
    let just: String = word.chars().take(300).collect();
    assert_eq!(mask(&just, &[]), just);
    // Of what is far behind nothing is read.
    let far = format!("{} far", "a1b2c3d4".repeat(200));
    assert_eq!(mask(&far, &[]), "[masked]…");
    let wide = "\u{1f600}".repeat(400);
    assert_eq!(mask(&wide, &[]).chars().count(), 301);
}

#[test]
fn what_is_not_seen_parts_nothing_and_letters_without_spaces_are_words() {
    for unseen in "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}\u{200b}\u{200f}\u{202a}\u{202e}\
                   \u{2060}\u{206f}\u{3164}\u{fe00}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{1d173}\u{e0041}"
        .chars()
    {
        assert_eq!(mask(&format!("e4c7{unseen}0c07"), &[]), "[masked]");
        assert_eq!(one_line(&format!("a{unseen}b")), "ab");
    }
    let unspaced = "\u{e01}\u{1000}\u{1100}\u{1780}\u{3005}\u{3042}\u{31f0}\u{4e2d}\u{a960}\u{ac00}\u{f900}\u{ff71}\u{20000}";
    for letter in unspaced.chars() {
        let words = String::from(letter).repeat(3);
        let text = format!("ab3dx{words}ef6gx");
        assert_eq!(mask(&text, &[]), text);
    }
    for mark in "\u{301}\u{483}\u{5b0}\u{610}\u{64b}\u{1ab0}\u{1dc0}\u{20d0}\u{fe20}".chars() {
        assert_eq!(mask(&format!("e4c7{mark}0c07"), &[]), "[masked]");
    }
    for disguise in
        "\u{24b6}\u{2776}\u{2780}\u{2793}\u{2801}\u{3251}\u{32bf}\u{1f1e6}\u{1d41a}".chars()
    {
        let text = String::from(disguise).repeat(8);
        assert_eq!(mask(&text, &[]), "[masked]");
    }
    for (text, shown) in [
        ("\u{3b1}bcdefgh", "[masked]"),
        ("\u{430}bcdefgh", "[masked]"),
        ("\u{5d0}bcdefgh", "[masked]"),
        ("\u{fb2a}bcdefgh", "[masked]"),
        ("\u{fe8d}bcdefgh", "[masked]"),
        ("\u{1f00}bcdefgh", "[masked]"),
        ("\u{e9}bendant", "\u{e9}bendant"),
        ("\u{1ebf}bendant", "\u{1ebf}bendant"),
        (
            "\u{3b1}\u{3b2}\u{1f00}\u{3b2}\u{3b1}\u{3b2}\u{3b1}\u{3b2}",
            "\u{3b1}\u{3b2}\u{1f00}\u{3b2}\u{3b1}\u{3b2}\u{3b1}\u{3b2}",
        ),
        ("a\u{2010}1b\u{2011}2cdefgh", "[masked]"),
    ] {
        assert_eq!(mask(text, &[]), shown);
    }
}

#[test]
fn what_touches_or_overlaps_is_masked_as_one() {
    let cases = [
        (vec![1..3, 3..5], "a[masked]f"),
        (vec![3..5, 0..2], "[masked]c[masked]f"),
        (vec![0..6, 2..3], "[masked]"),
        (vec![], "abcdef"),
    ];
    for (ranges, expected) in cases {
        assert_eq!(without("abcdef", ranges), expected);
    }
}

#[test]
fn each_label_of_a_host_is_masked_by_itself() {
    let cases = [
        ("pay.shop.example", "pay.shop.example"),
        ("eu1.shop.example", "eu1.shop.example"),
        ("e4c70c07aa.shop.example", "[masked].shop.example"),
        ("192.168.100.200", "192.168.100.200"),
        ("1.491.512.345", "[masked]"),
        ("shop-key.example", "[masked].example"),
    ];
    for (host, expected) in cases {
        assert_eq!(mask_host(host, &[b"Shop-Key"]), expected);
    }
}

fn hexadecimal(bytes: &[u8], before: &str) -> String {
    bytes
        .iter()
        .map(|byte| format!("{before}{byte:02x}"))
        .collect()
}

fn in_groups(text: &str, length: usize, between: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let groups: Vec<String> = signs
        .chunks(length)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(between)
}

fn full_width(text: &str) -> String {
    let wide = |sign: char| char::from_u32(u32::from(sign) + 0xfee0).unwrap();
    text.chars().map(wide).collect()
}

fn look_alike(text: &str) -> String {
    let alike = |sign| match sign {
        'a' => 'а',
        'e' => 'е',
        'o' => 'о',
        'c' => 'с',
        'x' => 'х',
        'A' => 'А',
        'B' => 'В',
        _ => sign,
    };
    text.chars().map(alike).collect()
}

/// The spellings of a part of a secret, by name.
fn spellings(part: &str) -> Vec<(String, String)> {
    let bytes = part.as_bytes();
    let entities: String = bytes.iter().map(|byte| format!("&#{byte};")).collect();
    let twice = |escape: &str| hexadecimal(bytes, escape);
    let codes: String = bytes.iter().map(|byte| format!("\\u{byte:04x}")).collect();
    let mut spellings = vec![
        ("as it is", part.to_owned()),
        ("between words", format!("the key {part} is not valid")),
        ("in a name", format!("key_{part}_of_shop")),
        (
            "within JSON",
            format!(r#"{{\"key\":\"{}\"}}"#, part.replace('/', r"\/")),
        ),
        ("hexadecimal", twice("")),
        ("percent", twice("%")),
        ("percent twice", twice("%25")),
        ("entities", entities.clone()),
        (
            "hexadecimal entities",
            bytes.iter().map(|byte| format!("&#x{byte:x};")).collect(),
        ),
        ("entities twice", entities.replace('&', "&amp;")),
        ("escapes", codes.clone()),
        ("escapes twice", codes.replace('\\', "\\\\")),
        ("decimal", format!("{bytes:?}")),
        ("base64", STANDARD.encode(format!("Bearer {part}"))),
        ("base64 for URLs", URL_SAFE_NO_PAD.encode(part)),
        ("full width", full_width(part)),
        ("look-alikes", look_alike(part)),
        ("one by one", in_groups(part, 1, " ")),
        ("one by one with dots", in_groups(part, 1, "\u{b7}")),
        ("reversed", part.chars().rev().collect()),
    ];
    if part.contains(|sign: char| sign.is_ascii_digit()) {
        spellings.push(("upper case", part.to_uppercase()));
        spellings.push(("lower case", part.to_lowercase()));
    }
    for between in ["\u{200b}", "\u{ad}", "\u{301}", "-", "_", "."] {
        spellings.push(("in groups", in_groups(part, 4, between)));
    }
    spellings
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .collect()
}

/// Whether twelve letters and digits of a spelling, one after the other, are shown.
fn reveals(shown: &str, written: &str) -> bool {
    let solid = |text: &str| -> Vec<char> {
        let signs = text.chars().filter(|sign| sign.is_alphanumeric());
        signs.collect()
    };
    let (shown, written) = (solid(shown), solid(written));
    written
        .windows(12)
        .any(|part| shown.windows(12).any(|other| other == part))
}

#[test]
fn no_part_of_twelve_bytes_of_a_secret_is_shown_however_it_is_written() {
    let secret = prop_oneof![
        "[A-Za-z0-9]{16,48}",
        "[A-Za-z0-9_-]{16,48}",
        "[A-Za-z0-9+/]{16,48}",
        "[0-9a-f]{16,64}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[A-Z2-7]{16,32}",
        "(sk|pk)_(live|test)_[A-Za-z0-9]{24}",
        "[0-9]{16}",
        Just(JWT.to_owned()),
    ];
    let parts = (
        secret,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    runner(256)
        .run(&parts, |(secret, start, length)| {
            let start = start.index(secret.len() - 11);
            let length = 12 + length.index(secret.len() - start - 11);
            let part = &secret[start..start + length];
            let has = |is_it: fn(char) -> bool| part.contains(is_it);
            let is_mixed = has(|sign| sign.is_lowercase()) && has(|sign| sign.is_uppercase());
            prop_assume!(is_mixed || has(|sign| sign.is_ascii_digit()));
            for (name, written) in spellings(part) {
                let shown = mask(&written, &[]);
                prop_assert!(
                    !reveals(&shown, &written),
                    "{}: {} as {}",
                    name,
                    shown,
                    written
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_secret_is_not_shown_when_it_is_broken_into_pieces() {
    let pieces = ("[A-Za-z0-9]{24,48}", 1_usize..9, 0_usize..8);
    runner(256)
        .run(&pieces, |(secret, length, between)| {
            let between = [" ", "\n", " - ", ", ", "\u{b7}", "; ", "|", "\\n"][between];
            let written = in_groups(&secret, length, between);
            let text = format!("The key {written} is not valid.");
            let shown = mask(&text, &[]);
            prop_assert!(!reveals(&shown, &secret), "{} as {}", shown, written);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_text_becomes_one_line_of_bounded_length_that_stays_as_it_is() {
    let piece = prop_oneof![
        "\\PC{0,8}",
        any::<String>(),
        "[a-zA-Z0-9]{1,14}",
        "[ .:/@%&;,_-]{1,3}",
        Just("[masked]".to_owned()),
        Just("://".to_owned()),
        Just("\u{301}\u{200b}'".to_owned()),
        "[\u{4e00}-\u{4e20}]{1,4}",
    ];
    let texts = proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    runner(1_000)
        .run(&(texts, "[a-c!]{0,14}"), |(text, secret)| {
            let known = [secret.as_bytes()];
            let shown = mask(&text, &known);
            prop_assert!(shown.chars().count() <= SHOWN_CHARACTERS + 1);
            prop_assert!(!shown.contains(|sign: char| sign.is_control() || is_invisible(sign)));
            prop_assert_eq!(mask(&shown, &known), shown);
            Ok(())
        })
        .unwrap();
}
