//! A configuration as it is written: its file, its tables, and where each of them stands.

pub(crate) mod canonical;
pub(crate) mod document;
pub(crate) mod load;
pub(crate) mod place_of;
pub(crate) mod text_file;
