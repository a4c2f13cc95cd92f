//! Where the git directory, the index, the working tree and the user stand to each other.

use super::{Odd, dirty};
use crate::Sandbox;

/// All of them.
pub const ALL: &[Odd] = &[
    ("unborn, nothing there", unborn),
    ("unborn, files there", unborn_with_files),
    ("unborn branch beside others", orphan),
    ("detached", detached),
    ("submodules", submodules),
    ("submodule with a reftable", submodule_with_a_reftable),
    ("inside a submodule", inside_a_submodule),
    ("nested repositories", nested_repositories),
    (
        "tracked files in a nested repository",
        tracked_in_a_nested_repository,
    ),
    ("linked worktree", linked_worktree),
    (
        "linked worktree of a bare repository",
        linked_worktree_of_a_bare_repository,
    ),
    ("git directory elsewhere", separate_git_dir),
    ("core.worktree", core_worktree),
    ("core.worktree above", core_worktree_above),
    ("HEAD is a link", head_is_a_link),
    ("settings per worktree", settings_per_worktree),
    ("subfolder", subfolder),
    ("untracked subfolder", untracked_subfolder),
    ("through a link", through_a_link),
    ("inside .git", inside_git_dir),
    ("GIT_DIR alone", git_dir),
    ("GIT_DIR and GIT_WORK_TREE", git_dir_and_work_tree),
    ("GIT_INDEX_FILE", git_index_file),
    ("GIT_NAMESPACE", git_namespace),
    ("shared repository", shared),
    ("a folder no ref may be in", branch_named_like_ours),
    ("no identity", without_identity),
];

/// `git init` and nothing else.
pub fn unborn() -> Sandbox {
    Sandbox::new()
}

/// No commit yet: a staged file, edited since, and an untracked one.
pub fn unborn_with_files() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("staged.txt", "staged\n");
    sandbox.git(["add", "staged.txt"]);
    sandbox.append("staged.txt", "and edited\n");
    sandbox.write("untracked.txt", "untracked\n");
    sandbox
}

/// `git switch --orphan` in a repository with history.
pub fn orphan() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["switch", "--quiet", "--orphan", "fresh"]);
    sandbox.write("staged.txt", "staged\n");
    sandbox.git(["add", "staged.txt"]);
    sandbox.write("untracked.txt", "untracked\n");
    sandbox
}

/// HEAD at a commit that no branch has.
pub fn detached() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["switch", "--quiet", "--detach"]);
    sandbox.write("detached.txt", "on no branch\n");
    sandbox.commit("on no branch");
    dirty(&sandbox);
    sandbox
}

/// Submodules: one edited inside, one at another commit, one without files, one moved in the index.
pub fn submodules() -> Sandbox {
    let sandbox = Sandbox::committed();
    let library = sandbox.world().join("library");
    sandbox.git_in(sandbox.world(), ["clone", "--quiet", "repo", "library"]);
    for name in ["edited", "advanced", "absent", "staged"] {
        sandbox.git([
            "submodule",
            "--quiet",
            "add",
            &library.to_string_lossy(),
            name,
        ]);
    }
    sandbox.commit("submodules");
    sandbox.write("edited/README", "edited in the submodule\n");
    sandbox.write("edited/new.txt", "new in the submodule\n");
    for name in ["advanced", "staged"] {
        sandbox.git_in(
            name,
            ["commit", "--quiet", "--allow-empty", "-m", "another commit"],
        );
    }
    sandbox.git(["add", "staged"]);
    sandbox.git(["submodule", "--quiet", "deinit", "--force", "absent"]);
    dirty(&sandbox);
    sandbox
}

/// A submodule whose refs lie in a reftable, at another commit than the index has.
pub fn submodule_with_a_reftable() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["init", "--quiet", "--ref-format=reftable", "sub"]);
    sandbox.git_in("sub", ["commit", "--quiet", "--allow-empty", "-m", "first"]);
    sandbox.commit("a submodule");
    sandbox.git_in(
        "sub",
        ["commit", "--quiet", "--allow-empty", "-m", "second"],
    );
    sandbox
}

/// A submodule is the repository under test; its git directory lies in the one above.
pub fn inside_a_submodule() -> Sandbox {
    let mut sandbox = submodules();
    sandbox.move_to("repo/edited");
    sandbox
}

/// Repositories in untracked folders: one with a commit, one without, one that is ignored.
pub fn nested_repositories() -> Sandbox {
    let sandbox = Sandbox::committed();
    for name in ["nested", "deep/empty", "ignored"] {
        sandbox.git(["init", "--quiet", name]);
        sandbox.write(format!("{name}/inside.txt"), "not ours\n");
    }
    sandbox.git_in("nested", ["add", "--all"]);
    sandbox.git_in("nested", ["commit", "--quiet", "-m", "inside"]);
    sandbox.write("deep/beside.txt", "ours\n");
    dirty(&sandbox);
    sandbox.append(".gitignore", "/ignored/\n");
    sandbox
}

/// A repository made in a folder whose files are tracked outside.
pub fn tracked_in_a_nested_repository() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["init", "--quiet", "src"]);
    sandbox.append("src/main.c", "// edited\n");
    sandbox
}

/// `git worktree add`; both worktrees are dirty, each in its own way.
pub fn linked_worktree() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    sandbox.git(["worktree", "add", "--quiet", "-b", "linked", "../linked"]);
    dirty(&sandbox);
    sandbox.move_to("linked");
    sandbox.write("only-here.txt", "in the linked worktree\n");
    sandbox.git(["add", "only-here.txt"]);
    sandbox.append("README", "edited in the linked worktree\n");
    sandbox
}

