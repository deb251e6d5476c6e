//! Stable error codes: one for each variant of an enum of causes.

/// Gives an enum of causes a code for each variant, and the list of all codes. The match has no
/// wildcard, so a new variant without a code does not compile.
macro_rules! codes {
    ($causes:ident { $($cause:pat => $code:literal,)+ }) => {
        impl $causes {
            /// All codes, for counters that start at zero.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable code of the cause, for log fields, counters, and the vectors in
            /// `vectors/`. Codes are never changed or reused; new ones may come.
            pub fn code(&self) -> &'static str {
                match self {
                    $($cause => $code,)+
                }
            }
        }
    };
}

pub(crate) use codes;
