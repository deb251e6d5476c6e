//! Rights that hold on every service of the domain: the flags of an account.

/// A right. Neither includes the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// May see the staff pages of services.
    Staff,
    /// May do everything that a service reserves for superusers.
    Superuser,
}

impl std::fmt::Display for Right {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Staff => "staff",
            Self::Superuser => "superuser",
        })
    }
}
