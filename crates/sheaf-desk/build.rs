//! Puts the pages, where they were built (`web/dist`), into the program: each file as it is and, where that
//! is smaller, compressed.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> std::io::Result<()> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let dist = var("CARGO_MANIFEST_DIR").join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = var("OUT_DIR");
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        find(&dist, &mut files)?;
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let path = file.strip_prefix(&dist).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let bytes = fs::read(file)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        let gzip = gzip.finish()?;
        let plain = out.join(format!("{number}"));
        fs::write(&plain, &bytes)?;
        let compressed = match gzip.len() < bytes.len() {
            true => {
                let to = out.join(format!("{number}.gz"));
                fs::write(&to, gzip)?;
                format!("Some(include_bytes!({to:?}))")
            }
            false => "None".to_owned(),
        };
        let _ = writeln!(list, "    ({path:?}, include_bytes!({plain:?}), {compressed}),");
    }
    list.push(']');
    fs::write(out.join("pages.rs"), list)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        match path.is_dir() {
            true => find(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
