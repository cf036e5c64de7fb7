//! Skips a step whose inputs are the same as when its outputs were made.

use crate::failure::{Doing, Outcome};
use crate::place::Place;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// The inputs that a step's outputs were made from, as one number.
pub(crate) struct Inputs(DefaultHasher);

impl Inputs {
    /// Begins with this tool itself, because a changed step makes a different output.
    pub(crate) fn of_this_tool() -> Outcome<Self> {
        let mut inputs = Self(DefaultHasher::new());
        // A build of this tool meanwhile puts another file in the place of its own; Linux still has the one that runs.
        let running = PathBuf::from("/proc/self/exe");
        let tool = match running.exists() {
            true => running,
            false => std::env::current_exe().doing("cannot find this program's own file")?,
        };
        inputs.file(&tool)?;
        Ok(inputs)
    }

    /// Adds the content of one file.
    pub(crate) fn file(&mut self, path: &Path) -> Outcome {
        let bytes = fs::read(path).doing(format_args!("cannot read {}", path.display()))?;
        self.0.write_usize(bytes.len());
        self.0.write(&bytes);
        Ok(())
    }

    /// Runs `make` unless `outputs` exist and were made from exactly these inputs.
    pub(crate) fn make(
        self,
        place: &Place,
        name: &str,
        outputs: &[PathBuf],
        make: impl FnOnce() -> Outcome,
    ) -> Outcome {
        let digest = format!("{:016x}", self.0.finish());
        let stamp = place.build("stamps").join(name);
        let same = fs::read_to_string(&stamp).is_ok_and(|held| held == digest);
        if same && outputs.iter().all(|path| path.exists()) {
            return Ok(());
        }
        // An earlier stamp must not vouch for outputs that are only half made.
        if stamp.exists() {
            fs::remove_file(&stamp).doing(format_args!("cannot remove {}", stamp.display()))?;
        }
        make()?;
        write(&stamp, digest.as_bytes())
    }
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).doing(format_args!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).doing(format_args!("cannot write {}", path.display()))
}
