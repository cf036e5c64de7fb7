//! Cookies: reading them strictly, writing them safely, sealing what they hold.

pub mod name;
pub mod path;
pub mod request;
pub mod ring;
pub mod seal;
pub mod set_cookie;
