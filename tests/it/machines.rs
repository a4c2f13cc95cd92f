//! Five machines and one repository that they share: whatever they do, in whatever order, and whoever dies at it, all
//! end with the same records, and nothing that any of them has ever known is missing.

mod act;
mod server;
mod world;

use std::path::Path;

use checkpoint_tests::{cases, seed};

use self::{
    act::Dice,
    server::{Http, Ssh},
    world::World,
};

/// In so many rounds one to three machines do something at the same time.
#[expect(clippy::print_stdout, reason = "a failure shows it")]
fn play(world: &mut World, rounds: u32) {
    let seed = seed();
    println!(
        "CHECKPOINT_TEST_SEED={seed} CHECKPOINT_TEST_CASES={}",
        cases()
    );
    let mut dice = Dice::new(seed);
    for round in 0..rounds {
        world.round(&mut dice, round);
    }
    world.end();
}

#[test]
fn five_machines_end_with_the_same_records() {
    let mut world = World::new();
    let remote = world.bare().to_string_lossy().into_owned();
    world.clone_from(&remote);
    play(&mut world, cases());
}

#[test]
fn over_http_with_a_password_they_do_as_well() {
    let mut world = World::new();
    let server = Http::start(&world.bare(), "ada", "a secret");
    world.clone_from(&server.url());
    // Nobody is asked, and nothing is given to who does not know the password.
    let said = world.checkpoint(0, &["push"]);
    assert_eq!(said.code, 128, "{said}");
    assert!(!said.talk().contains("a secret"), "{said}");
    world.configure(
        "credential.helper",
        "!echo username=ada; echo password='a secret'; :",
    );
    play(&mut world, cases().div_ceil(3));
    assert!(server.n_refused() > 0, "it has asked for the password");
}

#[test]
fn over_ssh_they_do_as_well() {
    let daemon = ["/usr/sbin/sshd", "/usr/bin/sshd"];
    let Some(daemon) = daemon.iter().map(Path::new).find(|path| path.exists()) else {
        println!("SKIPPED: there is no sshd on this machine");
        return;
    };
    let mut world = World::new();
    let server = Ssh::set_up(&world.scratch(), daemon);
    world.set_env("GIT_SSH_COMMAND", &server.command());
    let Some(url) = server.url(&world.bare()) else {
        println!("SKIPPED: sshd does not serve here");
        return;
    };
    world.clone_from(&url);
    play(&mut world, cases().div_ceil(3));
}
