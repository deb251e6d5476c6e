//! `REGISTRATION`: who makes accounts.

use super::{ConfigError, settings};

/// Who makes accounts, beside the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everybody makes their own. The default.
    Open,
    /// Nobody: the operator's commands are the only way.
    Closed,
}

impl Registration {
    pub(super) fn parse(value: Option<&str>) -> Result<Self, ConfigError> {
        Ok(match settings::one_of("REGISTRATION", value)? {
            "closed" => Self::Closed,
            _ => Self::Open,
        })
    }

    /// As it is set.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Whether the pages lead to a form that makes an account.
    pub fn has_form(self) -> bool {
        match self {
            Self::Open => true,
            Self::Closed => false,
        }
    }
}
