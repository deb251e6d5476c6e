//! Stable error codes: a name for each variant of an enum of causes.

/// Gives an enum of causes a name for each variant and the list of them all. The match has no
/// wildcard: a new variant without a name does not compile.
macro_rules! codes {
    ($causes:ident { $($cause:pat => $code:literal,)+ }) => {
        impl $causes {
            /// The names of all causes, for counters that start at zero.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The name of the cause: for fields of a log, counters, and the vectors in `vectors/`.
            /// Names are never changed and never used again for something else; new ones may come.
            pub fn code(&self) -> &'static str {
                match self {
                    $($cause => $code,)+
                }
            }
        }
    };
}

pub(crate) use codes;
