//! The report: targets with what was reached, then every figure.

use std::{io::Write as _, time::Duration};

use miette::{IntoDiagnostic as _, Result};

use super::{
    LARGE,
    contender::Contender,
    hooks::Hook,
    race::{Lane, Race},
};

const MIB: f64 = 1024.0 * 1024.0;

/// What was measured, and where.
pub(crate) struct Report<'a> {
    pub(crate) races: &'a [Race],
    pub(crate) machine: Vec<String>,
}

/// A ratio of times, or a memory in MiB, that must not be exceeded.
struct Target {
    /// Beginning of the case it is about.
    case: &'static str,
    limit: Limit,
}

enum Limit {
    Ratio(Contender, f64),
    /// Against our own second lane.
    Growth(f64),
    /// MiB.
    Memory(f64),
}

const fn ratio(case: &'static str, against: Contender, at_most: f64) -> Target {
    Target {
        case,
        limit: Limit::Ratio(against, at_most),
    }
}

const TARGETS: [Target; 20] = [
    ratio("clean", Contender::Recipe, 0.60),
    ratio("clean", Contender::Status, 0.80),
    ratio("clean", Contender::Floor, 1.20),
    ratio("10 changed", Contender::Recipe, 0.50),
    ratio("1000 changed", Contender::Recipe, 0.33),
    ratio("1000 untracked", Contender::Recipe, 0.36),
    ratio("new ", Contender::Recipe, 0.12),
    Target {
        case: "new ",
        limit: Limit::Memory(64.0),
    },
    ratio("clean", Contender::RevParse, 4.5),
    Target {
        case: "create with ",
        limit: Limit::Growth(1.3),
    },
    ratio("list ", Contender::ForEachRef, 1.0),
    Target {
        case: "1000 ",
        limit: Limit::Memory(150.0),
    },
    ratio("restore 10 changed", Contender::Status, 3.0),
    ratio("restore 1000 changed", Contender::StashAndPop, 1.0),
    Target {
        case: "restore new ",
        limit: Limit::Memory(128.0),
    },
    ratio("commit 10 changed", Contender::AddAndCommit, 1.6),
    ratio("merge of ", Contender::NotesMerge, 2.0),
    ratio("verify ", Contender::Fsck, 1.5),
    ratio("hook that lets pass", Contender::Hook(Hook::Empty), 2.0),
    ratio("hook that keeps", Contender::Hook(Hook::ThenCreate), 1.0),
];

/// One row of the first table.
struct Row {
    case: String,
    against: String,
    at_most: f64,
    reached: f64,
}

impl Report<'_> {
    /// The page as it is kept in `docs/`.
    pub(crate) fn markdown(&self) -> String {
        let mut page = format!("{HEAD}\n");
        for line in &self.machine {
            page += &format!("- {line}\n");
        }
        page += "\n## Targets\n\n";
        if !self.races.iter().any(|race| race.files >= LARGE) {
            page += "They are set for trees of 50,000 files and more; none was measured here.\n\n";
        }
        page += &self.targets();
        page += "\n![Time by number of files](performance.svg)\n\n## Every figure\n\n";
        page += FIGURES;
        page += &self.figures();
        page
    }

    fn targets(&self) -> String {
        let mut table =
            String::from("| case | against | at most | reached | |\n|---|---|--:|--:|---|\n");
        for row in self.rows() {
            let verdict = if row.reached <= row.at_most {
                "PASS"
            } else {
                "MISS"
            };
            let Row {
                case,
                against,
                at_most,
                reached,
            } = row;
            table += &format!("| {case} | {against} | {at_most:.2} | {reached:.2} | {verdict} |\n");
        }
        table
    }

    fn rows(&self) -> Vec<Row> {
        let large = self.races.iter().any(|race| race.files >= LARGE);
        let rows = TARGETS.iter().flat_map(|target| {
            let races = self
                .races
                .iter()
                .filter(move |race| race.case.starts_with(target.case));
            races.filter_map(move |race| {
                let everywhere = [
                    Contender::Recipe,
                    Contender::Restore,
                    Contender::AgentCommit,
                ];
                let plain = everywhere.iter().any(|who| race.lane(*who).is_some());
                if plain && large && race.files < LARGE {
                    return None;
                }
                target.row(race)
            })
        });
        rows.collect()
    }

    fn figures(&self) -> String {
        let mut table = String::from(
            "| files | case | who | ms | CPU ms | MiB | ours / this |\n|--:|---|---|--:|--:|--:|--:|\n",
        );
        for race in self.races {
            for (at, lane) in race.lanes.iter().enumerate() {
                let first = if at == 0 {
                    (race.files.to_string(), race.case.as_str())
                } else {
                    (String::new(), "")
                };
                let ratio = race.lanes[0].against(lane).filter(|_| at > 0);
                table += &format!(
                    "| {} | {} | {} | {} | {} | {:.0} | {} |\n",
                    first.0,
                    first.1,
                    lane.label,
                    milliseconds(lane.wall()),
                    milliseconds(lane.cpu()),
                    lane.peak() as f64 / MIB,
                    ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                );
            }
        }
        table
    }
}

