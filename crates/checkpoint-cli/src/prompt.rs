//! A question to the person at the terminal.

use std::io::{self, BufRead, BufReader, Write};

use crate::escape::{Keep, safe};

/// Asks on the controlling terminal; `None` when the process has none.
pub(crate) fn ask(question: &str) -> io::Result<Option<bool>> {
    match fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
    {
        Ok(terminal) => confirm(question, BufReader::new(&terminal), &terminal).map(Some),
        Err(_) => Ok(None),
    }
}

/// Only `y` and `yes` are yes; an empty line or the end of input is no.
fn confirm(question: &str, mut from: impl BufRead, mut to: impl Write) -> io::Result<bool> {
    write!(to, "{} [y/N] ", safe(question, Keep::Lines))?;
    to.flush()?;
    let mut answer = String::new();
    if from.read_line(&mut answer)? == 0 {
        // The end of input leaves the cursor behind the question.
        writeln!(to)?;
    }
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_yes() {
        let check = |typed: &str, want: bool| {
            let mut screen = Vec::new();
            assert_eq!(
                confirm("delete 'a'?", typed.as_bytes(), &mut screen).unwrap(),
                want,
                "{typed:?}"
            );
            assert!(
                screen.starts_with(b"delete 'a'? [y/N] "),
                "the default is to be seen"
            );
        };
        check("y\n", true);
        check("Yes\n", true);
        check(" yes \n", true);
        check("\n", false);
        check("", false);
        check("n\n", false);
        check("yep\n", false);
    }
}
