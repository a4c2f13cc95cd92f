//! The words and the rules of git-checkpoint: values in, values out; no repository, no files, no clock.
