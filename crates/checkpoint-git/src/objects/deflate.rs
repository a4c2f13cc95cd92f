//! Deflate, fast: level 1, and level 0 for what does not shrink.

use std::sync::Mutex;

use flate2::{Compress, Compression, FlushCompress, Status};

use super::durable::lock;

/// A pool of compressors: one is some hundred kilobytes that would be set up anew for each small object.
#[derive(Debug, Default)]
pub(super) struct Deflaters {
    idle: Mutex<Vec<Compress>>,
}

impl Deflaters {
    /// Appends `parts`, put together and deflated to one zlib stream, to `out`.
    pub(super) fn deflate(&self, parts: &[&[u8]], out: &mut Vec<u8>) {
        let idle = lock(&self.idle).pop();
        let mut compress = idle.unwrap_or_else(|| Compress::new(Compression::fast(), true));
        let len: usize = parts.iter().map(|part| part.len()).sum();
        // The bound of zlib for content that does not shrink; most content does, so less is touched than reserved.
        out.reserve(len + len / 512 + 64);
        for part in parts {
            feed(&mut compress, part, FlushCompress::None, out);
        }
        feed(&mut compress, &[], FlushCompress::Finish, out);
        compress.reset();
        lock(&self.idle).push(compress);
    }
}

/// Deflates all of `input` to the end of `out`; with `Finish` the stream is ended.
fn feed(compress: &mut Compress, mut input: &[u8], flush: FlushCompress, out: &mut Vec<u8>) {
    let ends = matches!(flush, FlushCompress::Finish);
    while ends || !input.is_empty() {
        out.reserve(64);
        let before = compress.total_in();
        let status = compress
            .compress_vec(input, out, flush)
            .expect("deflate fails only on misuse");
        let taken = compress.total_in() - before;
        input = &input[usize::try_from(taken).expect("a part of a slice is as long as a slice")..];
        if status == Status::StreamEnd {
            return;
        }
    }
}

/// Whether these samples of a file shrink enough to be worth deflating: by an eighth and more.
///
/// Deflating what is compressed already (images, archives, models) takes ten times as long as copying it and gains
/// nothing.
pub(super) fn is_worth_it(samples: &[u8]) -> bool {
    let mut out = Vec::new();
    Deflaters::default().deflate(&[samples], &mut out);
    out.len() < samples.len() - samples.len() / 8
}
