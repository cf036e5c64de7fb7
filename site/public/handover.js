// Signs someone in with a popup of the provider, and hands the ID token over for a session. See
// docs/reference/hand-over.md, and handover/done.js for the popup's end.

// The provider: its `id` and `client_id` in lychgate.toml, and where it asks people to sign in. The demo's listens on
// the port after the site's; with another, write its `authorization_endpoint` here.
const provider = {
  id: "demo",
  clientId: "lychgate-demo",
  authorizationEndpoint: `${location.protocol}//${location.hostname}:${Number(location.port) + 1}/auth`,
  scope: "openid email profile groups",
};

// A page of this site, registered at the provider beside Lychgate's callback.
const redirectUri = `${location.origin}/handover/done`;

/** What to do about each refusal of Lychgate. */
const ADVICE = {
  cross_site_request: "Open this page at its own address, and try again.",
  json_required: "The page has to say that it sends JSON.",
  invalid_request: "The page has to send a provider and one token, and nothing else.",
  hand_over_not_offered: "Add hand_over = [\"id_token\"] to this provider in lychgate.toml.",
  challenge_required: "The sign-in took more than five minutes, or another tab was faster. Sign in again.",
  challenge_used: "Another tab was faster. If you are not signed in, sign in again.",
  nonce_mismatch: "The token was made for another sign-in. Sign in again.",
  token_stale: "The token is too old, or a clock is wrong. Sign in again.",
  token_of_other_client: "The token is another application's. Compare the page's client with that in lychgate.toml.",
  token_used: "This token was handed over before. Sign in again.",
  token_refused: "The token is not one of this provider. The log has the reason under the number.",
  provider_unavailable: "The provider does not answer. Try again in a moment.",
  provider_error: "The provider gave no usable answer. Try again in a moment.",
  temporarily_unavailable: "The gate cannot store a session now. Try again in a moment.",
};

const find = (name) => document.querySelector(`[data-${name}]`);
const say = (text) => (find("notice").textContent = text);

/** A `POST` to Lychgate: its answer, or a failure that says what to do. */
async function post(path, message) {
  const answer = await fetch(path, {
    method: "POST",
    ...(message && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) }),
  }).catch(() => {
    throw new Error("The gate does not answer. Check the connection, and try again.");
  });
  const body = await answer.json();
  if (answer.ok) return body;
  throw new Error(`${ADVICE[body.error] ?? "Try again."} (${body.error}, number ${body.incident})`);
}

/** The address at which the provider asks for the person, and sends an ID token with this nonce back. */
function authorizationUrl(state, nonce) {
  const parameters = {
    response_type: "id_token",
    response_mode: "fragment",
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    scope: provider.scope,
    state,
    nonce,
  };
  return `${provider.authorizationEndpoint}?${new URLSearchParams(parameters)}`;
}

// The sign-in that is under way. A later one takes its place.
let waitingFor = null;

async function signIn() {
  // Browsers let a click open a window, and nothing later: first the window, then the challenge that its address needs.
  const popup = window.open("", "handover", "popup,width=480,height=680");
  if (popup === null) return say("Your browser keeps the window closed. Allow pop-ups for this site, and try again.");
  // The provider's pages need no hold on this one.
  popup.opener = null;
  say("Sign in in the window that has opened.");
  find("signed-in").hidden = true;
  // Names this sign-in, so that an answer to another one is none to it.
  waitingFor = crypto.randomUUID();
  try {
    const { nonce } = await post("/auth/session/challenge");
    popup.location = authorizationUrl(waitingFor, nonce);
    watch(popup, waitingFor);
  } catch (error) {
    popup.close();
    say(error.message);
  }
}

/** Says so when the window closes too early. An answer still counts: some providers' pages only seem to be closed. */
function watch(popup, state) {
  // No event tells of it.
  const timer = setInterval(() => {
    if (waitingFor === state && !popup.closed) return;
    clearInterval(timer);
    if (waitingFor === state) say("The window was closed before you were signed in. Try again.");
  }, 300);
}

// From handover/done.js: pages of this origin alone send here. `state` says that the answer is to our sign-in.
const channel = new BroadcastChannel("handover");
channel.addEventListener("message", async ({ data }) => {
  if (waitingFor === null || data.answer?.state !== waitingFor) return;
  waitingFor = null;
  channel.postMessage({ received: data.answer.state });
  const { id_token, error } = data.answer;
  if (error) return say(`The provider did not sign you in (${error}). Try again.`);
  try {
    say("Handing the token over.");
    show(await post("/auth/session", { provider: provider.id, id_token }));
  } catch (failure) {
    say(failure.message);
  }
});

function show({ claims, subject, groups, expires }) {
  const name = claims.name ?? subject;
  say(`You are signed in as ${name}.`);
  find("name").textContent = name;
  find("groups").textContent = groups.join(", ") || "none";
  find("expires").textContent = new Date(expires * 1000).toLocaleString();
  find("signed-in").hidden = false;
  // The bar on top shows it, too.
  document.dispatchEvent(new Event("signed-in"));
}

// A browser may bring this page back as it was, also after signing out.
addEventListener("pagehide", () => {
  find("signed-in").hidden = true;
  say("");
});

find("begin").hidden = false;
find("begin").addEventListener("click", signIn);
