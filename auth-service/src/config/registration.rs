//! `REGISTRATION`: who makes accounts.

use super::ConfigError;

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
        match value {
            None | Some("open") => Ok(Self::Open),
            Some("closed") => Ok(Self::Closed),
            Some(_) => Err(ConfigError::new("REGISTRATION", "must be open or closed")),
        }
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
