//! `auth-service templates …`: lists and checks what `TEMPLATES_DIR` can override.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::assets::{Files, TemplateProblem};
use crate::config::{AuthUrl, CookieDomain, Services, Site, SiteFlags};
use crate::i18n::Translations;
use crate::pages::Pages;
use crate::pages::static_files::StaticFiles;
use crate::template_check;

use super::{CliError, output};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Try the templates and texts of TEMPLATES_DIR on every page, in every language, as the
    /// service does at its start.
    Check(SiteFlags),
    /// Copy ours into a folder, to begin from: all, or those named.
    Copy {
        /// A folder; files that are there already stay as they are.
        folder: PathBuf,
        /// Such as login/login.html or texts/de.ftl [default: all].
        names: Vec<String>,
    },
    /// Print the names of all that can be overridden.
    List,
}

impl From<TemplateProblem> for CliError {
    fn from(problem: TemplateProblem) -> Self {
        Self::Usage(format!("TEMPLATES_DIR: {problem}"))
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    match &arguments.action {
        Action::Check(flags) => check(flags),
        Action::Copy { folder, names } => copy(folder, names),
        Action::List => {
            for (name, _) in Files::replaceable() {
                output::line(name)?;
            }
            Ok(())
        }
    }
}

fn check(flags: &SiteFlags) -> Result<(), CliError> {
    let site = Site::parse(flags)?;
    let files = Files::with_folder(site.templates_dir.as_deref())?;
    let brought = files.brought().to_vec();
    let statics = StaticFiles::new(&files, &site, &Services::default());
    // Any address will do, because only the templates are checked.
    let domain = CookieDomain::parse("example.org")?;
    let auth_url = AuthUrl::parse("https://auth.example.org", &domain)?;
    let pages = Pages::load(files, &site, &auth_url, &statics)?;
    template_check::check_all(&pages)?;
    for (name, is_ours) in &brought {
        let what = if *is_ours { "in place of ours" } else { "of your own" };
        output::line(format_args!("{name}: {what}"))?;
    }
    tell_missing(pages.texts())?;
    output::line(format_args!("Every page can be drawn, with {} file(s) of yours.", brought.len()))
}

/// A language may be added before it is complete, so show its translator what is missing.
fn tell_missing(texts: &Translations) -> Result<(), CliError> {
    for language in texts.languages() {
        let missing = texts.missing_in(language);
        if !missing.is_empty() {
            let tag = texts.tag(language);
            output::line(format_args!("texts/{tag}.ftl: English stands in for {}", missing.join(", ")))?;
        }
    }
    Ok(())
}

fn copy(folder: &Path, names: &[String]) -> Result<(), CliError> {
    if let Some(unknown) =
        names.iter().find(|name| Files::replaceable().all(|(ours, _)| ours != name.as_str()))
    {
        return Err(CliError::Failed(format!(
            "there is no {unknown}; `auth-service templates list` prints the names there are"
        )));
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
    for (name, bytes) in Files::replaceable().filter(|(name, _)| wanted(name)) {
        let path = folder.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| write_new(&path, bytes));
        match written {
            Ok(()) => output::line(path.display())?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                output::line(format_args!("{} is there already and stays as it is", path.display()))?;
            }
            Err(error) => {
                return Err(CliError::Failed(format!("{} cannot be written: {error}", path.display())));
            }
        }
    }
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}
