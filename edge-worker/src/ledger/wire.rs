//! The messages between the Worker and a Durable Object, which both run this code.
//!
//! Integers are big-endian; `text` is a u16 length and that many bytes of UTF-8, `bytes` a u32 length and
//! that many bytes. A question is its number (u8) and:
//! - 1 read: partition (text), now (u64), count (u16), that many record names (text)
//! - 2 list: partition (text), now (u64), the text that names do not come before and the one that they do (text,
//!   text), limit (u32)
//! - 3 write: partition (text), now (u64), record name (text), expected (u8: 0 absent, 1 version), version
//!   (u64; with 0 the one that the record gets), expires (u64), value (bytes)
//!
//! An answer is its number (u8) and:
//! - 1 found: count (u16), that many `record`s: 0 (u8), or 1 (u8), version (u64), value (bytes)
//! - 2 listed: count (u32), that many of record name (text), version (u64), value (bytes)
//! - 3 stored: version (u64)
//! - 4 conflict: `record`
//! - 5 too large; 6 not understood; 7 failed
//!
//! Bytes that deviate from this, even by one byte left over at the end, are no question and no answer.

use lychgate_core::platform::ledger::{Expected, RecordName, Version, Versioned};

/// A question to a partition. Times are seconds since 1970.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Question<'a> {
    Read {
        part: &'a str,
        now: u64,
        names: Vec<RecordName>,
    },
    List {
        part: &'a str,
        now: u64,
        start: &'a str,
        end: &'a str,
        limit: u32,
    },
    Write {
        part: &'a str,
        now: u64,
        name: RecordName,
        expected: Expected,
        expires: u64,
        value: &'a [u8],
    },
}

/// The answer of a partition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Found(Vec<Option<Versioned>>),
    Listed(Vec<(RecordName, Versioned)>),
    Stored(Version),
    Conflict(Option<Versioned>),
    /// The value is too large; nothing was written.
    TooLarge,
    /// The question was not understood; nothing was written.
    NotUnderstood,
    /// The database failed; nobody knows whether it wrote.
    Failed,
}

impl Question<'_> {
    /// The question as bytes; `None` where a part is too long for its length field.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match self {
            Self::Read { part, now, names } => {
                begin(&mut out, 1, part, *now)?;
                out.extend(u16::try_from(names.len()).ok()?.to_be_bytes());
                for name in names {
                    put_text(&mut out, &name.text())?;
                }
            }
            Self::List {
                part,
                now,
                start,
                end,
                limit,
            } => {
                begin(&mut out, 2, part, *now)?;
                put_text(&mut out, start)?;
                put_text(&mut out, end)?;
                out.extend(limit.to_be_bytes());
            }
            Self::Write {
                part,
                now,
                name,
                expected,
                expires,
                value,
            } => {
                begin(&mut out, 3, part, *now)?;
                put_text(&mut out, &name.text())?;
                let (mark, version) = match expected {
                    Expected::Absent { first } => (0, first),
                    Expected::Version(version) => (1, version),
                };
                out.push(mark);
                out.extend(version.number().to_be_bytes());
                out.extend(expires.to_be_bytes());
                put_bytes(&mut out, value)?;
            }
        }
        Some(out)
    }
}

impl<'a> Question<'a> {
    /// Reads a question.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let number = reader.u8()?;
        let (part, now) = (reader.text()?, reader.u64()?);
        let question = match number {
            1 => {
                let count = reader.u16()?;
                let names = (0..count).map(|_| reader.name()).collect::<Option<_>>()?;
                Self::Read { part, now, names }
            }
            2 => Self::List {
                part,
                now,
                start: reader.text()?,
                end: reader.text()?,
                limit: reader.u32()?,
            },
            3 => Self::Write {
                part,
                now,
                name: reader.name()?,
                expected: match (reader.u8()?, reader.version()?) {
                    (0, first) => Expected::Absent { first },
                    (1, version) => Expected::Version(version),
                    _ => return None,
                },
                expires: reader.u64()?,
                value: reader.bytes()?,
            },
            _ => return None,
        };
        reader.0.is_empty().then_some(question)
    }
}

impl Answer {
    /// The answer as bytes; `None` where a part is too long for its length field.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match self {
            Self::Found(records) => {
                out.push(1);
                out.extend(u16::try_from(records.len()).ok()?.to_be_bytes());
                for record in records {
                    put_record(&mut out, record.as_ref())?;
                }
            }
            Self::Listed(records) => {
                out.push(2);
                out.extend(u32::try_from(records.len()).ok()?.to_be_bytes());
                for (name, record) in records {
                    put_text(&mut out, &name.text())?;
                    put_versioned(&mut out, record)?;
                }
            }
            Self::Stored(version) => {
                out.push(3);
                out.extend(version.number().to_be_bytes());
            }
            Self::Conflict(record) => {
                out.push(4);
                put_record(&mut out, record.as_ref())?;
            }
            Self::TooLarge => out.push(5),
            Self::NotUnderstood => out.push(6),
            Self::Failed => out.push(7),
        }
        Some(out)
    }

    /// Reads an answer.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let answer = match reader.u8()? {
            1 => {
                let count = reader.u16()?;
                Self::Found((0..count).map(|_| reader.record()).collect::<Option<_>>()?)
            }
            2 => {
                let count = reader.u32()?;
                let mut one = || Some((reader.name()?, reader.versioned()?));
                Self::Listed((0..count).map(|_| one()).collect::<Option<_>>()?)
            }
            3 => Self::Stored(reader.version()?),
            4 => Self::Conflict(reader.record()?),
            5 => Self::TooLarge,
            6 => Self::NotUnderstood,
            7 => Self::Failed,
            _ => return None,
        };
        reader.0.is_empty().then_some(answer)
    }
}

