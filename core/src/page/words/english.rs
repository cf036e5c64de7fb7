//! The pages in English.

use super::{Around, Failures, Message, Onwards, Refusals, SignInFailures, Ways, Words};

pub(super) static WORDS: Words = Words {
    tag: "en",
    ways: Ways {
        home: "Go to the start page",
        sign_in: "Sign in",
        sign_in_again: "Sign in again",
        sign_in_with: Around {
            before: "Sign in with ",
            after: "",
        },
        sign_out: "Sign out",
        sign_out_again: "Sign out again",
        stay_signed_in: "Stay signed in",
        try_again: "Try again",
        go_on: "Go on",
    },
    signed_in_as: Around {
        before: "You are signed in as ",
        after: ".",
    },
    incident: "If you ask for help, give this number:",
    chooser: Message {
        heading: "Sign in",
        text: "Choose the account that you use for this site.",
    },
    onward: Onwards {
        to_provider: Message {
            heading: "Signing in",
            text: "You are on the way to the service that knows your account.",
        },
        back: Message {
            heading: "You are signed in",
            text: "You are on the way to the page that you asked for.",
        },
        from_elsewhere: Message {
            heading: "One moment",
            text: "You are on the way to the page that you asked for.",
        },
    },
    failure: Failures {
        bad_request: Message {
            heading: "This request cannot be understood",
            text: "Its address or its content is not well formed. If you followed a link, the link may be \
                   damaged.",
        },
        unauthorized: Message {
            heading: "You need to sign in",
            text: "What you asked for is open to people who are signed in.",
        },
        forbidden: Message {
            heading: "This request was refused",
            text: "It did not come from a page of this site, so it was not carried out. Open the page here \
                   and try from there.",
        },
        not_found: Message {
            heading: "There is no such page",
            text: "The address is mistyped, or the page has moved.",
        },
        method_not_allowed: Message {
            heading: "This cannot be done here",
            text: "The address exists, but not for this kind of request. Go back to the page that you came \
                   from, load it again and try once more.",
        },
        content_too_large: Message {
            heading: "This is too large",
            text: "What you sent is larger than this site accepts. Send less at a time, or a smaller file.",
        },
        misdirected_request: Message {
            heading: "This address belongs to another site",
            text: "The request reached a server that does not answer for it. Type the address again.",
        },
        not_implemented: Message {
            heading: "This kind of connection cannot be opened here",
            text: "The site runs where there are no WebSockets. What needs one does not work here.",
        },
        bad_gateway: Message {
            heading: "A service behind this site does not answer",
            text: "It is down, very slow, or sent something unusable. Try again in a moment.",
        },
        service_unavailable: Message {
            heading: "This site is not available right now",
            text: "It cannot check at the moment whether you may pass, so nobody passes. Try again in a \
                   moment.",
        },
        gateway_timeout: Message {
            heading: "A service behind this site takes too long",
            text: "It did not answer in time. What you sent may have arrived all the same: look before you \
                   send it again.",
        },
        other: Message {
            heading: "Something went wrong",
            text: "The request could not be served. Try again in a moment.",
        },
    },
    sign_in_failed: SignInFailures {
        refused: Message {
            heading: "You were not signed in",
            text: "The sign-in service did not let you through. Perhaps you cancelled, or your account may \
                   not be used for this site.",
        },
        malformed: Message {
            heading: "This sign-in cannot go on",
            text: "The answer of the sign-in service is incomplete or damaged. Start again; do not reload \
                   this page.",
        },
        unknown_attempt: Message {
            heading: "This sign-in cannot go on",
            text: "This browser has not started it, or did so more than ten minutes ago. If it happens \
                   every time, allow cookies for this site.",
        },
        used_attempt: Message {
            heading: "This sign-in is over",
            text: "The address of this page works once and for a short time. It has been used, or is too \
                   old. If you came here with the back button, you may be signed in already.",
        },
        endless: Message {
            heading: "Signing in does not get you there",
            text: "You were signed in three times in a row, and the page asked for it again each time. Allow \
                   cookies for this site. If that does not help, tell the people who run it.",
        },
        untrusted: Message {
            heading: "The sign-in failed",
            text: "The answer of the sign-in service did not pass our checks, so it was thrown away. If it \
                   happens again, tell the people who run this site.",
        },
        provider_unavailable: Message {
            heading: "The sign-in service does not answer",
            text: "The service that knows your account is down or very slow. Nothing of yours is lost; try \
                   again in a moment.",
        },
        unavailable: Message {
            heading: "Signing in is not possible right now",
            text: "A part of this site that keeps sessions is not available. Try again in a moment.",
        },
        too_many_groups: Message {
            heading: "Your account is in too many groups",
            text: "The sign-in service lists the groups of an account only up to a number, and yours has \
                   more, so it cannot be told what you may open. Tell the people who run this site.",
        },
        misconfigured: Message {
            heading: "Signing in is not set up correctly",
            text: "You can do nothing about it. Tell the people who run this site: the number below leads \
                   them to the setting.",
        },
    },
    forbidden: Refusals {
        heading: "Your account may not open this page",
        group: "This page needs a group that your account does not have.",
        role: "This page needs a role that your account does not have.",
        email_domain: "This page needs an account with a verified e-mail address of another domain.",
        claim: "This page is for other accounts than yours.",
        authentication: "This page needs a stronger or more recent sign-in than the one you came with.",
        other: "This page is not open to your account.",
        incomplete: "The sign-in service did not tell us everything about your account when you signed in. Wait a \
                     moment and sign in again.",
        advice: "Ask the people who run this site for access, or sign out and come back with another \
                 account.",
    },
    sign_out: Message {
        heading: "Sign out?",
        text: "Signing out ends this session in every tab. You need to sign in again to come back.",
    },
    signed_out: Message {
        heading: "You are signed out",
        text: "Your session on this site has ended. If other people use this device, close the browser \
               too.",
    },
    sign_out_incomplete: Message {
        heading: "You are not signed out yet",
        text: "The part of this site that ends sessions is not available, so yours may still be open. Try \
               again in a moment.",
    },
};
