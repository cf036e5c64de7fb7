//! The weight of a deployment: to Cloudflare every uploaded file, compressed by gzip; to Spin the component.

use crate::failure::{Doing, Failure, Outcome};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;

/// The most that all files together may weigh, in bytes, as they are and compressed.
const LIMIT: (usize, usize) = (1_000_000, 400 * 1024);

/// Prints the raw and compressed size of each file in `folder` and of all together.
///
/// # Errors
/// Over [`LIMIT`], or a file that cannot be read.
pub(crate) fn report(folder: &Path) -> Outcome {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).doing(format_args!("cannot list {}", folder.display()))? {
        files.push(entry.doing("cannot list the deployment")?.path());
    }
    files.sort();
    let mut raw_total = 0_usize;
    let mut packed_total = 0_usize;
    eprintln!("{:>10} {:>10}  file", "bytes", "gzip -9");
    for path in files {
        let bytes = fs::read(&path).doing(format_args!("cannot read {}", path.display()))?;
        let packed = packed_size(&bytes)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        eprintln!("{:>10} {packed:>10}  {name}", bytes.len());
        raw_total = raw_total.saturating_add(bytes.len());
        packed_total = packed_total.saturating_add(packed);
    }
    let (most, most_packed) = LIMIT;
    eprintln!("{raw_total:>10} {packed_total:>10}  total, of {most} and {most_packed} allowed");
    if raw_total > most || packed_total > most_packed {
        return Err(Failure::new("the deployment weighs more than allowed"));
    }
    Ok(())
}

/// The most that a component may weigh, in bytes, as it is and compressed.
const COMPONENT_LIMIT: (usize, usize) = (1_600_000, 700 * 1024);

/// Prints the raw and compressed size of a component.
///
/// # Errors
/// Over [`COMPONENT_LIMIT`], or a file that cannot be read.
pub(crate) fn component(path: &Path) -> Outcome {
    let bytes = fs::read(path).doing(format_args!("cannot read {}", path.display()))?;
    let (raw, packed) = (bytes.len(), packed_size(&bytes)?);
    let (most, most_packed) = COMPONENT_LIMIT;
    eprintln!("{:>10} {:>10}  file", "bytes", "gzip -9");
    eprintln!("{raw:>10} {packed:>10}  lychgate.wasm, of {most} and {most_packed} allowed");
    if raw > most || packed > most_packed {
        return Err(Failure::new("the component weighs more than allowed"));
    }
    Ok(())
}

fn packed_size(bytes: &[u8]) -> Outcome<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).doing("cannot compress")?;
    Ok(encoder.finish().doing("cannot compress")?.len())
}
