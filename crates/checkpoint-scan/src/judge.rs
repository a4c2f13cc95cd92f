//! Whether a text looks random, or only stands for something that is.

/// Bits for each byte, by how often each byte is in the text itself (Shannon). 0 for an empty one.
pub(crate) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let total = text.len() as f32;
    let bits = counts.iter().filter(|count| **count > 0).map(|count| {
        let share = *count as f32 / total;
        -share * share.log2()
    });
    bits.sum()
}

/// Whether a text in the form of a token is one of those that manuals print.
pub(crate) fn is_example(text: &[u8]) -> bool {
    has_any(text, EXAMPLES) || has_run(text)
}

/// Words of manuals, in lower case.
const EXAMPLES: &[&str] = &[
    "example",
    "xxxx",
    "****",
    "....",
    "your_",
    "your-",
    "placehold",
    "redacted",
    "changeme",
    "dummy",
];

/// Whether it could be a password that a person made: not a word, a variable, or what manuals print for one.
pub(crate) fn is_password(text: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| text.iter().any(class);
    let is_symbol = |byte: &u8| byte.is_ascii_punctuation();
    text.len() >= 6
        && (has(u8::is_ascii_digit) || has(is_symbol))
        && has(u8::is_ascii_alphanumeric)
        && entropy(text) >= 2.2
        && !is_reference(text)
        && !is_wordy(text)
        && !is_example(text)
        && !has_any(text, STAND_INS)
}

/// What people write where a password would be, in lower case.
const STAND_INS: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "test",
    "fake",
    "mock",
    "sample",
    "default",
    "admin",
    "null",
    "undefined",
    "user",
    "pass",
    "foo",
    "bar",
    "12345",
    "qwerty",
    "abc123",
    "letmein",
    "todo",
    "token",
    "string",
    "false",
];

/// Whether it could be a key that a machine made.
pub(crate) fn is_machine_made(text: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_.~!@#%^&*?-".contains(byte);
    let is_hex = text.iter().all(u8::is_ascii_hexdigit);
    let n_digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    (16..=512).contains(&text.len())
        && text.iter().all(is_plain)
        && n_digits >= 2
        && n_digits < text.len() - 2
        && entropy(text) >= if is_hex { 2.9 } else { 3.5 }
        && !is_reference(text)
        && !is_wordy(text)
        && !is_example(text)
        && !has_any(text, FAKES)
}

const FAKES: &[&str] = &[
    "fake", "mock", "sample", "test_", "test-", "-test", "_test", "secret", "password",
];

/// Whether it says where the value comes from, as variables, paths and links do.
fn is_reference(text: &[u8]) -> bool {
    const INSIDE: &[&str] = &["${", "$(", "{{", "<%", "%(", "://", "::", "()", "{}"];
    matches!(
        text.first(),
        Some(b'$' | b'*' | b'&' | b'%' | b'<' | b'{' | b'@' | b'/' | b'.' | b'[' | b'(')
    ) || has_any(text, INSIDE)
}

/// Whether it is made of words and short numbers, as names are: `my-key-2024`, `x25519_private`, `1.2.840.10045`.
fn is_wordy(text: &[u8]) -> bool {
    let n_parts = text.split(is_joint).count();
    let is_word = |part: &[u8]| {
        let letters = part
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let digits = &part[letters..];
        // One part alone with letters and digits is what passwords look like.
        digits.is_empty()
            || digits.iter().all(u8::is_ascii_digit)
                && (n_parts > 1 || letters == 0)
                && digits.len() <= 6
    };
    text.split(is_joint).all(is_word)
}

fn is_joint(byte: &u8) -> bool {
    b"-_./: ,".contains(byte)
}

/// Whether a byte, or the order of letters or digits, goes on for long: `00000000`, `12345678`, `abcdefgh`.
fn has_run(text: &[u8]) -> bool {
    const LONG: usize = 7;
    let (mut same, mut rising) = (1, 1);
    for pair in text.windows(2) {
        same = if pair[0] == pair[1] { same + 1 } else { 1 };
        let is_next = pair[1].is_ascii_alphanumeric() && pair[0].wrapping_add(1) == pair[1];
        rising = if is_next { rising + 1 } else { 1 };
        if same >= LONG || rising >= LONG {
            return true;
        }
    }
    false
}

/// Whether any of `words`, in lower case, is in the text, in whatever case.
fn has_any(text: &[u8], words: &[&str]) -> bool {
    let is_in = |word: &str| {
        let word = word.as_bytes();
        text.windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    words.iter().any(|word| is_in(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_random_is_told_from_what_stands_for_it() {
        let check = |text: &str, password: bool, machine: bool| {
            let got = (
                is_password(text.as_bytes()),
                is_machine_made(text.as_bytes()),
            );
            assert_eq!(got, (password, machine), "{text}");
        };
        check("Tr0ub4dor&3", true, false);
        check("9f8a1c77e03b4d52a6e1", true, true);
        check("vJ3/kQ9+xZb7Lr2TqWf8", true, true);
        check("${DB_PASSWORD}", false, false);
        check("your-token-goes-here", false, false);
        check("config.auth.v2.token", false, false);
        check("0000000000000000abc1", false, false);
        check("changeme1!", false, false);
        check("abcdefgh12345678abcd", false, false);
        check("/run/secrets/db_key1", false, false);
    }

    #[test]
    fn entropy_counts_bits() {
        assert_eq!(entropy(b""), 0.0);
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert_eq!(entropy(b"abcd"), 2.0);
    }
}
