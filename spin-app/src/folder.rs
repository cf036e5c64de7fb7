//! Folders that the manifest mounts, read-only.

use spin_sdk::wasip3::filesystem::preopens::get_directories;
use spin_sdk::wasip3::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags,
};
use spin_sdk::wasip3::wit_bindgen::{StreamReader, StreamResult};

/// A mounted folder.
pub(crate) struct Folder(Descriptor);

/// An open file.
pub(crate) struct File {
    descriptor: Descriptor,
    /// In bytes.
    pub(crate) length: u64,
    /// When its contents last changed, where the host knows.
    pub(crate) modified: Option<Modified>,
}

/// A time since 1970, in whole seconds and nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modified {
    pub(crate) seconds: u64,
    pub(crate) nanoseconds: u32,
}

/// The folder, or a file in it, cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable(pub(crate) ErrorCode);

impl Folder {
    /// The folder at `path`, which Spin mounts by itself or, with all that the manifest lists, as a part of `/`;
    /// `None` where the manifest mounts nothing there.
    ///
    /// # Errors
    /// [`Unreadable`], which may pass.
    pub(crate) async fn at(path: &str) -> Result<Option<Self>, Unreadable> {
        let mounted = get_directories().into_iter();
        let below = |at: &str| {
            let rest = path.strip_prefix(at.trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/'))
        };
        let nearest = mounted
            .filter_map(|(folder, at)| Some((folder, below(&at)?)))
            .min_by_key(|(_, rest)| rest.len());
        let Some((folder, rest)) = nearest else {
            return Ok(None);
        };
        if rest.is_empty() {
            return Ok(Some(Self(folder)));
        }
        let (at, read) = (PathFlags::SYMLINK_FOLLOW, DescriptorFlags::READ);
        let opened = folder.open_at(at, rest.to_owned(), OpenFlags::DIRECTORY, read);
        match opened.await {
            Ok(folder) => Ok(Some(Self(folder))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(Unreadable(error)),
        }
    }

    /// Opens the file called `name`, relative to the folder; `None` where nothing, or no file, has that name.
    /// The host lets no name out of the folder.
    ///
    /// # Errors
    /// [`Unreadable`]
    pub(crate) async fn open(&self, name: &str) -> Result<Option<File>, Unreadable> {
        let (at, read) = (PathFlags::SYMLINK_FOLLOW, DescriptorFlags::READ);
        let opened = self
            .0
            .open_at(at, name.to_owned(), OpenFlags::empty(), read);
        let descriptor = match opened.await {
            Ok(descriptor) => descriptor,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(Unreadable(error)),
        };
        let stat = descriptor.stat().await.map_err(Unreadable)?;
        if !matches!(stat.type_, DescriptorType::RegularFile) {
            return Ok(None);
        }
        let modified = stat.data_modification_timestamp.and_then(|instant| {
            Some(Modified {
                seconds: u64::try_from(instant.seconds).ok()?,
                nanoseconds: instant.nanoseconds,
            })
        });
        Ok(Some(File {
            descriptor,
            length: stat.size,
            modified,
        }))
    }
}

impl File {
    /// The contents from `offset` to the end. A stream that ends early could not be read further.
    pub(crate) fn contents(&self, offset: u64) -> StreamReader<u8> {
        self.descriptor.read_via_stream(offset).0
    }

    /// All of it.
    ///
    /// # Errors
    /// [`Unreadable`], where there were fewer or more bytes than the file's length, too.
    pub(crate) async fn whole(&self) -> Result<Vec<u8>, Unreadable> {
        let (mut contents, end) = self.descriptor.read_via_stream(0);
        let mut whole = Vec::new();
        loop {
            let (result, chunk) = contents.read(Vec::with_capacity(16 * 1024)).await;
            whole.extend_from_slice(&chunk);
            match result {
                StreamResult::Complete(_) => {}
                StreamResult::Dropped | StreamResult::Cancelled => break,
            }
        }
        end.await.map_err(Unreadable)?;
        if u64::try_from(whole.len()) == Ok(self.length) {
            Ok(whole)
        } else {
            // It was written to meanwhile.
            Err(Unreadable(ErrorCode::Busy))
        }
    }
}

/// Whether the host means that nothing is there: a part of the path is no folder, the name is too long for
/// any file, or not one.
const fn is_absent(error: &ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::NoEntry
            | ErrorCode::NotDirectory
            | ErrorCode::IsDirectory
            | ErrorCode::NameTooLong
            | ErrorCode::IllegalByteSequence
            | ErrorCode::Invalid
    )
}
