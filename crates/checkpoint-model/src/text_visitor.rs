//! Reads a value that has a `FromStr` out of a string, without keeping the string.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::de::{Error, Visitor};

/// A serde visitor for any type that reads itself from text.
pub(crate) struct FromText<T> {
    expected: &'static str,
    marker: PhantomData<T>,
}

impl<T> FromText<T> {
    /// `expected` is what an error says when there is no string at all.
    pub(crate) fn new(expected: &'static str) -> Self {
        Self {
            expected,
            marker: PhantomData,
        }
    }
}

impl<T> Visitor<'_> for FromText<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}
