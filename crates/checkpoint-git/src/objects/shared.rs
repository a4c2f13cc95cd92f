//! `core.sharedRepository`: who else may read and write what we put into the repository.

use std::os::fd::AsFd;
use std::path::Path;

use gix::bstr::{BStr, ByteSlice};
use rustix::fs::{FileType, Mode, RawMode};

use super::ObjectError;

/// The permissions that `core.sharedRepository` (git-config(1)) adds to or puts in place of those of the umask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    /// `umask`, `false`, not set: what the umask leaves.
    Umask,
    /// `group`, `all`, `true`: these bits besides what the umask leaves.
    AtLeast(RawMode),
    /// An octal number: these bits, whatever the umask says.
    Exactly(RawMode),
}

const GROUP: Shared = Shared::AtLeast(0o660);
const EVERYBODY: Shared = Shared::AtLeast(0o664);

impl Shared {
    /// Reads the setting where git reads it: in the repository's own configuration only.
    pub(super) fn of(repo: &gix::Repository) -> Self {
        let config = repo.config_snapshot();
        let value = config
            .plumbing()
            .string_implicit_filter("core.sharedRepository", |meta| {
                meta.source == gix::config::Source::Local
            });
        match value {
            None => Self::Umask,
            Some(None) => GROUP,
            Some(Some(value)) => Self::parse(value.as_bstr()),
        }
    }

    /// As `git_config_perm()` in git's setup.c; a value that git would die of counts as not set.
    fn parse(value: &BStr) -> Self {
        match value.to_str_lossy().as_ref() {
            "umask" => return Self::Umask,
            "group" => return GROUP,
            "all" | "world" | "everybody" => return EVERYBODY,
            _ => {}
        }
        match RawMode::from_str_radix(&value.to_str_lossy(), 8) {
            Ok(0) => Self::Umask,
            Ok(1) => GROUP,
            Ok(2) => EVERYBODY,
            Ok(bits) if bits & 0o600 == 0o600 => Self::Exactly(bits & 0o666),
            Ok(_) => Self::Umask,
            Err(_) => match gix::config::Boolean::try_from(value) {
                Ok(boolean) if boolean.is_true() => GROUP,
                _ => Self::Umask,
            },
        }
    }

    /// The mode a file or directory of this mode should have; as `calc_shared_perm()` in git's path.c.
    fn apply(self, mode: RawMode, is_directory: bool) -> RawMode {
        let (Self::AtLeast(bits) | Self::Exactly(bits)) = self else {
            return mode;
        };
        let mut bits = bits;
        if mode & 0o200 == 0 {
            bits &= !0o222;
        }
        if mode & 0o100 != 0 {
            bits |= (bits & 0o444) >> 2;
        }
        let mut mode = match self {
            Self::Exactly(_) => (mode & !0o777) | bits,
            _ => mode | bits,
        };
        if is_directory {
            mode |= (mode & 0o444) >> 2;
            // New files belong to the directory's group, if the group has any say here.
            if mode & 0o060 != 0 {
                mode |= 0o2000;
            }
        }
        mode
    }

    /// Gives an open file or directory of ours the permissions it should have.
    pub(super) fn adjust(self, file: impl AsFd, path: &Path) -> Result<(), ObjectError> {
        if self == Self::Umask {
            return Ok(());
        }
        let stat = rustix::fs::fstat(&file).map_err(ObjectError::because("look at", path))?;
        let old = stat.st_mode & 0o7777;
        let is_directory = FileType::from_raw_mode(stat.st_mode).is_dir();
        let new = self.apply(old, is_directory);
        if new == old {
            return Ok(());
        }
        rustix::fs::fchmod(&file, Mode::from_bits_truncate(new))
            .map_err(ObjectError::because("set the mode of", path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_git_config() {
        let check = |value: &str, expected: Shared| {
            assert_eq!(
                Shared::parse(value.into()),
                expected,
                "core.sharedRepository={value}"
            );
        };
        check("umask", Shared::Umask);
        check("false", Shared::Umask);
        check("0", Shared::Umask);
        check("group", GROUP);
        check("true", GROUP);
        check("1", GROUP);
        check("yes", GROUP);
        check("all", EVERYBODY);
        check("world", EVERYBODY);
        check("everybody", EVERYBODY);
        check("2", EVERYBODY);
        check("0640", Shared::Exactly(0o640));
        check("0777", Shared::Exactly(0o666));
        check("0077", Shared::Umask);
        check("nonsense", Shared::Umask);
    }
}
