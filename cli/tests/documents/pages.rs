//! The documents of this repository, as tests read them.

use crate::tree;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Pages at the root of the repository.
const AT_ROOT: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "STORAGE.md",
];

/// A document.
pub struct Page {
    /// From the root of the repository, with `/` between folders.
    pub path: String,
    pub text: String,
}

/// Lines between two fences.
pub struct Block {
    pub fence: String,
    pub text: String,
}

impl Page {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(tree::root().join(path));
        let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
        Self {
            path: path.to_owned(),
            text,
        }
    }

    /// Every document below a folder, in the order of their paths.
    pub fn below(folder: &str) -> Vec<Self> {
        let root = tree::root();
        let mut folders = vec![root.join(folder)];
        let mut paths = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "md") {
                    paths.push(relative(&path, &root));
                }
            }
        }
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Where a link of this page leads, from the root of the repository.
    pub fn target(&self, link: &str) -> PathBuf {
        let folder = Path::new(&self.path).parent().unwrap();
        let mut target = PathBuf::new();
        for part in folder.join(link).iter() {
            if part == ".." {
                assert!(target.pop(), "{}: {link}", self.path);
            } else {
                target.push(part);
            }
        }
        target
    }

    /// The lines between fences, without the indentation of lists.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(usize, Block)> = None;
        for line in self.text.lines() {
            let bare = line.trim_start();
            let indentation = line.len().saturating_sub(bare.len());
            match (&mut open, bare.strip_prefix("```")) {
                (None, Some(fence)) => {
                    let (fence, text) = (fence.to_owned(), String::new());
                    open = Some((indentation, Block { fence, text }));
                }
                (Some((_, block)), Some(_)) => {
                    let (fence, text) = (block.fence.clone(), block.text.clone());
                    blocks.push(Block { fence, text });
                    open = None;
                }
                (Some((indentation, block)), None) => {
                    block.text.push_str(line.get(*indentation..).unwrap_or(""));
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a fence has no end", self.path);
        blocks
    }

    /// The texts of the blocks that begin with this fence.
    pub fn of_fence(&self, fence: &str) -> Vec<String> {
        let blocks = self.blocks().into_iter();
        let of_it = blocks.filter(|block| block.fence == fence);
        of_it.map(|block| block.text).collect()
    }

    /// The words in backticks that stand in the first column of the table whose first column has this head.
    pub fn first_column(&self, head: &str) -> Vec<String> {
        let head = format!("| {head} |");
        let mut words = Vec::new();
        let mut is_found = false;
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if !line.starts_with(&head) {
                continue;
            }
            assert!(!is_found, "{}: a second table of {head}", self.path);
            is_found = true;
            for row in lines.by_ref().take_while(|line| line.starts_with('|')) {
                let cell = row.split('|').nth(1).unwrap();
                let quoted = cell.split('`').skip(1).step_by(2);
                words.extend(quoted.map(str::to_owned));
            }
        }
        assert!(is_found, "{}: no table of {head}", self.path);
        words
    }
}

fn relative(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap();
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Every document.
pub fn all() -> Vec<Page> {
    let at_root = AT_ROOT.iter().map(|path| Page::read(path));
    let below = ["docs", ".github"].iter().flat_map(|at| Page::below(at));
    at_root.chain(below).collect()
}

/// The page without what stands between fences.
pub fn prose(page: &Page) -> String {
    let parts = page.text.split("```").step_by(2);
    parts.collect()
}
