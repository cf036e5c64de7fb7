// The provider's own pages: sign in, sign out and errors.
import { createHash } from "node:crypto";

const style = `
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5c6577; --line: #d5dae3; --paper: #fff; --ground: #eef1f6; --main: #3457d5; --wrong: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3abbd; --line: #39404f; --paper: #1c212c; --ground: #12151c; --main: #8ea6ff; --wrong: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
main { width: 100%; max-width: 23rem; padding: 2.25rem 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1rem 3rem rgb(20 30 60 / .1); }
.mark { display: grid; place-items: center; width: 2.75rem; height: 2.75rem; margin-bottom: 1.25rem; border-radius: .75rem; background: var(--main); color: var(--paper); font-weight: 700; }
h1 { margin: 0 0 .25rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; color: var(--soft); }
label { display: block; margin: 0 0 1rem; font-size: .9rem; font-weight: 600; }
input { display: block; width: 100%; margin-top: .35rem; padding: .65rem .8rem; font: inherit; font-weight: 400; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .6rem; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
button { width: 100%; margin-top: .5rem; padding: .75rem; font: inherit; font-weight: 600; color: var(--paper); background: var(--main); border: 0; border-radius: .6rem; cursor: pointer; }
.wrong { padding: .6rem .8rem; color: var(--wrong); border: 1px solid currentColor; border-radius: .6rem; }
.hint { margin: 1.25rem 0 0; font-size: .85rem; }
code { font: .9em ui-monospace, monospace; }
`;

const submitScript = "document.forms[0].submit()";

/** The login form; `wrong` says that the last try failed. */
export function loginPage({ action, login = "", wrong = false }) {
  const notice = wrong ? '<p class="wrong" role="alert">That login and password do not fit together.</p>' : "";
  return page("Sign in", `
<h1>Sign in</h1>
<p>Example Identity, the demo's provider</p>
${notice}
<form method="post" action="${escape(action)}">
<label>Login <input name="login" value="${escape(login)}" autocomplete="username" autocapitalize="none" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit">Sign in</button>
</form>
<p class="hint">Try <code>member</code> / <code>member</code> or <code>staff</code> / <code>staff</code>.</p>`);
}

/** Signs out at once where scripts run, and by one button where they do not. */
export function logoutPage(form) {
  return page("Signing out", `
<h1>Signing out</h1>
<p>One moment, Example Identity is ending your session.</p>
${form.replace("</form>", '<input type="hidden" name="logout" value="yes"></form>')}
<noscript><button type="submit" form="op.logoutForm">Sign out</button></noscript>
<script>${submitScript}</script>`);
}

/** The page after signing out with nowhere to go on to. */
export function signedOutPage() {
  return page("Signed out", "<h1>Signed out</h1><p>Your session at Example Identity has ended.</p>");
}

/** An error of the protocol, in its own words. */
export function errorPage(out) {
  const lines = Object.entries(out).map(([name, value]) => `<p><strong>${escape(name)}</strong>: ${escape(value)}</p>`);
  return page("Something went wrong", `<h1>Something went wrong</h1>${lines.join("")}`);
}

/**
 * The policy all these pages are sent with. `form-action` is left out: browsers would apply it to the
 * redirect that follows the form too, which goes to the client.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${hash(style)}'`,
  `script-src '${hash(submitScript)}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

function page(title, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Example Identity</title>
<style>${style}</style>
</head>
<body><main><div class="mark" aria-hidden="true">ID</div>${body}</main></body>
</html>
`;
}

function hash(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function escape(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (character) => names[character]);
}
