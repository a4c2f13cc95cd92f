//! How much of a task is done.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    shown::shown,
};

/// A share of the work, in hundredths: 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Percent(#[schemars(range(max = 100))] u8);

/// What is no share of the work.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error(
    "'{}' is not a percentage: expected a whole number from 0 to 100",
    shown(text)
)]
#[diagnostic(code(run::percent_invalid), help("--percent 100"))]
pub struct PercentError {
    /// What was given.
    pub text: String,
}

impl Failure for PercentError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl Percent {
    /// Everything.
    pub const ALL: Self = Self(100);

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        // `u8::from_str` would take a plus sign, too.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|n| is_plain && *n <= 100);
        number.map(Self).ok_or_else(|| PercentError {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        match number {
            0..=100 => Ok(Self(number)),
            _ => Err(D::Error::custom("a percentage over 100")),
        }
    }
}
