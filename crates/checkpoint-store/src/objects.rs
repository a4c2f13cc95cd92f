//! What gix writes goes into a sink, so that all objects of one step become durable together.

use checkpoint_git::objects::ObjectSink;
use gix::ObjectId;
use gix::objs::{Kind, Write};

/// A sink as gix wants it.
pub(crate) struct Into<'a>(pub(crate) &'a ObjectSink);

impl Write for Into<'_> {
    fn write_buf(&self, kind: Kind, from: &[u8]) -> gix::Result<ObjectId> {
        self.0
            .write(kind, from.to_vec())
            .map_err(gix::Error::from_error)
    }

    fn write_buf_with_known_id(
        &self,
        kind: Kind,
        from: &[u8],
        _: ObjectId,
    ) -> gix::Result<ObjectId> {
        self.write_buf(kind, from)
    }

    fn write_stream(
        &self,
        kind: Kind,
        _: u64,
        from: &mut dyn std::io::Read,
    ) -> gix::Result<ObjectId> {
        let mut data = Vec::new();
        from.read_to_end(&mut data)
            .map_err(gix::Error::from_error)?;
        self.0.write(kind, data).map_err(gix::Error::from_error)
    }

    fn write_stream_with_known_id(
        &self,
        kind: Kind,
        size: u64,
        from: &mut dyn std::io::Read,
        _: ObjectId,
    ) -> gix::Result<ObjectId> {
        self.write_stream(kind, size, from)
    }
}
