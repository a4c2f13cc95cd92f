//! The machines, what each knows, and what nobody may ever forget.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use checkpoint_tests::{Output, Sandbox, count};

use super::act::{Act, Dice};

const MACHINES: usize = 5;
const RECORDS: [&str; 3] = ["checkpoints", "agents", "guard"];

/// Lines of records: the kind, what is annotated, the line.
type Lines = BTreeSet<(String, String, Vec<u8>)>;

/// Five clones and a bare repository.
pub(super) struct World {
    sandbox: Sandbox,
    /// What each machine knew after its last act.
    known: Vec<Lines>,
    /// All that anybody ever knew.
    ever: Lines,
    /// Lines of the notes' blobs that were read already.
    blobs: HashMap<String, Vec<Vec<u8>>>,
    n_files: u64,
}

impl World {
    pub(super) fn new() -> Self {
        let sandbox = Sandbox::committed();
        sandbox.sh("git clone -q --bare . ../remote.git; git -C ../remote.git config http.receivepack true");
        Self {
            sandbox,
            known: vec![Lines::new(); MACHINES],
            ever: Lines::new(),
            blobs: HashMap::new(),
            n_files: 0,
        }
    }

    pub(super) fn bare(&self) -> PathBuf {
        self.sandbox.world().join("remote.git")
    }

    pub(super) fn scratch(&self) -> PathBuf {
        self.sandbox.scratch()
    }

    pub(super) fn set_env(&mut self, name: &str, value: &str) {
        self.sandbox.set_env(name, value);
    }

    /// Makes the machines; later they know the remote by this URL.
    pub(super) fn clone_from(&mut self, url: &str) {
        for machine in 0..MACHINES {
            let place = self.place(machine);
            self.sandbox.git_in(
                self.sandbox.world(),
                ["clone", "-q", "remote.git", &place.to_string_lossy()],
            );
            self.sandbox
                .git_in(&place, ["remote", "set-url", "origin", url]);
        }
    }

    pub(super) fn configure(&self, key: &str, value: &str) {
        for machine in 0..MACHINES {
            self.sandbox
                .git_in(self.place(machine), ["config", key, value]);
        }
    }

    fn place(&self, machine: usize) -> PathBuf {
        self.sandbox.world().join(format!("machine-{machine}"))
    }

    fn command(&self, machine: usize, words: &[String]) -> Command {
        let mut command = match words {
            [first, rest @ ..] if first == "safe-restore" => {
                self.sandbox.safe_restore_command(rest)
            }
            [_, rest @ ..] => self.sandbox.checkpoint_command(rest),
            [] => unreachable!("every act has words"),
        };
        command.current_dir(self.place(machine));
        command
    }

    /// Runs `git checkpoint` on a machine, to its end.
    pub(super) fn checkpoint(&self, machine: usize, words: &[&str]) -> Output {
        let words: Vec<_> = ["checkpoint"]
            .iter()
            .chain(words)
            .map(|word| (*word).to_owned())
            .collect();
        self.sandbox.run(self.command(machine, &words))
    }

    /// One to three of them at the same time, perhaps on one machine.
    pub(super) fn round(&mut self, dice: &mut Dice, round: u32) {
        let n_acts = 1 + dice.below(3);
        let acts: Vec<_> = (0..n_acts)
            .map(|at| Act::roll(dice, MACHINES, &format!("{round}-{at}")))
            .collect();
        for act in &acts {
            self.prepare(act);
        }
        std::thread::scope(|scope| {
            for act in &acts {
                let world = &*self;
                scope.spawn(move || world.act(act, round));
            }
        });
        self.remove_locks();
        let machines: BTreeSet<_> = acts.iter().map(|act| act.machine).collect();
        for machine in machines {
            self.look(machine, &format!("round {round}: {acts:?}"));
        }
    }

    fn prepare(&mut self, act: &Act) {
        if act.edits {
            self.n_files += 1;
            let path = self
                .place(act.machine)
                .join(format!("file-{}", self.n_files % 7));
            fs_err::write(path, format!("{}\n", self.n_files)).expect("a working tree takes files");
        }
    }

    fn act(&self, act: &Act, round: u32) {
        let what = act.words[..2].join(" ");
        let command = self.command(act.machine, &act.words);
        if let Some(moment) = act.dies {
            count(&format!("{what}, killed"));
            self.sandbox.kill_after(command, moment);
            return;
        }
        let said = self.sandbox.run(command);
        count(&what);
        // It may be refused, or fail for what another one does or has left; but it never breaks.
        assert!(
            matches!(said.code, 0 | 1 | 128),
            "round {round}, {act:?}: {said}"
        );
        assert!(
            !said.talk().contains("panicked"),
            "round {round}, {act:?}: {said}"
        );
    }

