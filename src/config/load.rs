//! Reading the configuration: file, then environment, then flags.
