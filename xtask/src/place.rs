//! Where things lie: paths from the root of the repository.

use crate::failure::{Doing, Failure, Outcome};
use std::env;
use std::path::{Path, PathBuf};

/// The file that lies in the root of every checkout and tells it from other folders.
const SIGN: &str = "xtask/Cargo.toml";

/// The repository that this tool works on.
#[derive(Clone)]
pub(crate) struct Place {
    root: PathBuf,
}

impl Place {
    /// Finds the root when the tool runs: what the compiler knew names the tree that it compiled, and a copy of that
    /// tree has the same program. Cargo names the package that it runs; a program that is started without cargo works
    /// on the checkout that it is started in.
    ///
    /// # Errors
    /// Neither leads to a checkout.
    pub(crate) fn find() -> Outcome<Self> {
        let current = env::current_dir().doing("cannot find the current folder")?;
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = root(package.as_deref(), &current).ok_or_else(|| {
            let current = current.display();
            Failure::new(format!(
                "no checkout of Lychgate at or above {current}: run it as `cargo xtask` inside of one"
            ))
        })?;
        env::set_current_dir(&root).doing(format_args!("cannot enter {}", root.display()))?;
        Ok(Self { root })
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

/// The root above the package that cargo runs, where that is this one, else the nearest one at or above `current`.
fn root(package: Option<&Path>, current: &Path) -> Option<PathBuf> {
    let is_root = |folder: &Path| folder.join(SIGN).is_file();
    let of_package = package
        .filter(|package| package.file_name().is_some_and(|name| name == "xtask"))
        .and_then(Path::parent);
    of_package
        .into_iter()
        .chain(current.ancestors())
        .find(|folder| is_root(folder))
        .map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Two checkouts beside each other, and a folder that is none.
    struct Trees(PathBuf);

    impl Trees {
        fn new() -> Self {
            static COUNT: AtomicUsize = AtomicUsize::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("lychgate-xtask-{}-{number}", std::process::id());
            let folder = env::temp_dir().join(name);
            for tree in ["one", "two"] {
                fs::create_dir_all(folder.join(tree).join("core/src")).unwrap();
                fs::create_dir_all(folder.join(tree).join("xtask")).unwrap();
                fs::write(folder.join(tree).join(SIGN), "").unwrap();
            }
            fs::create_dir_all(folder.join("none/xtask")).unwrap();
            Self(folder)
        }

        fn at(&self, path: &str) -> PathBuf {
            self.0.join(path)
        }
    }

    impl Drop for Trees {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_package_that_cargo_runs_says_which_tree_it_is() {
        let trees = Trees::new();
        let package = trees.at("two/xtask");
        let found = root(Some(&package), &trees.at("one"));
        assert_eq!(found, Some(trees.at("two")));
    }

    #[test]
    fn without_cargo_it_is_the_tree_around_the_current_folder() {
        let trees = Trees::new();
        for package in [
            None,
            Some(trees.at("two/core")),
            Some(trees.at("none/xtask")),
        ] {
            let found = root(package.as_deref(), &trees.at("one/core/src"));
            assert_eq!(found, Some(trees.at("one")), "{package:?}");
        }
    }

    #[test]
    fn outside_of_every_tree_there_is_none() {
        let trees = Trees::new();
        assert_eq!(root(None, &trees.at("none")), None);
    }
}
