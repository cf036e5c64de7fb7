// The popup comes back here from the provider. It sends the answer to the page that waits, and closes.

// Its members are in the fragment, which no server sees.
const answer = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
// A token shall not stay in the address, nor in the history of a window that nobody closes.
history.replaceState(null, "", location.pathname);

// Pages of this origin alone hear a channel. Unlike `window.opener` it is there whatever the provider's pages say in
// `Cross-Origin-Opener-Policy`.
const channel = new BroadcastChannel("handover");
channel.addEventListener("message", ({ data }) => {
  if (data.received === answer.state) window.close();
});
channel.postMessage({ answer });
