//! `auth-service doctor`: diagnoses a deployment.

use url::Url;

use crate::config::ServeFlags;
use crate::doctor;

use super::{CliError, output};

/// Every setting of `serve`, the services to look at, and how to print.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    serve: ServeFlags,
    /// The address of a page that needs a login, at a service that trusts it:
    /// `https://shop.example.org/private`. May be given several times.
    #[arg(long = "service", value_name = "URL")]
    pages: Vec<String>,
    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

/// Succeeds if there is neither an error nor a warning.
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let services = arguments.pages.iter().map(|text| service(text)).collect::<Result<Vec<_>, _>>()?;
    let report = doctor::examine(&arguments.serve, &services);
    if arguments.json {
        output::line(serde_json::to_string(&report).expect("texts and numbers can be written as JSON"))?;
    } else {
        report.to_string().lines().try_for_each(output::line)?;
    }
    match report.healthy {
        true => Ok(()),
        false => Err(CliError::Failed(format!("the doctor found {}", report.verdict()))),
    }
}

fn service(text: &str) -> Result<Url, CliError> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
    });
    let mut url = url.ok_or_else(|| {
        CliError::Usage("--service: must be an address such as https://shop.example.org/private".to_owned())
    })?;
    url.set_fragment(None);
    Ok(url)
}
