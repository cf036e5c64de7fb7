//! Bodies: streams that pass through untouched, and the few that are read or written here.

use lychgate_core::http::inbound::{BodyError, ByteCount};
use spin_sdk::wasip3::http::types::{ErrorCode, Trailers};
use spin_sdk::wasip3::wit_bindgen::{FutureReader, StreamReader, StreamResult};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};

/// The end of a body: trailers, or why it ended early.
pub(crate) type End = FutureReader<Result<Option<Trailers>, ErrorCode>>;

const CHUNK: usize = 16 * 1024;

/// A body and what follows it.
pub(crate) struct Body {
    pub(crate) contents: Option<StreamReader<u8>>,
    pub(crate) end: End,
}

impl Body {
    /// No body.
    pub(crate) fn none() -> Self {
        let (_, end) = wit_future::new(|| Ok(None));
        Self {
            contents: None,
            end,
        }
    }

    /// A body that is there already. It is written while the host sends it.
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        if bytes.is_empty() {
            return Self::none();
        }
        let (mut writer, contents) = wit_stream::new();
        let (ended, end) = wit_future::new(|| Ok(None));
        spawn(async move {
            // Bytes that are left over were not wanted any more.
            writer.write_all(bytes).await;
            drop(writer);
            drop(ended);
        });
        Self {
            contents: Some(contents),
            end,
        }
    }

    /// A stream that passes through, whatever its length.
    pub(crate) fn passed(contents: StreamReader<u8>) -> Self {
        Self {
            contents: Some(contents),
            ..Self::none()
        }
    }

    /// A body that came without a length, or none where its stream ends before it brings anything.
    pub(crate) async fn if_any(mut from: StreamReader<u8>, end: End) -> Self {
        let (mut result, mut chunk) = from.read(Vec::with_capacity(CHUNK)).await;
        if chunk.is_empty() && !matches!(result, StreamResult::Complete(_)) {
            return Self::none();
        }
        let (mut writer, contents) = wit_stream::new();
        spawn(async move {
            loop {
                let unwanted = writer.write_all(chunk).await;
                if !unwanted.is_empty() || !matches!(result, StreamResult::Complete(_)) {
                    break;
                }
                (result, chunk) = from.read(Vec::with_capacity(CHUNK)).await;
            }
        });
        // How it ended is the host's to say: a body that broke off is sent on as one.
        Self {
            contents: Some(contents),
            end,
        }
    }

    /// The first `length` bytes of a stream.
    pub(crate) fn beginning(mut from: StreamReader<u8>, length: u64) -> Self {
        let (mut writer, contents) = wit_stream::new();
        let (ended, end) = wit_future::new(|| Ok(None));
        spawn(async move {
            let mut left = usize::try_from(length).unwrap_or(usize::MAX);
            while left > 0 {
                let (result, mut chunk) = from.read(Vec::with_capacity(CHUNK.min(left))).await;
                // A stream may bring more than it was asked for, and end before its time; then the host
                // misses bytes of what was announced, and breaks the response off.
                chunk.truncate(left);
                left = left.saturating_sub(chunk.len());
                let unwanted = writer.write_all(chunk).await;
                if !unwanted.is_empty() || !matches!(result, StreamResult::Complete(_)) {
                    break;
                }
            }
            drop(writer);
            drop(ended);
        });
        Self {
            contents: Some(contents),
            end,
        }
    }

    /// Reads it whole.
    ///
    /// # Errors
    /// [`BodyError::TooLarge`] as soon as more than `cap` bytes came, [`BodyError::Broken`] where it ended
    /// early.
    pub(crate) async fn collect(self, cap: ByteCount) -> Result<Vec<u8>, BodyError> {
        let mut whole = Vec::new();
        if let Some(mut contents) = self.contents {
            loop {
                let (result, chunk) = contents.read(Vec::with_capacity(CHUNK)).await;
                whole.extend_from_slice(&chunk);
                if whole.len() > cap.0 {
                    return Err(BodyError::TooLarge);
                }
                match result {
                    StreamResult::Complete(_) => {}
                    StreamResult::Dropped => break,
                    StreamResult::Cancelled => return Err(BodyError::Broken),
                }
            }
        }
        match self.end.await {
            Ok(_) => Ok(whole),
            Err(_) => Err(BodyError::Broken),
        }
    }
}

/// A future for the host that says nothing went wrong on our side.
pub(crate) fn accepted() -> FutureReader<Result<(), ErrorCode>> {
    let (_, reader) = wit_future::new(|| Ok(()));
    reader
}
