//! Folders in which tests run the command line.

use crate::tree;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
    sync::atomic::{AtomicUsize, Ordering},
};

/// A folder of one test, empty at its start.
pub struct Folder(pub PathBuf);

/// How a command ended, and what it printed.
pub struct Ran {
    pub code: Option<i32>,
    pub output: String,
    pub messages: String,
}

impl Folder {
    /// A folder of its own, also where another test has chosen the same name.
    pub fn new(name: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = tree::files().join(env!("CARGO_CRATE_NAME"));
        let folder = folder.join(format!("{number}-{name}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("public")).unwrap();
        Self(folder)
    }

    pub fn with(self, file: &str, content: impl AsRef<[u8]>) -> Self {
        let file = self.0.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
        self
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(tree::program());
        let command = command.current_dir(&self.0).args(arguments);
        let command = command.env_remove("CLICOLOR_FORCE");
        Ran::from(command.output().unwrap())
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            messages: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
