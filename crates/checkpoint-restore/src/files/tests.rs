mod fixture;

mod against_git;
mod big;
#[cfg(feature = "faults")]
mod faults;
mod hostile;
mod names;
mod property;
mod steps;
