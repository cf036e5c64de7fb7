//! A checkout that was copied with all that was built in it works on itself and not on the original.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test by panicking"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A small checkout with the program of this one, gone after the test.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("lychgate-{name}-{}", std::process::id()));
        let copy = Self(folder);
        copy.write("xtask/Cargo.toml", "");
        let orders = "# Architecture\n\n```imports\na\n```\n\n```rooms\nb\n```\n";
        copy.write("ARCHITECTURE.md", orders);
        copy.write("core/src/a.rs", "//! Nothing.\n");
        fs::create_dir_all(copy.0.join("target/debug")).unwrap();
        let built = env::var_os("CARGO_BIN_EXE_xtask").unwrap();
        fs::copy(built, copy.program()).unwrap();
        copy
    }

    fn program(&self) -> PathBuf {
        self.0.join("target/debug/xtask")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// `tidy` reads every source of the tree that it works on.
    fn tidy(&self, from: &Path, package: Option<&Path>) -> Output {
        let mut tidy = Command::new(self.program());
        tidy.arg("tidy").current_dir(from);
        tidy.env_remove("CARGO_MANIFEST_DIR");
        if let Some(package) = package {
            tidy.env("CARGO_MANIFEST_DIR", package);
        }
        tidy.output().unwrap()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_program_of_a_copy_works_on_the_copy() {
    let copy = Copy::new("copied-tree");
    let folder = copy.0.clone();
    let package = folder.join("xtask");
    // As `target/debug/xtask` in the copy, and as `cargo xtask` with the manifest of the copy.
    for (from, package) in [
        (folder.join("core/src"), None),
        (env::temp_dir(), Some(package.as_path())),
    ] {
        let whole = copy.tidy(&from, package);
        let said = String::from_utf8_lossy(&whole.stderr).into_owned();
        assert!(whole.status.success(), "{said}");
        copy.write("core/src/a.rs", "no module comment\n");
        let broken = copy.tidy(&from, package);
        let said = String::from_utf8_lossy(&broken.stderr).into_owned();
        assert!(!broken.status.success());
        assert!(said.contains("core/src/a.rs:1"), "{said}");
        copy.write("core/src/a.rs", "//! Nothing.\n");
    }
}
