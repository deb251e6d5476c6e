//! `auth-service completions` and `man`: the commands in shells and in manuals.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::commands::Program;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", "powershell"];

/// A command as its `--help` describes it.
struct Described {
    /// `["users", "create"]`; empty for the program itself.
    path: Vec<String>,
    options: BTreeSet<String>,
    settings: BTreeSet<String>,
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
}

/// All commands, found by asking each for its help.
fn described() -> Vec<Described> {
    let (mut waiting, mut found) = (vec![Vec::<String>::new()], Vec::new());
    while let Some(path) = waiting.pop() {
        let asked: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = Program::new(&asked).run_with("").out;
        let below = help.split("Commands:\n").nth(1).unwrap_or_default();
        for line in below.lines().take_while(|line| line.starts_with("  ")) {
            // More deeply indented lines continue a description.
            let Some(name) = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) else { continue };
            let name = name.split(' ').next().unwrap();
            if name != "help" {
                waiting.push(path.iter().cloned().chain([name.to_owned()]).collect());
            }
        }
        let options = words(&help).filter(|word| word.starts_with("--") && word.len() > 2);
        let settings = help.split("[env: ").skip(1).map(|rest| words(rest).next().unwrap());
        found.push(Described {
            options: options.map(str::to_owned).collect(),
            settings: settings.map(str::to_owned).collect(),
            path,
        });
    }
    found
}

fn printed(arguments: &[&str]) -> String {
    let ended = Program::new(arguments).run_with("");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{arguments:?}");
    ended.out
}

/// Whether `program` is installed. If not, its checks are skipped.
fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The objections of `program` to a file. There must be none.
fn objections(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).stdin(Stdio::null()).output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    if output.status.success() || !said.trim().is_empty() { said } else { output.status.to_string() }
}

fn pages() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    printed(&["man", "--dir", folder.path().join("made/for it").to_str().unwrap()]);
    folder
}

#[test]
fn every_shell_is_offered_every_command_and_every_option() {
    let described = described();
    assert!(described.len() > 15, "the commands are found by their help");
    for shell in SHELLS {
        let script = printed(&["completions", shell]);
        for command in &described {
            for name in &command.path {
                assert!(words(&script).any(|word| word == name), "{shell}: {name} is missing");
            }
            for option in &command.options {
                // fish writes `-l listen` for `--listen`.
                let bare = option.trim_start_matches('-');
                let offered =
                    words(&script).any(|word| word == option) || script.contains(&format!("-l {bare} "));
                assert!(offered, "{shell}: {option} of {:?} is missing", command.path);
            }
        }
    }
}

#[test]
fn a_shell_can_read_its_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"].into_iter().filter(|shell| installed(shell)) {
        let file = folder.path().join(shell);
        fs::write(&file, printed(&["completions", shell])).unwrap();
        assert_eq!(objections(shell, &["-n"], &file), "", "{shell}");
    }
}

#[test]
fn bash_completes_what_somebody_began_to_type() {
    if !installed("bash") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completions");
    let script = printed(&["completions", "bash"]);
    for (before, begun, completed) in [
        ("auth-service", "mig", "migrate"),
        ("auth-service", "--cookie-dom", "--cookie-domain"),
        ("auth-service users", "set-p", "set-password"),
        ("auth-service users create-superuser", "--he", "--help"),
        ("auth-service completions", "fi", "fish"),
    ] {
        let typed = format!(
            "\nCOMP_WORDS=({before} {begun}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); asked=$(complete -p auth-service)\n\
             asked=${{asked#*-F }}; ${{asked%% *}} auth-service {begun} ${{COMP_WORDS[COMP_CWORD - 1]}}\n\
             echo \"${{COMPREPLY[@]}}\"\n"
        );
        fs::write(&file, format!("{script}{typed}")).unwrap();
        assert_eq!(objections("bash", &[], &file).trim(), completed, "{before} {begun}");
    }
}

#[test]
fn every_command_has_a_page_that_names_its_options_and_its_settings() {
    let folder = pages();
    let folder = folder.path().join("made/for it");
    let mut expected = BTreeSet::new();
    for command in described() {
        let name = [vec!["auth-service".to_owned()], command.path].concat().join("-") + ".1";
        let page = fs::read_to_string(folder.join(&name)).unwrap();
        // As it is displayed: the source escapes hyphens and switches fonts within lines.
        let page = page.replace("\\-", "-").replace("\\fB", " ").replace("\\fR", " ");
        for option in &command.options {
            assert!(words(&page).any(|word| word == option), "{name}: {option} is missing");
        }
        let environment = page.split(".SH ENVIRONMENT\n").nth(1).unwrap_or_default();
        let environment = environment.split(".SH ").next().unwrap();
        for setting in &command.settings {
            assert!(words(environment).any(|word| word == setting), "{name}: {setting} is missing");
        }
        assert_eq!(environment.is_empty(), command.settings.is_empty(), "{name}");
        expected.insert(name);
    }
    let written =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(written.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn readers_of_manuals_have_nothing_to_object_to() {
    let folder = pages();
    for entry in fs::read_dir(folder.path().join("made/for it")).unwrap() {
        let page = entry.unwrap().path();
        if installed("mandoc") {
            // The page has no date on purpose, so that a release is reproducible.
            let said = objections("mandoc", &["-Tlint", "-Wwarning"], &page);
            // An argument's list of choices has two line breaks in a row, which are displayed as
            // one.
            let harmless = ["missing date", "skipping paragraph macro: br"];
            let said = said.lines().filter(|line| !harmless.iter().any(|harmless| line.contains(harmless)));
            let said: Vec<_> = said.collect();
            assert!(said.is_empty(), "{said:#?}");
        }
        if installed("groff") {
            let output =
                Command::new("groff").args(["-man", "-ww", "-z", "-Tutf8"]).arg(&page).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", page.display());
        }
    }
}

#[test]
fn what_the_settings_hold_stays_out_of_completions_and_pages() {
    let bare = [printed(&["man"]), printed(&["completions", "bash"])];
    let secret = "hidden-as-long-as-possible";
    let with = |arguments: &[&str]| {
        let program = Program::new(arguments).set("SECRET_KEY", secret).set("SECRET_KEY_FILE", secret);
        program.set("DATABASE_URL", secret).run_with("").out
    };
    assert_eq!([with(&["man"]), with(&["completions", "bash"])], bare);
    assert!(bare[0].contains(".SH \"EXIT STATUS\""), "{}", bare[0]);
}

#[test]
fn what_cannot_be_done_is_said_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "").unwrap();
    let ended = Program::new(&["man", "--dir", file.to_str().unwrap()]).run_with("");
    assert_eq!((ended.code, ended.err.lines().count()), (1, 1), "{ended:?}");
    assert!(ended.err.contains("a file cannot be written: "), "{ended:?}");

    let ended = Program::new(&["completions", "csh"]).run_with("");
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("bash, elvish, fish, powershell, zsh"), "{ended:?}");
}