/// The same where the main repository is bare.
pub fn linked_worktree_of_a_bare_repository() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    sandbox.git_in(
        sandbox.world(),
        ["clone", "--quiet", "--bare", "repo", "bare.git"],
    );
    sandbox.git_in(
        sandbox.world().join("bare.git"),
        ["worktree", "add", "--quiet", "-b", "linked", "../linked"],
    );
    sandbox.move_to("linked");
    dirty(&sandbox);
    sandbox
}

/// `git init --separate-git-dir`: `.git` is a file.
pub fn separate_git_dir() -> Sandbox {
    let sandbox = Sandbox::with_init(&["--separate-git-dir", "elsewhere.git"]);
    sandbox.fill();
    assert!(
        sandbox.path(".git").is_file(),
        "a file that points elsewhere"
    );
    dirty(&sandbox);
    sandbox
}

/// The configuration says where the working tree is.
pub fn core_worktree() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    fs_err::create_dir(sandbox.world().join("files")).expect("a new folder");
    sandbox.git(["config", "core.worktree", "../../files"]);
    sandbox.move_to("files");
    sandbox.write("untracked.txt", "in the other folder\n");
    sandbox.write("README", "edited in the other folder\n");
    // Git looks for the repository from where the user stands.
    sandbox.stand_in("../repo/.git");
    sandbox
}

/// The working tree is the folder above the one that `.git` lies in, whose files are tracked too.
pub fn core_worktree_above() -> Sandbox {
    let mut sandbox = Sandbox::without_repository();
    let inner = sandbox.path("inner");
    sandbox.mkdir("inner");
    sandbox.git_in(&inner, ["init", "--quiet"]);
    sandbox.git_in(&inner, ["config", "core.worktree", "../.."]);
    sandbox.stand_in("inner");
    sandbox.write("inner/tracked.txt", "tracked\n");
    sandbox.write("outer.txt", "tracked\n");
    sandbox.commit("first");
    sandbox.append("inner/tracked.txt", "edited\n");
    sandbox.write("inner/new.txt", "new\n");
    sandbox
}

/// HEAD as a symlink, as git made it long ago, to a branch that is packed.
pub fn head_is_a_link() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.sh("rm .git/HEAD && ln -s refs/heads/main .git/HEAD");
    sandbox.git(["pack-refs", "--all"]);
    dirty(&sandbox);
    sandbox
}

/// `extensions.worktreeConfig` with a setting that changes what is stored.
pub fn settings_per_worktree() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["config", "extensions.worktreeConfig", "true"]);
    sandbox.git(["config", "--worktree", "core.autocrlf", "true"]);
    sandbox.write("dos.txt", "one\r\ntwo\r\n");
    dirty(&sandbox);
    sandbox
}

/// The user stands in a subfolder.
pub fn subfolder() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.stand_in("src/lib");
    sandbox
}

/// The user stands in a folder that git knows nothing of.
pub fn untracked_subfolder() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.stand_in("new");
    sandbox
}

/// The user came by a symlink.
pub fn through_a_link() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.symlink("../way", "repo/src");
    sandbox.stand_in("../way");
    sandbox
}

/// The user stands in the git directory.
pub fn inside_git_dir() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.stand_in(".git");
    sandbox
}

/// `GIT_DIR` without `GIT_WORK_TREE`: the working tree is where the user stands.
pub fn git_dir() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    fs_err::create_dir(sandbox.world().join("files")).expect("a new folder");
    sandbox.move_to("files");
    sandbox.set_env("GIT_DIR", "../repo/.git");
    sandbox.write("README", "edited in the other folder\n");
    sandbox.write("untracked.txt", "in the other folder\n");
    sandbox
}

/// Both are set; the user stands in a third place.
pub fn git_dir_and_work_tree() -> Sandbox {
    let mut sandbox = git_dir();
    sandbox.set_env("GIT_DIR", sandbox.world().join("repo/.git"));
    sandbox.set_env("GIT_WORK_TREE", sandbox.world().join("files"));
    sandbox.stand_in("../home");
    sandbox
}

/// `GIT_INDEX_FILE` names another index than the repository's.
pub fn git_index_file() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.set_env("GIT_INDEX_FILE", sandbox.world().join("tmp/other-index"));
    sandbox.git(["read-tree", "HEAD"]);
    sandbox.write("other.txt", "staged in the other index\n");
    sandbox.git(["add", "other.txt"]);
    sandbox
}

/// `GIT_NAMESPACE` is for servers; local commands do not heed it.
pub fn git_namespace() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.set_env("GIT_NAMESPACE", "elsewhere");
    sandbox
}

/// `git init --shared=group`
pub fn shared() -> Sandbox {
    let sandbox = Sandbox::with_init(&["--shared=group"]);
    sandbox.fill();
    dirty(&sandbox);
    sandbox
}

/// Branches and tags whose names look like ours.
pub fn branch_named_like_ours() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["branch", "checkpoint"]);
    sandbox.git(["branch", "checkpoints/kept"]);
    sandbox.git(["tag", "kept"]);
    dirty(&sandbox);
    sandbox
}

/// Git knows no name and no address to commit with.
pub fn without_identity() -> Sandbox {
    let sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.git(["config", "--global", "--unset", "user.name"]);
    sandbox.git(["config", "--global", "--unset", "user.email"]);
    sandbox.git(["config", "--global", "user.useConfigOnly", "true"]);
    sandbox
}
