//! Comparison of the requested host with `SERVICE_URL`, to notice a wrong setting.

use super::fetch_metadata::RequestKind;
use super::request::RequestInfo;
use crate::Settings;
use crate::host::is_host_name;

/// The host that a person opened, if people come back from the login to another one.
///
/// Only a name that the login cookie reaches is judged. Health checks and proxies often use an
/// address or an internal name, which says nothing about what people open. Neither does the port
/// behind a proxy, so it counts only in development, over `http`.
pub(super) fn other_host<'r>(request: &RequestInfo<'r>, settings: &Settings) -> Option<&'r str> {
    let host = request.only("host").filter(|_| request.kind() == RequestKind::Navigation)?;
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let lower = name.to_ascii_lowercase();
    if !is_host_name(&lower) || !settings.cookie_domain.covers(&lower) {
        return None;
    }
    let own_name = settings.service.host_str()?;
    let is_other = match port {
        _ if lower != own_name => !is_forwarded_for(request, own_name),
        Some(port) if settings.service.scheme() == "http" => {
            port.parse().ok() != settings.service.port_or_known_default()
        }
        _ => false,
    };
    is_other.then_some(host)
}

/// Whether a proxy says that this name was opened, and `Host` is how it reaches the service.
fn is_forwarded_for(request: &RequestInfo<'_>, name: &str) -> bool {
    let headers = ["x-forwarded-host", "forwarded"].map(|header| request.all_readable(header));
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    headers
        .iter()
        .flatten()
        .flat_map(|value| value.split(|c| !is_of_name(c)))
        .any(|word| word.eq_ignore_ascii_case(name))
}
