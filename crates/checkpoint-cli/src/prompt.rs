//! A question to the person at the terminal.

use std::io::{self, BufRead, BufReader, Write};

use crate::escape::{Keep, safe};

/// Asks on the controlling terminal; `None` when the process has none. See [`pick`].
pub(crate) fn ask(question: &str, letters: &[char]) -> io::Result<Option<char>> {
    match fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
    {
        Ok(terminal) => pick(question, letters, BufReader::new(&terminal), &terminal).map(Some),
        Err(_) => Ok(None),
    }
}

/// One of `letters`; the last one is the default, and what an empty line, the end of input or anything unclear means.
fn pick(
    question: &str,
    letters: &[char],
    mut from: impl BufRead,
    mut to: impl Write,
) -> io::Result<char> {
    let (default, others) = letters.split_last().expect("a question has answers");
    let shown: String = others.iter().flat_map(|letter| [*letter, '/']).collect();
    let question = safe(question, Keep::Lines);
    write!(to, "{question} [{shown}{}] ", default.to_ascii_uppercase())?;
    to.flush()?;
    let mut answer = String::new();
    if from.read_line(&mut answer)? == 0 {
        // The end of input leaves the cursor behind the question.
        writeln!(to)?;
    }
    let answer = answer.trim().to_lowercase();
    let is_meant =
        |letter: &&char| answer == letter.to_string() || (**letter == 'y' && answer == "yes");
    Ok(*others.iter().find(is_meant).unwrap_or(default))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(letters: &[char], typed: &str, want: char) {
        let mut screen = Vec::new();
        let picked = pick("delete 'a'?", letters, typed.as_bytes(), &mut screen).unwrap();
        assert_eq!(picked, want, "{typed:?}");
        let screen = String::from_utf8(screen).unwrap();
        assert!(screen.starts_with("delete 'a'? ["), "{screen}");
        assert!(
            screen.contains("/N] "),
            "the default is to be seen: {screen}"
        );
    }

    #[test]
    fn only_a_clear_yes_is_yes() {
        check(&['y', 'n'], "y\n", 'y');
        check(&['y', 'n'], "Yes\n", 'y');
        check(&['y', 'n'], " yes \n", 'y');
        check(&['y', 'n'], "\n", 'n');
        check(&['y', 'n'], "", 'n');
        check(&['y', 'n'], "n\n", 'n');
        check(&['y', 'n'], "yep\n", 'n');
    }

    #[test]
    fn a_question_may_have_more_answers() {
        check(&['y', 'd', 'n'], "d\n", 'd');
        check(&['y', 'd', 'n'], "D\n", 'd');
        check(&['y', 'd', 'n'], "x\n", 'n');
    }
}
