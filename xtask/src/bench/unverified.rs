//! A demo-service that looks at nobody's login: what its page costs beside the verification.

use std::fs;
use std::path::{Path, PathBuf};

use crate::copy::copy_tree;
use crate::error::{Context, Error, Result};
use crate::project::{self, cargo};

/// The file of the handler, in the project.
const HANDLERS: &str = "demo-service/src/pages.rs";

/// What the handler of `GET /` is given and does, and what it is given and does instead.
const CHANGES: [(&str, &str); 2] = [
    (
        "pub async fn home(\n    user: MaybeUser,\n",
        "pub async fn home(\n    request: actix_web::HttpRequest,\n",
    ),
    (
        "    let is_marked = arrival.is_some_and(",
        "    let user = whom_the_first_request_was_from(&request).await;\n    let is_marked = arrival.is_some_and(",
    ),
];

const FIRST: &str = "
async fn whom_the_first_request_was_from(request: &actix_web::HttpRequest) -> &'static MaybeUser {
    static FIRST: std::sync::OnceLock<MaybeUser> = std::sync::OnceLock::new();
    if FIRST.get().is_none() {
        let user = <MaybeUser as actix_web::FromRequest>::extract(request).await;
        let _ = FIRST.set(user.expect(\"the page is open to all\"));
    }
    FIRST.get().expect(\"somebody was first\")
}
";

/// Builds it for release from a copy of the sources in `folder`.
pub fn build(folder: &Path) -> Result<PathBuf> {
    let copy = folder.join("unverified");
    copy_tree(&project::root(), &copy)?;
    let handlers = copy.join(HANDLERS);
    let text = fs::read_to_string(&handlers).with_context(|| format!("read {}", handlers.display()))?;
    fs::write(&handlers, changed(&text)?).with_context(|| format!("write {}", handlers.display()))?;
    let mut build = cargo(["build", "--release", "--package", "demo-service"]);
    build.current_dir(&copy).env("CARGO_TARGET_DIR", project::root().join("target"));
    let built = project::build_one(&mut build, "demo-service")?;
    // The next build of the original puts its own in this place.
    let kept = folder.join("unverified-demo-service");
    fs::copy(&built, &kept).with_context(|| "keep a program".into())?;
    Ok(kept)
}

fn changed(handlers: &str) -> Result<String> {
    let mut text = handlers.to_owned();
    for (from, to) in CHANGES {
        if text.matches(from).count() != 1 {
            return Err(Error::new(format!("{HANDLERS} no longer holds this once:\n{from}")));
        }
        text = text.replace(from, to);
    }
    Ok(text + FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handler_is_found_and_changed() {
        let handlers = fs::read_to_string(project::root().join(HANDLERS)).unwrap();
        let changed = changed(&handlers).unwrap();
        assert!(changed.contains("whom_the_first_request_was_from(&request)"), "{changed}");
        assert!(super::changed(&changed).is_err(), "it is not there a second time");
    }
}
