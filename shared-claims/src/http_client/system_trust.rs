//! TLS with the certificate authorities that the operating system trusts.

use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// TLS settings with the operating system's certificate authorities, so that a company's own
/// authority is trusted here too.
pub struct SystemTrust {
    /// The TLS configuration for an agent.
    pub tls: TlsConfig,
    /// Problems to log: why authorities are missing.
    pub problems: Vec<String>,
}

/// Reads the certificates of the system.
pub fn system_trust() -> SystemTrust {
    let found = rustls_native_certs::load_native_certs();
    let mut problems: Vec<String> = found
        .errors
        .iter()
        .map(|error| format!("a certificate of the system cannot be read: {error}"))
        .collect();
    let roots: Vec<_> = found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    if roots.is_empty() {
        problems.push(
            "the system trusts no certificate authority (is ca-certificates installed?): https will fail"
                .to_owned(),
        );
    }
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    SystemTrust { tls, problems }
}
