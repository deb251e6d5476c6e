//! The units in `deploy/systemd`, judged by systemd's own tool where it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const UNITS: [&str; 2] = ["auth-service.service", "auth-service@.service"];

/// In tenths: what `systemd-analyze security` calls "OK" ends at 5.0. A directive that goes missing shows here.
const MOST_EXPOSURE: &str = "15";

fn unit(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/systemd");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The units in a folder of their own, with the program where cargo put it instead of where an operator does.
fn installed() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let install = |name: &str| {
        let path = folder.path().join(name);
        let text = unit(name).replace("/usr/local/bin/auth-service", env!("CARGO_BIN_EXE_auth-service"));
        fs::write(&path, text).unwrap();
        path
    };
    let paths = UNITS.map(install).to_vec();
    (folder, paths)
}

/// `None` where systemd's tool is missing: then there is nobody who would run the units either.
fn analyze(words: &[&str], paths: &[PathBuf]) -> Option<Output> {
    let mut command = Command::new("systemd-analyze");
    match command.args(words).args(paths).stdin(Stdio::null()).output() {
        Ok(output) => Some(output),
        Err(_) => {
            println!("skipped: systemd-analyze is not installed");
            None
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn systemd_finds_nothing_to_say_about_the_units() {
    let (_folder, paths) = installed();
    let Some(output) = analyze(&["verify", "--man=no"], &paths) else { return };
    let said = said(&output);
    // Of units on this machine that ours name, it may say what it likes.
    let about_ours: Vec<_> = said.lines().filter(|line| line.contains("auth-service")).collect();
    assert!(about_ours.is_empty(), "{said}");
}

#[test]
fn a_misspelt_directive_would_be_found() {
    let (_folder, paths) = installed();
    fs::write(&paths[0], unit(UNITS[0]).replace("ProtectHome=", "ProtectHouse=")).unwrap();
    let Some(output) = analyze(&["verify", "--man=no"], &paths[..1]) else { return };
    assert!(said(&output).contains("ProtectHouse"), "{}", said(&output));
}

#[test]
fn the_units_are_exposed_to_little() {
    let (_folder, paths) = installed();
    let threshold = format!("--threshold={MOST_EXPOSURE}");
    for path in paths {
        let words = ["security", "--offline=yes", "--no-pager", &threshold];
        let Some(output) = analyze(&words, &[path]) else { return };
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn the_units_differ_in_their_socket_alone() {
    let lines = |name: &str| -> Vec<String> {
        let text = unit(name);
        let settings =
            text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("Description="));
        settings.map(str::to_owned).collect()
    };
    let several: Vec<_> =
        lines(UNITS[1]).into_iter().map(|line| line.replace("/%i.sock", "/http.sock")).collect();
    assert_eq!(lines(UNITS[0]), several);
}

/// Q8
#[test]
fn the_unit_listens_where_the_proxies_examples_ask_and_may_make_the_socket_there() {
    let unit = unit(UNITS[0]);
    let socket = unit.lines().find_map(|line| line.strip_prefix("Environment=LISTEN=unix:")).unwrap();
    let folder = Path::new(socket).parent().unwrap().file_name().unwrap().to_str().unwrap();
    // Made by systemd, for the unit's user and group; others may not even enter.
    for line in [&format!("RuntimeDirectory={folder}"), "RuntimeDirectoryMode=0750"] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let asks = [
        ("nginx/conf.d/shared-login.conf", format!("server unix:{socket} ")),
        ("caddy/Caddyfile", format!("unix/{socket}}}")),
    ];
    for (file, upstream) in asks {
        let text = fs::read_to_string(examples.join(file)).unwrap();
        assert!(text.contains(&upstream), "{file} lacks `{upstream}`");
    }
}
