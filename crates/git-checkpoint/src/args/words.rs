//! Words of a closed set, offered by help and completion, and judged only when they are resolved, so that an unknown
//! one is refused with the code and the words of its own error.

use std::{ffi::OsStr, marker::PhantomData};

use checkpoint_model::words::{CheckpointKind, Phase};
use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, StringValueParser, TypedValueParser, ValueParserFactory},
};

/// A set of words that can be enumerated.
pub(crate) trait Words: Clone + Send + Sync + 'static {
    /// Every word.
    fn all() -> Vec<&'static str>;
}

impl Words for CheckpointKind {
    fn all() -> Vec<&'static str> {
        Self::ALL.iter().map(|kind| kind.as_str()).collect()
    }
}

impl Words for Phase {
    fn all() -> Vec<&'static str> {
        Self::ALL.iter().map(|phase| phase.as_str()).collect()
    }
}

/// What was typed where one of the words of `T` belongs.
#[derive(Debug, Clone)]
pub(crate) struct Typed<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

impl<T: std::str::FromStr> Typed<T> {
    /// The word that is meant; fails as reading a `T` does.
    pub(crate) fn resolve(&self) -> Result<T, T::Err> {
        self.text.parse()
    }
}

impl<T: Words> ValueParserFactory for Typed<T> {
    type Parser = Parser<T>;

    fn value_parser() -> Parser<T> {
        Parser(PhantomData)
    }
}

/// Takes any text, and tells the words of `T` to whoever asks what it takes.
#[derive(Clone)]
pub(crate) struct Parser<T>(PhantomData<fn() -> T>);

impl<T: Words> TypedValueParser for Parser<T> {
    type Value = Typed<T>;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Typed<T>, Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        Ok(Typed {
            text,
            of: PhantomData,
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(T::all().into_iter().map(PossibleValue::new)))
    }
}
