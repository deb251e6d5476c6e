//! Randomness from the operating system's generator, by way of the crypto library.

use aws_lc_rs::rand;
use uuid::{Builder, Uuid};

/// `N` unpredictable bytes.
///
/// # Panics
/// When the operating system has no randomness to give. No secret can be made then, and going on
/// with a predictable one would be worse than stopping.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place where chance enters")]
    rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// A UUIDv7 (RFC 9562, 5.7) of the moment `unix_millis`: ids made later sort later, which keeps an
/// index compact.
pub fn uuid_v7(unix_millis: u64) -> Uuid {
    Builder::from_unix_timestamp_millis(unix_millis, &bytes::<10>()).into_uuid()
}

/// A UUIDv4 (RFC 9562, 5.4): 122 bits of chance and nothing else.
pub fn uuid_v4() -> Uuid {
    Builder::from_random_bytes(bytes()).into_uuid()
}
