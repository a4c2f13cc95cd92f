mod fixture;

mod against_git;
mod big;
mod faults;
mod hostile;
mod names;
mod property;
mod steps;
