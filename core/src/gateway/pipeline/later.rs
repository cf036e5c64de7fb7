//! Work that need not keep the answer waiting, done after it.

use crate::{
    event::Event,
    fault::{Fault, PlatformFault},
    gateway::{
        context::{deployment::Deployment, measured::Measured, outcome::Later},
        key_sets::source::{Source, Whose},
        sessions::ask,
    },
    platform::Platform,
};

/// Does the work. A failure is for the log alone: the answer was given.
pub(in crate::gateway) async fn finish<P: Platform>(
    deployment: &Deployment,
    platform: &Measured<'_, P>,
    later: Later,
) {
    let done = match later {
        Later::AskAgain(known) => ask::again(deployment, platform, &known).await,
        Later::RefreshKeys(index) => match deployment.key_sets.get(index) {
            Some(published) => {
                let source = Source {
                    deployment,
                    platform,
                    index,
                    published,
                    whose: Whose::Issuer,
                    jwks_uri: None,
                    now: platform.now(),
                };
                source.refresh().await
            }
            None => Ok(()),
        },
        Later::RemoveRecord(key) => platform
            .store_remove(&key)
            .await
            .map_err(|_| Fault::from(PlatformFault::Store)),
    };
    if let Err(fault) = done {
        platform.record(&Event::BackgroundFailed { fault: &fault });
    }
}
