//! Where a login leads, in the words of people.

use serde::Serialize;

use super::App;
use crate::config::host_and_port;
use crate::http::Next;

/// The service that a login leads to.
#[derive(Debug, Serialize)]
pub struct Destination {
    /// The name in `SERVICES`, if it has one there.
    name: Option<String>,
    icon: Option<String>,
    host: String,
}

impl Destination {
    /// `None` for our own pages.
    pub fn of(app: &App, next: Option<&Next>) -> Option<Self> {
        let url = next?.url();
        if url.origin() == app.config.auth_url.url().origin() {
            return None;
        }
        let service = app.config.services.at(url);
        Some(Self {
            name: service.map(|service| service.name.clone()),
            icon: service.and_then(|service| app.statics.icon_address(service)),
            host: host_and_port(url),
        })
    }

    pub fn sample(name: Option<&str>, icon: Option<&str>) -> Self {
        Self {
            name: name.map(str::to_owned),
            icon: icon.map(str::to_owned),
            host: "shop.example.org".to_owned(),
        }
    }
}