    /// What a git leaves that is killed, and what people remove who read what it says: locks of names, of packed
    /// references, of the index; and all of them where the server was hit. Those of records are ours to remove, but for
    /// one that says nothing: nobody can tell it from git's own.
    fn remove_locks(&self) {
        let place = |machine: usize| self.place(machine).join(".git");
        for machine in 0..MACHINES {
            let git_dir = place(machine);
            for path in [
                "index.lock",
                "HEAD.lock",
                "packed-refs.lock",
                "config.lock",
                "shallow.lock",
            ] {
                let _absent = fs_err::remove_file(git_dir.join(path));
            }
            remove_locks_below(&git_dir.join("refs/tags"));
            remove_locks_below(&git_dir.join("refs/checkpoints"));
            remove_locks_below(&git_dir.join("refs/heads"));
            for kind in RECORDS {
                let lock = git_dir.join(format!("refs/notes/{kind}.lock"));
                if lock.metadata().is_ok_and(|lock| lock.len() == 0) {
                    let _removed = fs_err::remove_file(&lock);
                }
            }
        }
        remove_locks_below(&self.bare().join("refs"));
        let _absent = fs_err::remove_file(self.bare().join("packed-refs.lock"));
    }

    /// Nothing that a machine knew is forgotten by it.
    fn look(&mut self, machine: usize, when: &str) {
        let now = self.lines(&self.place(machine));
        let forgotten: Vec<_> = self.known[machine].difference(&now).collect();
        assert!(
            forgotten.is_empty(),
            "{when}: machine {machine} has forgotten {forgotten:?}"
        );
        self.ever.extend(now.iter().cloned());
        self.known[machine] = now;
    }

    /// One more push and fetch each: then all know the same, and everything.
    pub(super) fn end(&mut self) {
        for words in [["push", "origin"], ["fetch", "origin"]] {
            for machine in 0..MACHINES {
                let said = self.checkpoint(machine, &words);
                assert_eq!(said.code, 0, "machine {machine}: {said}");
            }
        }
        let (ever, bare) = (self.ever.clone(), self.bare());
        let there = self.lines(&bare);
        let missing: Vec<_> = ever.difference(&there).collect();
        assert!(missing.is_empty(), "the remote lacks {missing:?}");
        for machine in 0..MACHINES {
            let place = self.place(machine);
            let here = self.lines(&place);
            assert_eq!(here.len(), there.len(), "machine {machine}");
            assert!(here == there, "machine {machine} knows other records");
            let said = self
                .sandbox
                .git_in(&place, ["fsck", "--strict", "--no-dangling"]);
            assert_eq!(said, "", "git finds nothing wrong at machine {machine}");
        }
        assert!(!there.is_empty(), "something was shared");
    }

    /// The lines of all records of a repository, as git reads them.
    fn lines(&mut self, place: &Path) -> Lines {
        let mut lines = Lines::new();
        for kind in RECORDS {
            let reference = format!("refs/notes/{kind}");
            let listed = self
                .sandbox
                .git_in(place, ["for-each-ref", "--format=x", &reference]);
            if listed.is_empty() {
                continue;
            }
            let tree = self.sandbox.git_in(place, ["ls-tree", "-r", &reference]);
            let notes: Vec<_> = tree.lines().filter_map(note).collect();
            self.read(place, &notes);
            for (key, blob) in notes {
                let of_blob = self.blobs[&blob].iter().cloned();
                lines.extend(of_blob.map(|line| (kind.to_owned(), key.clone(), line)));
            }
        }
        lines
    }

    /// Reads the blobs that were never read before, all at once.
    fn read(&mut self, place: &Path, notes: &[(String, String)]) {
        let unread: BTreeMap<_, _> = notes
            .iter()
            .map(|(_, blob)| (blob, ()))
            .filter(|(blob, ())| !self.blobs.contains_key(*blob))
            .collect();
        if unread.is_empty() {
            return;
        }
        let ids: String = unread.keys().map(|blob| format!("{blob}\n")).collect();
        let input = self.sandbox.scratch().join("ids");
        fs_err::write(&input, ids).expect("a folder of our own");
        let mut command = Command::new("git");
        let file = fs_err::File::open(&input)
            .expect("it was just written")
            .into_parts()
            .0;
        command
            .args(["cat-file", "--batch"])
            .current_dir(place)
            .stdin(Stdio::from(file));
        let read = command.output().expect("git runs").stdout;
        let mut rest = read.as_slice();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let mut words = head.split(' ');
            let (Some(id), Some("blob"), Some(size)) = (words.next(), words.next(), words.next())
            else {
                panic!("a note that cannot be read: {head}");
            };
            let size: usize = size.parse().expect("git tells sizes as numbers");
            let (content, after) = rest[end + 1..].split_at(size);
            rest = &after[1..];
            let lines = content
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            self.blobs
                .insert(id.to_owned(), lines.map(<[u8]>::to_vec).collect());
        }
    }
}

/// `<mode> <type> <id>\t<path>` of a tree of notes: what is annotated, and by which blob.
fn note(line: &str) -> Option<(String, String)> {
    let (head, path) = line.split_once('\t')?;
    let blob = head.split(' ').nth(2)?;
    Some((path.replace('/', ""), blob.to_owned()))
}

fn remove_locks_below(folder: &Path) {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => remove_locks_below(&path),
            false if path.extension().is_some_and(|it| it == "lock") => {
                let _absent = fs_err::remove_file(&path);
            }
            false => {}
        }
    }
}