impl Target {
    fn row(&self, race: &Race) -> Option<Row> {
        let ours = race.lanes.first()?;
        let case = format!("{}, {} files", race.case, race.files);
        let (against, at_most, reached) = match self.limit {
            Limit::Ratio(who, at_most) => (who.to_string(), at_most, race.ratio(who)?),
            Limit::Growth(at_most) => {
                let few: &Lane = race.lanes.get(1)?;
                (few.label.clone(), at_most, ours.against(few)?)
            }
            Limit::Memory(at_most) => ("memory, MiB".to_owned(), at_most, ours.peak() as f64 / MIB),
        };
        Some(Row {
            case,
            against,
            at_most,
            reached,
        })
    }
}

/// One race in one line, for whoever waits.
pub(crate) fn line(race: &Race) -> String {
    let mut said = format!("{} files, {}:", race.files, race.case);
    for (at, lane) in race.lanes.iter().enumerate() {
        let ratio = race.lanes[0].against(lane).filter(|_| at > 0);
        let ratio = ratio
            .map(|ratio| format!(" ({ratio:.2})"))
            .unwrap_or_default();
        said += &format!(" {} {} ms{ratio}", lane.label, milliseconds(lane.wall()));
        said.push(if at + 1 < race.lanes.len() { ',' } else { '.' });
    }
    said
}

/// Prints both tables.
pub(crate) fn print(report: &Report<'_>) -> Result<()> {
    let tables = format!("{}\n{}", report.targets(), report.figures());
    std::io::stdout()
        .write_all(tables.as_bytes())
        .into_diagnostic()
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1}")
    } else {
        format!("{milliseconds:.0}")
    }
}

const HEAD: &str = "\
# Performance

Written by `cargo xtask bench`; run it to get the figures of your machine, or
`cargo xtask bench --repo <dir>` for those of your repository (it works in a clone).

All who are compared run in the same repository, one after the other in each round, beginning
with another one each round; the first round warms up and is not counted. Before each run the
edits get content that nobody has seen, and everything is synced; after it new refs and objects
are removed and the index is put back, so that everyone does the same work. A ratio is the median
over the rounds of our time divided by theirs. Programs are started directly, without a shell.

- **git checkpoint create**: two commits, state ref, annotated tag and record, everything on disk
  (fsync) before a ref moves.
- **git recipe**: the same with git alone: `cp -p` of the index, `add -A`, `write-tree`, two
  `commit-tree`, `tag -a`, `notes append`. Loose objects are not synced, as is git's default.
- **git stash create**: two commits, no ref, no record; ignores untracked files.
- **git status -uall**: looks at everything and keeps nothing (`GIT_OPTIONAL_LOCKS=0`).
- **git safe-restore**: plan, backup (a checkpoint of all there is, on disk before anything is
  touched), journal, files, index, a second look at everything, record. The files were kept with
  one content and hold another one when it starts.
- **git stash push -u, pop**: two processes, the same change put away and fetched again.
- **git agent-commit**: ten files by their names: a checkpoint of all there is, on disk first, the
  commit through `git commit`, its record. **git add, commit**: the two of git alone.
- **git checkpoint fetch**: one connection to a repository on the same disk, which has nothing new,
  and the merge of the records of another machine, which are here already, on disk.
- **git notes merge**: the same merge (`-s cat_sort_uniq`), without a connection.
- **hook**: `git hook run pre-commit` in the same repository, as git runs it before a commit. The
  managers of hooks have one hook, `true` (`cargo xtask managers` fetches them). *Keeping* is with the
  automatic checkpoint, against the hook without it and a `create` after it.
- **floor**: each directory listed, each tracked file lstat-ed by path, on all cores.

Generated trees have 27 files in a directory, five directories in a directory, text of 0.2 to
20 KiB, and ignored build results besides. Caches are warm. Measured on:
";

const FIGURES: &str = "\
Medians of one run; CPU is user and system time of all processes of the run, MiB the largest
memory of any one process in any round.

";