fn begin(out: &mut Vec<u8>, number: u8, part: &str, now: u64) -> Option<()> {
    out.push(number);
    put_text(out, part)?;
    out.extend(now.to_be_bytes());
    Some(())
}

fn put_text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    out.extend(u16::try_from(text.len()).ok()?.to_be_bytes());
    out.extend(text.as_bytes());
    Some(())
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    out.extend(u32::try_from(bytes.len()).ok()?.to_be_bytes());
    out.extend(bytes);
    Some(())
}

fn put_record(out: &mut Vec<u8>, record: Option<&Versioned>) -> Option<()> {
    match record {
        None => out.push(0),
        Some(versioned) => {
            out.push(1);
            put_versioned(out, versioned)?;
        }
    }
    Some(())
}

fn put_versioned(out: &mut Vec<u8>, record: &Versioned) -> Option<()> {
    out.extend(record.version.number().to_be_bytes());
    put_bytes(out, &record.value)
}

/// The bytes that are left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.u16()?);
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.take(length)
    }

    fn name(&mut self) -> Option<RecordName> {
        RecordName::parse(self.text()?)
    }

    fn version(&mut self) -> Option<Version> {
        Version::new(self.u64()?)
    }

    fn versioned(&mut self) -> Option<Versioned> {
        Some(Versioned {
            version: self.version()?,
            value: self.bytes()?.to_vec(),
        })
    }

    fn record(&mut self) -> Option<Option<Versioned>> {
        match self.u8()? {
            0 => Some(None),
            1 => Some(Some(self.versioned()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versioned() -> Versioned {
        Versioned {
            version: Version::new((1 << 53) - 1).unwrap(),
            value: vec![0, 1, 255],
        }
    }

    fn questions() -> Vec<Question<'static>> {
        let name = RecordName::head([9; 16]);
        let version = versioned().version;
        let write = |expected| Question::Write {
            part: "a1/x",
            now: 3,
            name,
            expected,
            expires: u64::MAX,
            value: b"value",
        };
        vec![
            Question::Read {
                part: "u1/x",
                now: 1,
                names: vec![name, RecordName::user()],
            },
            Question::List {
                part: "u1/x",
                now: 2,
                start: "h",
                end: "i",
                limit: 7,
            },
            write(Expected::Absent { first: version }),
            write(Expected::Version(version)),
        ]
    }

    fn answers() -> Vec<Answer> {
        vec![
            Answer::Found(vec![None, Some(versioned())]),
            Answer::Listed(vec![(RecordName::attempt(), versioned())]),
            Answer::Stored(versioned().version),
            Answer::Conflict(None),
            Answer::Conflict(Some(versioned())),
            Answer::TooLarge,
            Answer::NotUnderstood,
            Answer::Failed,
        ]
    }

    #[test]
    fn what_is_written_reads_back() {
        for question in questions() {
            let bytes = question.encode().unwrap();
            assert_eq!(Question::decode(&bytes), Some(question));
        }
        for answer in answers() {
            let bytes = answer.encode().unwrap();
            assert_eq!(Answer::decode(&bytes), Some(answer));
        }
    }

    #[test]
    fn a_byte_less_or_more_is_not_understood() {
        for question in questions() {
            let mut bytes = question.encode().unwrap();
            for length in 0..bytes.len() {
                assert_eq!(Question::decode(&bytes[..length]), None, "{question:?}");
            }
            bytes.push(0);
            assert_eq!(Question::decode(&bytes), None, "{question:?}");
        }
        for answer in answers() {
            let mut bytes = answer.encode().unwrap();
            for length in 0..bytes.len() {
                assert_eq!(Answer::decode(&bytes[..length]), None, "{answer:?}");
            }
            bytes.push(0);
            assert_eq!(Answer::decode(&bytes), None, "{answer:?}");
        }
    }

    #[test]
    fn a_version_that_is_no_exact_number_is_not_understood() {
        let bytes = |version: u64| [&[3][..], &version.to_be_bytes()].concat();
        assert!(Answer::decode(&bytes((1 << 53) - 1)).is_some());
        assert_eq!(Answer::decode(&bytes(1 << 53)), None);
    }
}
