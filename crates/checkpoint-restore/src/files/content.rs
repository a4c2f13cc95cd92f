//! What a file shall hold: in memory, or to be streamed when it is big or filtered.

use checkpoint_git::Repository;
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::filter::plumbing::Driver;
use gix::objs::Kind;

use super::filters::{Attributes, Filters};
use super::ident::expand;
use super::{Content, FileKind, FilesError, Wanted};

/// Over this many bytes a blob is not held in memory.
pub(super) const BIG: u64 = 8 * 1024 * 1024;
/// No system takes a longer target for a link.
const LONGEST_TARGET: u64 = 64 * 1024;

/// The content of a file to be.
pub(super) enum Body {
    /// The target of a link.
    Target(Vec<u8>),
    /// All of it.
    Bytes(Vec<u8>),
    /// A big blob as it is.
    Blob { id: ObjectId, size: u64 },
    /// What `git cat-file --filters` makes of a blob.
    ByProgram {
        id: ObjectId,
        driver: Option<Driver>,
    },
    /// What the commands of a driver make of a blob.
    ByDriver { id: ObjectId, driver: Driver },
}

impl Body {
    /// Whether it has to be made before it can be compared.
    pub(super) fn is_to_be_made(&self) -> bool {
        matches!(self, Self::ByProgram { .. } | Self::ByDriver { .. })
    }
}

/// Where content comes from.
pub(super) struct Source {
    pub(super) repo: Repository,
    pub(super) gix: gix::Repository,
    pub(super) filters: Filters,
    /// `core.symlinks`
    pub(super) symlinks: bool,
    /// `core.fileMode`
    pub(super) file_mode: bool,
}

impl Source {
    pub(super) fn new(repo: &Repository, attributes: Attributes<'_>) -> Result<Self, FilesError> {
        let config = repo.gix().config_snapshot();
        Ok(Self {
            filters: Filters::new(repo, attributes)?,
            symlinks: config.boolean("core.symlinks").unwrap_or(true),
            file_mode: config.boolean("core.fileMode").unwrap_or(true),
            gix: repo.gix().clone(),
            repo: repo.clone(),
        })
    }

    /// To be told when a file was changed: attributes may be others then.
    pub(super) fn changed(&mut self, path: &BStr) {
        if path == ".gitattributes" || path.ends_with(b"/.gitattributes") {
            self.filters.renew();
        }
    }

    /// What the file at `path` shall hold. Nothing big is read yet, and no driver is started.
    pub(super) fn body(&mut self, path: &BStr, wanted: &Wanted) -> Result<Body, FilesError> {
        let id = wanted.content.id();
        let size = self.size(path, id)?;
        let is_raw = matches!(wanted.content, Content::Raw(_));
        if wanted.kind == FileKind::Link {
            return self.target(path, id, size, is_raw || self.symlinks);
        }
        let is_big = size > BIG;
        if is_raw {
            return match is_big {
                true => Ok(Body::Blob { id, size }),
                false => Ok(Body::Bytes(self.blob(path, id)?)),
            };
        }
        let asked = self.filters.conversion(path)?;
        if let Some(driver) = asked.driver.clone() {
            let has_command = driver.smudge.is_some() || driver.process.is_some();
            if !has_command {
                return Err(failed(path, &driver, None));
            }
            // gix holds all that an optional command writes; git shall, until it is known whether that succeeded.
            let is_ours = driver.process.is_some() || driver.required;
            if is_ours && !is_big && !asked.is_encoded && !asked.has_ids {
                return Ok(Body::ByDriver { id, driver });
            }
        }
        if asked.driver.is_some()
            || asked.is_encoded
            || is_big && (asked.may_change || asked.has_ids)
        {
            let driver = asked.driver;
            return Ok(Body::ByProgram { id, driver });
        }
        if is_big {
            return Ok(Body::Blob { id, size });
        }
        let mut stored = self.blob(path, id)?;
        if asked.has_ids {
            stored = expand(&stored, id);
            // `$Id$Id$` has one id, and then looks as if it had another: gix would expand that.
            if stored.find(b"$Id$").is_some() {
                return Ok(Body::ByProgram { id, driver: None });
            }
        }
        Ok(Body::Bytes(self.filters.without_driver(path, stored)?))
    }

    fn target(
        &self,
        path: &BStr,
        id: ObjectId,
        size: u64,
        as_link: bool,
    ) -> Result<Body, FilesError> {
        let wrong = || FilesError::LinkTarget {
            path: path.to_owned(),
            id,
        };
        if size > LONGEST_TARGET {
            return Err(wrong());
        }
        let target = self.blob(path, id)?;
        match as_link {
            true if target.is_empty() || target.contains(&0) => Err(wrong()),
            true => Ok(Body::Target(target)),
            false => Ok(Body::Bytes(target)),
        }
    }

    fn size(&self, path: &BStr, id: ObjectId) -> Result<u64, FilesError> {
        let header = self
            .gix
            .find_header(id)
            .map_err(|source| missing(path, id, source))?;
        match header.kind() {
            Kind::Blob => Ok(header.size()),
            kind => Err(FilesError::NotABlob {
                id,
                kind,
                path: path.to_owned(),
            }),
        }
    }

    pub(super) fn blob(&self, path: &BStr, id: ObjectId) -> Result<Vec<u8>, FilesError> {
        let object = self
            .gix
            .find_object(id)
            .map_err(|source| missing(path, id, source))?;
        Ok(object.detach().data)
    }
}

fn missing(path: &BStr, id: ObjectId, source: gix::Error) -> FilesError {
    FilesError::MissingObject {
        id,
        path: path.to_owned(),
        source: source.into(),
    }
}

pub(super) fn failed(
    path: &BStr,
    driver: &Driver,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
) -> FilesError {
    FilesError::Filter {
        path: path.to_owned(),
        driver: driver.name.clone(),
        source,
    }
}
