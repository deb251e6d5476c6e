//! Reproducible archive: its bytes depend on its content alone.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};
use tar::{Archive, Builder, Header};

use crate::error::{Context, Result};

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path below the archive's only folder, with slashes.
    pub name: String,
    pub content: Vec<u8>,
    pub is_program: bool,
}

/// Writes `entries` into `folder` of a new archive: sorted, with one modification time, owned by
/// root.
pub fn write(path: &Path, folder: &str, epoch: u64, entries: &[Entry]) -> Result {
    let written = || -> io::Result<()> {
        let mut sorted: Vec<_> = entries.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        let mut archive = Builder::new(compressed(BufWriter::new(File::create(path)?)));
        for entry in sorted {
            let mut header = Header::new_ustar();
            header.set_size(entry.content.len() as u64);
            header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
            header.set_mtime(epoch);
            header.set_uid(0);
            header.set_gid(0);
            archive.append_data(&mut header, format!("{folder}/{}", entry.name), entry.content.as_slice())?;
        }
        archive.into_inner()?.finish()?.flush()
    };
    written().with_context(|| format!("write {}", path.display()))
}

/// Compresses like `gzip -n -9`, without name and time.
pub fn compressed<W: Write>(to: W) -> flate2::write::GzEncoder<W> {
    GzBuilder::new().mtime(0).operating_system(255).write(to, Compression::best())
}

/// Unpacks an archive into a folder.
pub fn unpack(path: &Path, folder: &Path) -> Result {
    open(path)
        .and_then(|mut archive| archive.unpack(folder))
        .with_context(|| format!("unpack {}", path.display()))
}

fn open(path: &Path) -> io::Result<Archive<impl Read>> {
    Ok(Archive::new(GzDecoder::new(BufReader::new(File::open(path)?))))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn entry(name: &str, content: &str, is_program: bool) -> Entry {
        Entry { name: name.to_owned(), content: content.into(), is_program }
    }

    #[test]
    fn the_same_content_gives_the_same_bytes_in_whatever_order_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
        let mut entries = vec![entry("bin/a", "#!/bin/sh\n", true), entry("README", "read\n", false)];
        write(&first, "x-1", 1_700_000_000, &entries).unwrap();
        entries.reverse();
        write(&second, "x-1", 1_700_000_000, &entries).unwrap();
        let bytes = fs::read(&first).unwrap();
        assert_eq!(bytes, fs::read(&second).unwrap());
        assert_eq!(bytes[4..8], [0; 4], "gzip's time");

        write(&second, "x-1", 1_700_000_001, &entries).unwrap();
        assert_ne!(bytes, fs::read(&second).unwrap());
    }

    #[test]
    fn what_is_packed_is_unpacked_with_its_mode_and_its_age() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tar.gz");
        write(&path, "x-1", 1_700_000_000, &[entry("bin/a", "A", true), entry("b", "B", false)]).unwrap();
        unpack(&path, folder.path()).unwrap();
        for (name, content, mode) in [("bin/a", "A", 0o755), ("b", "B", 0o644)] {
            let file = folder.path().join("x-1").join(name);
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
            let about = file.metadata().unwrap();
            assert_eq!((about.mode() & 0o777, about.mtime()), (mode, 1_700_000_000), "{name}");
        }
    }

    #[test]
    fn everything_belongs_to_root_and_lies_in_one_folder_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tar.gz");
        write(&path, "x-1", 0, &[entry("c", "", false), entry("a/b", "", false)]).unwrap();
        let mut archive = open(&path).unwrap();
        let seen: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                (entry.path().unwrap().display().to_string(), header.uid().unwrap(), header.gid().unwrap())
            })
            .collect();
        assert_eq!(seen, [("x-1/a/b".to_owned(), 0, 0), ("x-1/c".to_owned(), 0, 0)]);
    }
}
