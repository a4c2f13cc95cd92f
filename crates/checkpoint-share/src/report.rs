//! What git says about each reference.

use checkpoint_model::url::without_password;

/// A line of `git push --porcelain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The full name at the other repository.
    pub(crate) name: String,
    pub(crate) became: Became,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Became {
    /// It is as it was.
    Same,
    /// It was made, or moved.
    Moved,
    /// git did not send it, or the other side did not take it; why.
    Refused(String),
    /// It would have gone, but for another one.
    HeldBack,
    /// It is not there: the connection broke, or it could not be stored.
    Lost,
}

/// Reads the lines of a push.
pub(crate) fn pushed(out: &str) -> Vec<Line> {
    out.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Line> {
    let mut words = line.split('\t');
    let (flag, names, summary) = (words.next()?, words.next()?, words.next()?);
    let (_, name) = names.rsplit_once(':')?;
    let became = match flag {
        "=" => Became::Same,
        "!" => refused(summary),
        _ => Became::Moved,
    };
    Some(Line {
        name: name.to_owned(),
        became,
    })
}

fn refused(summary: &str) -> Became {
    let why = summary
        .split_once('(')
        .map_or(summary, |(_, why)| why.trim_end_matches(')'));
    match (summary.starts_with("[remote failure]"), why) {
        // It could not be stored there, as on a full disk: nobody has said no.
        (true, _) | (_, "unpacker error") => Became::Lost,
        (_, "atomic push failed" | "atomic push failure" | "atomic transaction failed") => {
            Became::HeldBack
        }
        _ => Became::Refused(without_password(why)),
    }
}

/// The tags that `git fetch` did not take, since others of their name are here: short names.
pub(crate) fn tags_kept(err: &str) -> Vec<String> {
    let kept = |line: &str| {
        let (line, why) = line.trim().strip_prefix("! [rejected]")?.rsplit_once('(')?;
        let (_, name) = line.split_once(" -> ")?;
        why.starts_with("would clobber")
            .then(|| name.trim().to_owned())
    };
    err.lines().filter_map(kept).collect()
}

/// Whether `git fetch` did not take anything else.
pub(crate) fn has_other_rejections(err: &str) -> bool {
    let rejected = err
        .lines()
        .filter(|line| line.trim_start().starts_with('!'));
    rejected.count() != tags_kept(err).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reference_has_its_line() {
        let check = |text: &str, name: &str, became: Became| {
            let line = Line {
                name: name.to_owned(),
                became,
            };
            assert_eq!(
                pushed(&format!("To /x.git\n{text}\nDone\n")),
                [line],
                "{text}"
            );
        };
        let notes = "refs/notes/checkpoints";
        check(
            "=\tabc:refs/notes/checkpoints\t[up to date]",
            notes,
            Became::Same,
        );
        check(
            "*\tabc:refs/notes/checkpoints\t[new reference]",
            notes,
            Became::Moved,
        );
        check(" \tabc:refs/notes/checkpoints\t1..2", notes, Became::Moved);
        let why = |why: &str| Became::Refused(why.to_owned());
        check(
            "!\tabc:refs/notes/checkpoints\t[rejected] (fetch first)",
            notes,
            why("fetch first"),
        );
        check(
            "!\tabc:refs/notes/checkpoints\t[remote rejected] (pre-receive hook declined)",
            notes,
            why("pre-receive hook declined"),
        );
        check(
            "!\tabc:refs/notes/checkpoints\t[rejected] (atomic push failed)",
            notes,
            Became::HeldBack,
        );
        check(
            "!\tabc:refs/notes/checkpoints\t[remote failure] (remote failed to report status)",
            notes,
            Became::Lost,
        );
        check(
            "!\tabc:refs/notes/checkpoints\t[remote rejected] (unpacker error)",
            notes,
            Became::Lost,
        );
    }

    #[test]
    fn a_tag_that_stays_is_told() {
        let err = "From /x\n ! [rejected]        checkpoint/a -> checkpoint/a  (would clobber existing tag)\n * [new tag]  b -> b\n";
        assert_eq!(tags_kept(err), ["checkpoint/a"]);
        assert!(!has_other_rejections(err));
        assert!(has_other_rejections(
            " ! [rejected]  x -> y  (non-fast-forward)\n"
        ));
    }
}
