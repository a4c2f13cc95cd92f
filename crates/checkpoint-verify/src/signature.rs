//! Who signed a tag, as git tells it.

use std::io::Write as _;

use checkpoint_git::{Program, ProgramError, Repository};
use checkpoint_model::{policy::Policy, shell::word};
use checkpoint_policy::{Agreed, agreed_file};
use tempfile::NamedTempFile;

use crate::{
    VerifyError,
    check::{Check, CheckId, Objection},
    facts::Fact,
};

/// How a signature by a key of OpenSSH begins.
const SSH: &[u8] = b"-----BEGIN SSH SIGNATURE-----";

/// Who may sign.
pub(crate) enum Signers {
    /// The policy does not ask for signatures.
    NotAsked,
    /// As git config has it: keyrings, or its own list.
    Configured,
    /// The list of the protected branch.
    Listed(NamedTempFile),
    /// The policy names a list that is not there: nobody may.
    Missing(Objection),
}

impl Signers {
    /// What `policy` says, with the list as the protected branch has it: not as the commit has it that is looked at.
    pub(crate) fn of(
        repo: &Repository,
        policy: &Policy,
        remote: Option<&str>,
    ) -> Result<Self, VerifyError> {
        let rules = &policy.checkpoint;
        let path = match (&rules.signers, rules.sign) {
            (_, false) => return Ok(Self::NotAsked),
            (None, true) => return Ok(Self::Configured),
            (Some(path), true) => path,
        };
        Ok(match agreed_file(repo, path)? {
            Agreed::File { content, .. } => {
                let mut list = NamedTempFile::new()?;
                list.write_all(&content)?;
                list.flush()?;
                Self::Listed(list)
            }
            Agreed::NoFile { branch } => Self::Missing(Objection::new(format!(
                "'{branch}' has no list of signers '{path}'"
            ))),
            Agreed::NoBranch => {
                let why = "the protected branch, which has the list of signers, is not here";
                Self::Missing(Objection::new(why).with(fetch_trunk(policy, remote)))
            }
        })
    }

    pub(crate) fn check(&self, repo: &Repository, fact: &Fact) -> Option<Check> {
        let tag = fact.tag.as_ref()?;
        let object = tag.object.as_ref()?;
        let id = CheckId::Signature;
        match self {
            Self::NotAsked => return Some(Check::not_asked(id, "the policy does not ask for it")),
            Self::Missing(objection) => return Some(Check::of(id, Some(objection.clone()))),
            Self::Configured | Self::Listed(_) => {}
        }
        let Some(signature) = &object.signature else {
            return Some(Check::failed(id, "it is not signed", None));
        };
        // git goes by the form of the signature: for another one it would ask a keyring, whoever is in that.
        if matches!(self, Self::Listed(_)) && !signature.starts_with(SSH) {
            let why = "it is signed by a key of another kind than those on the list of signers";
            return Some(Check::failed(id, why, None));
        }
        let objection = match self.verify(repo, &tag.id.to_string()).output() {
            Ok(_) => None,
            Err(ProgramError::Failed { stderr, .. }) => Some(Objection::new(reason(&stderr))),
            Err(error) => Some(Objection::new(error.to_string())),
        };
        Some(Check::of(id, objection))
    }

    fn verify(&self, repo: &Repository, id: &str) -> Program {
        let mut words = Vec::new();
        if let Self::Listed(list) = self {
            let path = list.path().display();
            words.extend([
                "-c".to_owned(),
                format!("gpg.ssh.allowedSignersFile={path}"),
            ]);
            // A list of the person at the machine of those that are not trusted takes nobody in.
        }
        words.extend(["verify-tag", "--", id].map(str::to_owned));
        repo.git(words).env("LC_ALL", "C")
    }
}

/// The command that brings the protected branch, by the first name that `policy` has for it.
fn fetch_trunk(policy: &Policy, remote: Option<&str>) -> Option<String> {
    let mut names = policy.branches.protected.patterns();
    let name = names.find(|pattern| !pattern.contains(['*', '?', '[', '{', '!']))?;
    let remote = remote?;
    let spec = format!("{name}:refs/remotes/{remote}/{name}");
    Some(format!("git fetch {} {}", word(remote), word(&spec)))
}

/// What git or the program behind it says, in a line.
fn reason(stderr: &str) -> String {
    let lines = stderr
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let said = lines.map(|line| {
        line.trim_start_matches("error: ")
            .trim_start_matches("gpg: ")
    });
    let said: Vec<_> = said.collect();
    match said.as_slice() {
        [] => "git does not take its signature".to_owned(),
        said => format!("git does not take its signature: {}", said.join("; ")),
    }
}
