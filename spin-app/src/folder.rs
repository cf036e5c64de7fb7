//! Folders that the manifest mounts, read-only.

use spin_sdk::wasip3::filesystem::preopens::get_directories;
use spin_sdk::wasip3::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags,
};
use spin_sdk::wasip3::wit_bindgen::{FutureReader, StreamReader, StreamResult};

/// A mounted folder.
pub(crate) struct Folder(Descriptor);

/// An open file.
pub(crate) struct File {
    descriptor: Descriptor,
    pub(crate) length: u64,
    /// When its contents last changed, in nanoseconds since 1970, where the host knows.
    pub(crate) modified: Option<i128>,
}

impl Folder {
    /// The folder that is mounted at `path`.
    pub(crate) fn mounted_at(path: &str) -> Option<Self> {
        let mut mounted = get_directories().into_iter();
        mounted
            .find(|(_, at)| at == path)
            .map(|(folder, _)| Self(folder))
    }

    /// Opens the file called `name`, relative to the folder; `None` where there is none. The host lets no
    /// name out of the folder.
    pub(crate) async fn open(&self, name: &str) -> Option<File> {
        let (at, read) = (PathFlags::SYMLINK_FOLLOW, DescriptorFlags::READ);
        let opened = self
            .0
            .open_at(at, name.to_owned(), OpenFlags::empty(), read);
        let descriptor = opened.await.ok()?;
        let stat = descriptor.stat().await.ok()?;
        if !matches!(stat.type_, DescriptorType::RegularFile) {
            return None;
        }
        let modified = stat.data_modification_timestamp.map(|instant| {
            i128::from(instant.seconds)
                .saturating_mul(1_000_000_000)
                .saturating_add(i128::from(instant.nanoseconds))
        });
        Some(File {
            descriptor,
            length: stat.size,
            modified,
        })
    }
}

impl File {
    /// The contents from `offset` to the end.
    pub(crate) fn contents(
        &self,
        offset: u64,
    ) -> (StreamReader<u8>, FutureReader<Result<(), ErrorCode>>) {
        self.descriptor.read_via_stream(offset)
    }

    /// All of it; `None` where it is larger than `cap` or cannot be read to its end.
    pub(crate) async fn whole(&self, cap: u64) -> Option<Vec<u8>> {
        if self.length > cap {
            return None;
        }
        let (mut contents, end) = self.contents(0);
        let mut whole = Vec::with_capacity(usize::try_from(self.length).ok()?);
        loop {
            let (result, chunk) = contents.read(Vec::with_capacity(16 * 1024)).await;
            whole.extend_from_slice(&chunk);
            match result {
                StreamResult::Complete(_) => {}
                StreamResult::Dropped => break,
                StreamResult::Cancelled => return None,
            }
        }
        end.await.ok()?;
        (u64::try_from(whole.len()) == Ok(self.length)).then_some(whole)
    }
}
