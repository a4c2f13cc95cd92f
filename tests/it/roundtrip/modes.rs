//! What a tree does not tell of files: who may read and execute them, and what is a link.

use checkpoint_tests::Sandbox;
use checkpoint_tests::odd::content;

use super::round_trip;

#[test]
fn who_may_execute_comes_back_where_modes_are_not_trusted() {
    let sandbox = content::modes_not_trusted();
    round_trip("modes not trusted", &sandbox, |sandbox| {
        sandbox.chmod("run.sh", 0o755);
        sandbox.chmod("README", 0o644);
        sandbox.write("new.sh", "#!/bin/sh\nexit 1\n");
        sandbox.chmod("new.sh", 0o600);
        sandbox.git(["update-index", "--chmod=+x", "src/main.c"]);
    });
}

#[test]
fn permissions_that_all_files_share_come_back() {
    let sandbox = Sandbox::committed();
    round_trip("all executables", &sandbox, |sandbox| {
        sandbox.sh("chmod 700 run.sh; chmod -R go-rwx src README doc");
    });
    sandbox.sh("find . -name .git -prune -o -type f -exec chmod go= {} +");
    let sandbox = sandbox.forget_checkpoints();
    round_trip("private", &sandbox, |sandbox| {
        sandbox.sh("find . -name .git -prune -o -type f -exec chmod go=r {} +");
    });
}

#[test]
fn another_umask_changes_nothing() {
    let sandbox = Sandbox::committed();
    sandbox.write("new", "new\n");
    round_trip("umask", &sandbox, |sandbox| {
        sandbox.remove("README");
        sandbox.append("src/main.c", "// edited\n");
        sandbox.remove("new");
        sandbox.checkpoint(["create", "later"]).exits(0);
        sandbox.sh("umask 077 && git safe-restore kept --exact --force");
        sandbox.sh("umask 077 && git safe-restore later --exact --force");
    });
}

#[test]
fn links_come_back_as_links_where_git_wants_files() {
    let sandbox = content::links_not_supported();
    sandbox.symlink("real", "nowhere");
    sandbox.sh("rm link && ln -s src/main.c link");
    let state = "a link that git takes for one, one that is a file, one that is new";
    round_trip(state, &sandbox, |sandbox| {
        sandbox.sh("rm link real && printf src/main.c >link && printf nowhere >real");
        sandbox.sh("rm other && ln -s README other");
    });
}
