//! Release packaging (`cargo xtask dist`), into `target/dist/`.
//!
//! The builds are reproducible: the same commit, toolchain and libraries give the same bytes at any
//! time. Only the container images do not, because Docker writes the build time into them.

mod archive;
mod bom;
mod contents;
mod image;
mod licenses;
mod release;
mod sums;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::{process, project};

use release::Release;

/// Options.
#[derive(clap::Args)]
pub struct Options {
    /// Leave the container images out.
    #[arg(long)]
    no_image: bool,
}

/// Packages a release, then checks the result.
pub fn dist(options: &Options) -> Result {
    // Missing tools are reported before minutes of compiling.
    bom::need_the_tool()?;
    let release = Release::of_this_commit()?;
    if !release.is_committed {
        eprintln!(
            "xtask: the working tree differs from the last commit: nobody else can make the same package"
        );
    }
    let programs = release.build()?;

    let folder = release.target_folder.join("dist");
    if folder.exists() {
        // Files of an earlier run would be among the checksums.
        fs::remove_dir_all(&folder).with_context(|| format!("empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;

    let boms = bom::write(&release, &folder)?;
    let packages = release.packages()?;
    let third_parties = licenses::of(&bom::components(&boms), &packages)?;
    let archive = folder.join(format!("{}.tar.gz", release.name()));
    let entries = contents::gather(&project::root(), &programs, third_parties)?;
    archive::write(&archive, &release.name(), release.epoch, &entries)?;
    image::save(&release, &folder, options.no_image)?;
    let sums = sums::write(&folder)?;

    sums::verify(&folder)?;
    answers_its_version(&archive, &release)?;
    println!("{}:\n{sums}Checked: the sums hold, and the packed auth-service answers.", folder.display());
    Ok(())
}

/// Unpacks the archive and asks its program for the version.
fn answers_its_version(archive: &Path, release: &Release) -> Result {
    let folder = tempfile::tempdir().with_context(|| "make a folder".into())?;
    archive::unpack(archive, folder.path())?;
    let program = folder.path().join(release.name()).join("bin/auth-service");
    let answer = process::read(Command::new(program).arg("--version").env_clear())?;
    let expected = format!("auth-service {}", release.version);
    if answer == expected {
        Ok(())
    } else {
        Err(Error::new(format!("the packed auth-service answers `{answer}` instead of `{expected}`")))
    }
}
