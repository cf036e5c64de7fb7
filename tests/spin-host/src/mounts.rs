//! The files of a component: copied into a folder of their own, which it sees as its root and cannot change.

use crate::manifest::{Component, Files};
use std::fs;
use std::path::{Component as Part, Path, PathBuf};
use wasmtime::{Result, bail, ensure, error::Context as _};

/// Copies the files of a component to `root`, in place of what was there.
///
/// # Errors
/// A source that is missing, or one that would bring in files from elsewhere.
pub fn copy(component: &Component, from: &Path, root: &Path) -> Result<Option<PathBuf>> {
    if root.exists() {
        fs::remove_dir_all(root).with_context(|| format!("cannot clear {}", root.display()))?;
    }
    if component.files.is_empty() {
        return Ok(None);
    }
    fs::create_dir_all(root)?;
    for files in &component.files {
        match files {
            Files::Same(path) => {
                let source = source(from, path)?;
                ensure!(
                    source.is_file(),
                    "files: {path:?} is no file; a folder needs {{ source, destination }}, and patterns are not known"
                );
                copy_file(&source, &root.join(inside(path)?))?;
            }
            Files::Placed(placed) => {
                let source = source(from, &placed.source)?;
                let target = root.join(inside(&placed.destination)?);
                if source.is_dir() {
                    copy_folder(&source, &target)?;
                } else {
                    ensure!(
                        !placed.destination.ends_with('/'),
                        "files: {:?} is not a valid destination file name",
                        placed.destination
                    );
                    copy_file(&source, &target)?;
                }
            }
        }
    }
    Ok(Some(root.to_owned()))
}

/// Where a source is; what is missing is an error.
fn source(from: &Path, path: &str) -> Result<PathBuf> {
    let source = from.join(path);
    fs::metadata(&source).with_context(|| format!("files: {path:?} does not exist"))?;
    Ok(source)
}

/// A path below the root, however it is written; none leads out of it.
fn inside(destination: &str) -> Result<PathBuf> {
    let mut path = PathBuf::new();
    for part in Path::new(destination).components() {
        match part {
            Part::RootDir | Part::CurDir => {}
            Part::Normal(name) => path.push(name),
            Part::ParentDir | Part::Prefix(_) => {
                bail!("files: {destination:?} leads out of the component's root")
            }
        }
    }
    Ok(path)
}

fn copy_folder(source: &Path, target: &Path) -> Result<()> {
    fs::create_dir_all(target)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (path, target) = (entry.path(), target.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            // The target of a link may lie anywhere.
            ensure!(kind.is_file(), "files: {} is no plain file", path.display());
            copy_file(&path, &target)?;
        }
    }
    Ok(())
}

fn copy_file(source: &Path, target: &Path) -> Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(source, target).with_context(|| format!("cannot copy {}", source.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use crate::scratch::Scratch;

    fn component(files: &str) -> Component {
        let text = format!(
            "spin_manifest_version = 2\napplication.name = \"a\"\n\
             [[trigger.http]]\nroute = \"/...\"\ncomponent = \"c\"\n\
             [component.c]\nsource = \"s\"\nfiles = {files}\n"
        );
        Manifest::parse(&text)
            .unwrap()
            .component
            .remove("c")
            .unwrap()
    }

    fn app() -> Scratch {
        let app = Scratch::new();
        fs::create_dir_all(app.path("app/public/deep")).unwrap();
        fs::write(app.path("app/public/deep/a.txt"), "a").unwrap();
        fs::write(app.path("app/b.txt"), "b").unwrap();
        fs::write(app.path("outside.txt"), "secret").unwrap();
        app
    }

    fn mount(app: &Scratch, files: &str) -> Result<Option<PathBuf>> {
        copy(&component(files), &app.path("app"), &app.path("root"))
    }

    #[test]
    fn files_and_folders_are_found_at_their_destination() {
        let app = app();
        let files = r#"["b.txt", { source = "public", destination = "/site" },
            { source = "b.txt", destination = "x/c.txt" }]"#;
        let root = mount(&app, files).unwrap().unwrap();
        for (path, content) in [("b.txt", "b"), ("site/deep/a.txt", "a"), ("x/c.txt", "b")] {
            assert_eq!(fs::read_to_string(root.join(path)).unwrap(), content);
        }
        let root = mount(&app, r#"["b.txt"]"#).unwrap().unwrap();
        assert!(!root.join("site").exists(), "what was there before is gone");
        assert_eq!(mount(&app, "[]").unwrap(), None);
    }

    #[test]
    fn a_missing_source_is_refused() {
        let app = app();
        for files in [
            r#"["gone.txt"]"#,
            r#"["*.txt"]"#,
            r#"["public"]"#,
            r#"[{ source = "gone", destination = "/" }]"#,
            r#"[{ source = "b.txt", destination = "x/" }]"#,
        ] {
            assert!(mount(&app, files).is_err(), "{files}");
        }
    }

    #[test]
    fn nothing_leads_out() {
        let app = app();
        let up = r#"[{ source = "b.txt", destination = "../b.txt" }]"#;
        assert!(mount(&app, up).is_err());
        std::os::unix::fs::symlink("../../outside.txt", app.path("app/public/link")).unwrap();
        let folder = r#"[{ source = "public", destination = "/" }]"#;
        assert!(mount(&app, folder).is_err());
        fs::remove_file(app.path("app/public/link")).unwrap();
        assert!(mount(&app, folder).is_ok());
    }
}
