//! Snapshots made by hand, with git's plumbing and no checks.

use checkpoint_tests::{Sandbox, Snapshot};
use serde_json::Value;

/// A tree of these entries (mode, name, object), whatever the names are.
pub(super) fn tree(sandbox: &Sandbox, entries: &[(&str, &[u8], &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name);
        bytes.push(0);
        let digits = id.as_bytes().chunks(2);
        bytes.extend(digits.map(|pair| {
            let pair = std::str::from_utf8(pair).expect("hex digits");
            u8::from_str_radix(pair, 16).expect("hex digits")
        }));
    }
    object(sandbox, "tree", &bytes)
}

/// Writes an object without a look at it.
fn object(sandbox: &Sandbox, kind: &str, bytes: &[u8]) -> String {
    let file = sandbox.scratch().join("object");
    fs_err::write(&file, bytes).expect("a file of ours");
    let file = file.to_string_lossy().into_owned();
    sandbox.git(["hash-object", "-t", kind, "-w", "--literally", &file])
}

/// An honest checkpoint, to be changed and planted as another.
pub(super) struct Forge<'s> {
    sandbox: &'s Sandbox,
    work: String,
    index: String,
    side: Option<String>,
    has_parents: bool,
    has_index: bool,
    message: String,
    event: Value,
    is_of_another: bool,
}

const ID: &str = "0199ffff-0000-7000-8000-000000000001";

impl<'s> Forge<'s> {
    /// Begins with the only checkpoint that there is.
    pub(super) fn of(sandbox: &'s Sandbox) -> Self {
        let honest = Snapshot::all(sandbox)
            .into_iter()
            .next()
            .expect("there is one")
            .work;
        let note = sandbox.git(["notes", "--ref=checkpoints", "show", &honest]);
        let event = note
            .lines()
            .find(|line| line.contains("checkpoint_created"));
        let event: Value = serde_json::from_str(event.expect("the record tells")).expect("JSON");
        let old = event["checkpoint"].as_str().expect("an id").to_owned();
        let message = sandbox.git(["log", "-1", "--format=%B", &honest]) + "\n";
        Self {
            sandbox,
            work: sandbox.git(["rev-parse", &format!("{honest}^{{tree}}")]),
            index: sandbox.git(["rev-parse", &format!("{honest}^2^{{tree}}")]),
            side: None,
            has_parents: true,
            has_index: true,
            message: message.replace(&old, ID),
            event,
            is_of_another: false,
        }
    }

    pub(super) fn work(mut self, tree: &str) -> Self {
        self.work = tree.to_owned();
        self
    }

    pub(super) fn index(mut self, tree: &str) -> Self {
        self.index = tree.to_owned();
        self
    }

    pub(super) fn side(mut self, tree: &str) -> Self {
        self.side = Some(tree.to_owned());
        self
    }

    /// The record says another thing than the snapshot.
    pub(super) fn lie(mut self, field: &str, value: &Value) -> Self {
        self.event[field] = value.clone();
        self
    }

    /// Record and snapshot agree on another branch.
    pub(super) fn branch(mut self, branch: &str) -> Self {
        self.event["branch"] = branch.into();
        let (before, after) = self
            .message
            .split_once("Checkpoint-Branch: ")
            .expect("a trailer");
        let (_, after) = after.split_once('\n').expect("it ends");
        self.message = format!("{before}Checkpoint-Branch: {branch}\n{after}");
        self
    }

    /// The record is that of another checkpoint.
    pub(super) fn id_of_another(mut self) -> Self {
        self.is_of_another = true;
        self
    }

    pub(super) fn without_parents(mut self) -> Self {
        self.has_parents = false;
        self
    }

    pub(super) fn without_index(mut self) -> Self {
        self.has_index = false;
        self
    }

    pub(super) fn without_message(mut self) -> Self {
        "by hand\n".clone_into(&mut self.message);
        self
    }

    /// Puts it where checkpoints are; gives what to ask for.
    pub(super) fn plant(mut self) -> String {
        let head = self.sandbox.git(["rev-parse", "HEAD"]);
        let side = self
            .side
            .as_ref()
            .map(|tree| self.commit(tree, &[], "side\n"));
        let parents: Vec<&str> = std::iter::once(head.as_str())
            .chain(side.as_deref())
            .collect();
        let index = self.commit(&self.index, &parents, "index\n");
        let parents: &[&str] = match (self.has_parents, self.has_index) {
            (false, _) => &[],
            (true, false) => &[&head],
            (true, true) => &[&head, &index],
        };
        let work = self.commit(&self.work, parents, &self.message);
        let id = match self.is_of_another {
            true => self.event["checkpoint"].as_str().expect("an id").to_owned(),
            false => ID.to_owned(),
        };
        if self.event["checkpoint"] != "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b" {
            self.event["checkpoint"] = id.as_str().into();
        }
        self.event["snapshot"] = work.as_str().into();
        self.event["name"].take();
        if let Value::Object(fields) = &mut self.event {
            fields.retain(|_, value| !value.is_null());
        }
        let file = self.sandbox.scratch().join("note");
        fs_err::write(&file, format!("{}\n", self.event)).expect("a file of ours");
        let file = file.to_string_lossy().into_owned();
        self.sandbox.git([
            "notes",
            "--ref=checkpoints",
            "add",
            "-f",
            "-F",
            &file,
            &work,
        ]);
        self.sandbox
            .git(["update-ref", &format!("refs/checkpoints/{ID}"), &work]);
        id
    }

    fn commit(&self, tree: &str, parents: &[&str], message: &str) -> String {
        let who = "Ada Lovelace <ada@example.com> 1767323045 +0000";
        let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
        let text = format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\n{message}");
        object(self.sandbox, "commit", text.as_bytes())
    }
}
