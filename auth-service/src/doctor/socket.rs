//! Checks `LISTEN=unix:…`: whether a service listens on the socket, and who may connect.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use shared_claims::server::Listen;

use super::finding::Finding;
use super::settings::Known;

pub(super) fn examine(known: &Known) -> Vec<Finding> {
    match &known.config.listen {
        Listen::Unix(path) if known.has("LISTEN") => vec![served(path)],
        _ => Vec::new(),
    }
}

fn served(path: &Path) -> Finding {
    let at = path.display();
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Finding::note("listen-socket-not-seen", format!("{at} may not be opened by whoever runs this"))
                .because("So the doctor cannot see whether auth-service listens there.")
                .advise("Run it as the service's user.")
        }
        Err(error) => Finding::error("listen-socket-dead", format!("nobody answers at {at}: {error}"))
            .because("The proxy on this machine gets no connection, and people get its error page.")
            .advise(
                "Start auth-service with this LISTEN. If it runs: file and folder must be the same for proxy, service and doctor, not \
                 within a container or a PrivateTmp of one of them.",
            ),
        Ok(_) if is_open_to_all(path) => {
            Finding::warning("listen-socket-open-to-all", format!("every user of this machine may connect to {at}"))
                .because("Whoever connects there is believed to be the proxy, and can write any address into X-Forwarded-For.")
                .advise("Take the rights of others off the file or its folder: auth-service makes it with mode 0660, for its own group.")
        }
        Ok(_) => Finding::ok("listen-socket", format!("somebody listens at {at}")),
    }
}

fn is_open_to_all(path: &Path) -> bool {
    let mode = |path: &Path| path.metadata().map_or(0, |metadata| metadata.permissions().mode());
    // Connecting needs write permission on the socket and search permission on its directory.
    mode(path) & 0o002 != 0 && path.parent().is_none_or(|folder| mode(folder) & 0o001 != 0)
}
