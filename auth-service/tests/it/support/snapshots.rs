//! Snapshots in `tests/it/snapshots/`.

/// Asserts that `text` equals the snapshot `name` in this folder. A difference is shown.
#[track_caller]
pub fn assert_unchanged(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(format!("../snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
