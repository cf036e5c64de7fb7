//! Where things lie: paths from the root of the repository.

use crate::failure::{Doing, Failure, Outcome};
use std::env;
use std::path::{Path, PathBuf};

/// The repository that this tool was built from.
#[derive(Clone)]
pub(crate) struct Place {
    root: PathBuf,
}

impl Place {
    /// Finds the root: the folder above this package.
    pub(crate) fn find() -> Outcome<Self> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package
            .parent()
            .ok_or_else(|| Failure::new("this package has no folder above it"))?;
        env::set_current_dir(root).doing(format_args!("cannot enter {}", root.display()))?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// A path below the root.
    pub(crate) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// A path below `build/`, which holds everything made here and is never committed.
    pub(crate) fn build(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join("build").join(path)
    }

    /// A program that npm installed.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// Where cargo puts what it compiles.
    pub(crate) fn cargo_target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), |dir| self.root.join(dir))
    }
}
