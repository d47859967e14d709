//! What a verb ends with when it does not end well: one mistake or several, each a sentence with hints.

use crate::{app::UserError, config::ConfigError, index::FindError, store::StoreError, tracker::TrackerError};

/// One or more errors; the first decides the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure(pub(crate) Vec<UserError>);

/// Result of a verb's parts.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

macro_rules! from_error {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(vec![error.into()])
            }
        }
    )*};
}

from_error!(UserError, ConfigError, FindError, StoreError, TrackerError);

impl From<Vec<ConfigError>> for Failure {
    fn from(errors: Vec<ConfigError>) -> Self {
        Self(errors.into_iter().map(Into::into).collect())
    }
}
