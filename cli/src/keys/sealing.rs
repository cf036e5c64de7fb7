//! `lychgate keys generate`: a fresh sealing key.

use crate::ending::Ending;
use lychgate_core::{encoding::base64url, secret::Secret};
use std::io::{self, Write};

/// Prints a fresh key alone, so that it can be piped on, and says beside it how to set it.
pub(crate) fn generate(output: &mut impl Write, messages: &mut impl Write) -> io::Result<Ending> {
    let mut bytes = [0; 32];
    if getrandom::fill(&mut bytes).is_err() {
        writeln!(messages, "lychgate: the system gave no random bytes")?;
        return Ok(Ending::NotCarriedOut);
    }
    let bytes = Secret::new(bytes);
    let key = Secret::new(base64url::encode(bytes.expose()));
    writeln!(output, "{}", key.expose())?;
    output.flush()?;
    writeln!(
        messages,
        "\
This is a sealing key: anyone who has it can open captured cookies and write ones that open. Set it as a secret, on Workers:
    npx wrangler secret put LYCHGATE_KEY_1
or, without showing it at all:
    cargo run -q -p lychgate -- keys generate | npx wrangler secret put LYCHGATE_KEY_1
For `wrangler dev`, write LYCHGATE_KEY_1=\"...\" into .dev.vars and keep that file out of git.
On Spin, set the variable lychgate_key1 of the manifest, where `spin up` runs:
    export SPIN_VARIABLE_LYCHGATE_KEY1=\"$(cargo run -q -p lychgate -- keys generate)\"
Then name it in lychgate.toml:
    [[key]]
    id = 1
    secret = \"LYCHGATE_KEY_1\""
    )?;
    Ok(Ending::Done)
}
