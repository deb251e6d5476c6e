//! `cargo xtask dist`: a release, packaged into `target/dist/`.
//!
//! The same commit, toolchain and libraries are meant to give the same bytes, whenever they are packaged; the container
//! images alone do not, because Docker writes the time of its build into them.

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

use crate::error::{Doing, Outcome, Stop};
use crate::{process, project};

use release::Release;

/// What can be asked of it.
#[derive(clap::Args)]
pub struct Options {
    /// Leave the container images out.
    #[arg(long)]
    no_image: bool,
}

/// Packages a release, then checks what was written.
pub fn dist(options: &Options) -> Outcome {
    // What is missing is said before minutes of compiling.
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
        // What a former run left would be among the checksums.
        fs::remove_dir_all(&folder).doing(|| format!("empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).doing(|| format!("make {}", folder.display()))?;

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

/// Unpacks what was packed and asks the program there for its version.
fn answers_its_version(archive: &Path, release: &Release) -> Outcome {
    let folder = tempfile::tempdir().doing(|| "make a folder".into())?;
    archive::unpack(archive, folder.path())?;
    let program = folder.path().join(release.name()).join("bin/auth-service");
    let answer = process::read(Command::new(program).arg("--version").env_clear())?;
    let expected = format!("auth-service {}", release.version);
    if answer == expected {
        Ok(())
    } else {
        Err(Stop::because(format!("the packed auth-service answers `{answer}` instead of `{expected}`")))
    }
}
