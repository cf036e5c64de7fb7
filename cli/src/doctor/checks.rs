//! The checks: their names, and why each of them matters.

/// The subject of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Address,
    Algorithms,
    Client,
    Clock,
    Gateway,
    Health,
    Issuer,
    Keys,
    Metadata,
    Metrics,
    OtherAddresses,
    PlainHttp,
    ProtectedPath,
    RedirectUri,
    SignIn,
    StaticFiles,
    Upstream,
    WrongHost,
}

impl Check {
    /// As people and programs know it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Algorithms => "algorithms",
            Self::Client => "client",
            Self::Clock => "clock",
            Self::Gateway => "gateway",
            Self::Health => "health",
            Self::Issuer => "issuer",
            Self::Keys => "keys",
            Self::Metadata => "metadata",
            Self::Metrics => "metrics",
            Self::OtherAddresses => "other addresses",
            Self::PlainHttp => "plain http",
            Self::ProtectedPath => "protected path",
            Self::RedirectUri => "redirect uri",
            Self::SignIn => "sign-in",
            Self::StaticFiles => "static files",
            Self::Upstream => "upstream",
            Self::WrongHost => "wrong host",
        }
    }

    /// The consequence where it is not as it should be.
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Address => "Lychgate answers at public_url alone, and people would see an error",
            Self::Algorithms => {
                "Lychgate refuses an ID token with another signature, so nobody can sign in"
            }
            Self::Client => {
                "the provider refuses what it does not support, and then nobody can sign in"
            }
            Self::Clock => {
                "a wrong clock lets sessions and tokens live too long, or ends them too early"
            }
            Self::Gateway | Self::Health => {
                "as long as the gateway is not open, nobody gets past it"
            }
            Self::Issuer => {
                "without the issuer's keys, or its word where it is asked, none of its access tokens counts"
            }
            Self::Keys => {
                "Lychgate verifies ID tokens with these keys, and signs nobody in without them"
            }
            Self::Metadata => {
                "Lychgate learns from the metadata where to send people and what to trust"
            }
            Self::Metrics => "the counters tell strangers how many people sign in, and what fails",
            Self::OtherAddresses => {
                "a second address may serve what the routes protect, or an older version of it"
            }
            Self::PlainHttp => {
                "somebody on the same network can read and change what goes over plain http"
            }
            Self::ProtectedPath => {
                "what is meant for one person must reach no stranger, and no cache on the way"
            }
            Self::RedirectUri => {
                "the provider sends people back to registered addresses alone; without that nobody signs in"
            }
            Self::SignIn => {
                "every sign-in has to reach the provider, and to leave a cookie that nobody else can take"
            }
            Self::StaticFiles => "a file that a route protects must reach nobody without a session",
            Self::Upstream => "a request that reaches an upstream around Lychgate needs no sign-in",
            Self::WrongHost => {
                "under a foreign name the deployment could be made part of another site"
            }
        }
    }
}
