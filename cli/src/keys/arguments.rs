//! The arguments of `lychgate keys`.

use crate::values::CONFIGURATION;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use lychgate_core::{http::url::Url, jose::Algorithm};
use std::path::PathBuf;

/// The commands about keys.
#[derive(Subcommand, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Print a fresh sealing key, 32 random bytes in base64url, or a private JSON Web Key
    #[command(after_help = GENERATE)]
    Generate(Generate),
    /// Print a private key on P-256 as a JSON Web Key
    #[command(after_help = IMPORT)]
    Import(Import),
    /// Have a deployment seal all user records with its newest directory key
    #[command(after_help = RESEAL)]
    Reseal(Reseal),
}

const GENERATE: &str = "\
Examples:
  lychgate keys generate | npx wrangler secret put LYCHGATE_KEY_1
  lychgate keys generate --jwk ES256 --kid 2026 > private.json";

const IMPORT: &str = "\
Examples:
  lychgate keys import AuthKey_ABC123.p8 --kid ABC123 | npx wrangler secret put APPLE_KEY";

const RESEAL: &str = "\
The secret that [directory] names is taken from the environment, under its name.

Examples:
  DIRECTORY_OPERATOR=... lychgate keys reseal
  DIRECTORY_OPERATOR=... lychgate keys reseal --url http://localhost:8787";

/// Which deployment.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reseal {
    /// Where the deployment answers; public_url where left out
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    url: Option<String>,
    /// Its configuration, or the JSON it was compiled to
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, default_value = CONFIGURATION)]
    config: PathBuf,
}

/// The deployment whose records are sealed anew.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Where it answers; that of the configuration where left out.
    pub(crate) url: Option<Url>,
    pub(crate) config: PathBuf,
}

impl Reseal {
    /// Reads the values.
    ///
    /// # Errors
    /// A sentence about one that cannot be read.
    pub(crate) fn read(self) -> Result<Asked, Vec<String>> {
        let url = match self.url {
            Some(text) => Some(Url::parse(&text).map_err(|_| {
                vec![format!(
                    "--url {text:?} is no URL; write it like https://app.example.com"
                )]
            })?),
            None => None,
        };
        let config = self.config;
        Ok(Asked { url, config })
    }
}

/// Which key is made.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generate {
    /// Instead of a sealing key a private JSON Web Key, for private_key_jwt; the public key, for
    /// the provider, goes to standard error
    #[arg(long, value_name = "ALGORITHM")]
    pub(crate) jwk: Option<PairAlgorithm>,
    /// The name that the provider knows the key by
    #[arg(long, value_name = "ID", requires = "jwk")]
    pub(crate) kid: Option<String>,
}

/// Which key is read.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The key as PKCS #8 in PEM, as Apple's .p8 files are
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The name that the provider knows the key by
    #[arg(long, value_name = "ID")]
    pub(crate) kid: Option<String>,
}

/// The signature algorithm of a key pair.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairAlgorithm {
    /// ECDSA on P-256
    #[value(name = "ES256")]
    Es256,
    /// Ed25519
    #[value(name = "EdDSA")]
    EdDsa,
}

impl From<PairAlgorithm> for Algorithm {
    fn from(algorithm: PairAlgorithm) -> Self {
        match algorithm {
            PairAlgorithm::Es256 => Self::Es256,
            PairAlgorithm::EdDsa => Self::EdDsa,
        }
    }
}
