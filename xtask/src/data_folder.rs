//! Data folder of a run: its databases and its secret key.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use crate::error::{Context, Result};

/// Creates the folder, for its owner only, and a secret key in it, unless they exist.
///
/// `make_secret` runs auth-service's own `generate-secret`, so that auth-service accepts the key.
pub fn prepare(folder: &Path, secret_key: &Path, make_secret: impl FnOnce() -> Result<String>) -> Result {
    let name = folder.display();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("make the folder {name}"))?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))
        .with_context(|| format!("close the folder {name}"))?;
    if secret_key.exists() {
        let owner_only = Permissions::from_mode(0o600);
        return fs::set_permissions(secret_key, owner_only).with_context(|| "close the secret key".into());
    }
    let secret = make_secret()?;
    // Written to a temporary file and renamed, so that no interrupted run leaves half a key. A
    // temporary file has mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("write into {name}"))?;
    writeln!(file, "{secret}").with_context(|| "write the secret key".into())?;
    match file.persist_noclobber(secret_key) {
        // Another run was faster. Its key will do.
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        kept => kept.map(drop).with_context(|| "keep the secret key".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_secret_key_is_made_once_and_for_its_owner_only() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("data");
        let key = folder.join("secret-key");
        prepare(&folder, &key, || Ok("first".into())).unwrap();
        assert_eq!(fs::read_to_string(&key).unwrap(), "first\n");
        assert_eq!((mode(&folder), mode(&key)), (0o700, 0o600));

        fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
        prepare(&folder, &key, || panic!("there is a key")).unwrap();
        assert_eq!(fs::read_to_string(&key).unwrap(), "first\n");
        assert_eq!(mode(&key), 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
    }
}
