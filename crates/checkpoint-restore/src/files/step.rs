//! What can be asked of a [`Writer`](super::Writer), and what comes of it.

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};

/// What a file is, as a tree of git tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file that nobody may execute.
    File,
    /// A regular file that its owner may execute.
    Executable,
    /// A symbolic link; with `core.symlinks=false` a regular file that holds the target, unless its content is
    /// [`Content::Raw`].
    Link,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A blob as git stores it: the filters of the path make the file of it.
    Stored(ObjectId),
    /// A blob with the very bytes of the file.
    Raw(ObjectId),
}

impl Content {
    /// The blob.
    pub fn id(self) -> ObjectId {
        match self {
            Self::Stored(id) | Self::Raw(id) => id,
        }
    }
}

/// What a file shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// What it shall be.
    pub kind: FileKind,
    /// What it shall hold; the target, of a link.
    pub content: Content,
    /// Its exact permission bits (of `0o7777`); none for what the umask gives a new file. Means nothing for a link.
    pub permissions: Option<u16>,
}

/// What must be there now for a step to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Nothing,
    /// A file that holds what is kept already.
    File {
        /// What it is.
        kind: FileKind,
        /// What git would store of it.
        stored: ObjectId,
        /// Its very bytes, where they are kept because git would not give them back: then only these will do.
        raw: Option<ObjectId>,
    },
    /// A fifo, a socket or a device: it holds nothing.
    Special,
    /// Anything that is not a directory: the user has said that it may go.
    Whatever,
}

/// One change of the working tree. Paths are from its top, with `/` between components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Makes a file, or puts one in the place of another. Missing parents are made.
    Write {
        /// Which.
        path: BString,
        /// What it shall be.
        wanted: Wanted,
        /// What it replaces.
        expected: Expected,
    },
    /// Removes a file, a link or a special file; a directory in its place means that it is gone already.
    Delete {
        /// Which.
        path: BString,
        /// What it removes.
        expected: Expected,
    },
    /// Gives a regular file other permissions, whatever it holds.
    SetPermissions {
        /// Which.
        path: BString,
        /// Whether its owner may execute it; counts where `permissions` is none.
        executable: bool,
        /// Its exact permission bits (of `0o7777`); none for what the umask gives a new file.
        permissions: Option<u16>,
    },
    /// Makes a directory, and its parents.
    MakeDirectory {
        /// Which.
        path: BString,
    },
    /// Removes a directory with nothing in it.
    RemoveDirectoryIfEmpty {
        /// Which.
        path: BString,
    },
}

impl Step {
    /// What it changes.
    pub fn path(&self) -> &BStr {
        match self {
            Self::Write { path, .. }
            | Self::Delete { path, .. }
            | Self::SetPermissions { path, .. }
            | Self::MakeDirectory { path }
            | Self::RemoveDirectoryIfEmpty { path } => path.as_bstr(),
        }
    }
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// It is done.
    Done,
    /// There was nothing to do; nothing was touched.
    AlreadySo,
    /// The directory to remove has something in it; nothing was touched.
    NotEmpty,
    /// What is there is neither expected nor wanted: somebody else has been at work. Nothing was touched.
    Foreign {
        /// What is there.
        found: Found,
    },
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A regular file that its owner may not execute.
    File,
    /// A regular file that its owner may execute.
    Executable,
    /// A symbolic link.
    Link,
    /// A directory.
    Directory,
    /// A fifo, a socket or a device.
    Special,
}

impl Found {
    /// Whether it is a regular file.
    pub fn is_regular(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::File => "a file",
            Self::Executable => "an executable file",
            Self::Link => "a symbolic link",
            Self::Directory => "a directory",
            Self::Special => "a fifo, socket or device",
        })
    }
}
