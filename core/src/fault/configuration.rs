//! The faults of a configuration that has come as far as the edge.

use alloc::string::String;
use core::fmt;

/// Faults of the configuration that were found at the edge. They are no fault of any request: the
/// gateway is closed to all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationFault {
    /// The bundled configuration breaks rules; `lychgate check` lists them.
    Invalid {
        /// The place of the first, such as `route[2].access`; empty for the whole. `lychgate check` has
        /// the words for the mistake there; the edge names only the place.
        first: String,
        /// How many there are.
        count: usize,
    },
    /// A secret that the configuration names is not set.
    MissingSecret {
        /// Its name.
        name: String,
    },
    /// A sealing key is not 32 bytes in base64url.
    BadKey {
        /// The secret's name.
        name: String,
    },
    /// A secret that an issuer shares with us is shorter than 32 bytes.
    ShortSecret {
        /// The secret's name.
        name: String,
    },
    /// A key set of the configuration cannot be read.
    BadKeySet {
        /// The issuer whose it is.
        issuer: String,
    },
    /// A private key towards a provider is none that we sign with.
    BadPrivateKey {
        /// The secret's name.
        name: String,
    },
    /// A shared secret towards an upstream is not visible ASCII.
    BadSharedSecret {
        /// The secret's name.
        name: String,
    },
    /// A service binding that an upstream names is not there.
    MissingService {
        /// The name of the binding.
        name: String,
    },
    /// The platform lacks something that its own settings must grant: a binding of a Worker, a store or a
    /// mounted folder of a Spin component.
    MissingBinding {
        /// Its name, as in the platform's settings.
        name: &'static str,
    },
}

impl fmt::Display for ConfigurationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { first, count } => {
                write!(
                    f,
                    "{count} errors in the configuration, the first at `{first}`: run `lychgate check`"
                )
            }
            Self::MissingSecret { name } => write!(f, "the secret {name} is not set"),
            Self::BadKey { name } => {
                write!(
                    f,
                    "the secret {name} is not 32 bytes in base64url; `lychgate keys generate` makes one"
                )
            }
            Self::ShortSecret { name } => {
                write!(
                    f,
                    "the secret {name} holds fewer than 256 bits: it needs 32 bytes, or 64 where all are hexadecimal digits"
                )
            }
            Self::BadKeySet { issuer } => {
                write!(
                    f,
                    "the keys of {issuer} cannot be read: run `lychgate check`"
                )
            }
            Self::BadPrivateKey { name } => {
                write!(
                    f,
                    "the secret {name} is no private JSON Web Key for ES256 or EdDSA; `lychgate keys generate --jwk` makes one"
                )
            }
            Self::BadSharedSecret { name } => {
                write!(f, "the secret {name} cannot stand in a header field")
            }
            Self::MissingService { name } => {
                write!(f, "the deployment lacks the service binding {name}")
            }
            Self::MissingBinding { name } => write!(f, "the deployment lacks {name}"),
        }
    }
}
