//! Writing to the working tree: never through a link, never in place, never what is not expected.
