// Plain JavaScript that forwards as Lychgate does, and decides nothing: the same headers are stripped and set on the
// way there and on the way back, and an answer is waited for as long. Any cost of Lychgate above it is its own.
const STRIPPED =
  /^(lychgate-|x-forwarded-|(connection|forwarded|http2-settings|upgrade|x-host|x-http-method|x-http-method-override|x-method-override|x-original-host|x-original-method|x-original-uri|x-original-url|x-rewrite-url)$)/u;
const CACHING = ["cdn-cache-control", "cloudflare-cdn-cache-control", "expires", "pragma", "surrogate-control"];

/** The outcome of `answer`; nothing where that takes longer. */
const before = (milliseconds, answer) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const done = (settle) => (value) => {
      clearTimeout(timer);
      settle(value);
    };
    answer.then(done(resolve), done(reject));
  });

export default {
  async fetch(request, env) {
    const { pathname, search, host } = new URL(request.url);
    const headers = new Headers(request.headers);
    for (const name of [...headers.keys()]) if (STRIPPED.test(name)) headers.delete(name);
    headers.set("x-forwarded-proto", "http");
    headers.set("x-forwarded-host", host);
    const cookie = headers.get("cookie");
    if (cookie?.includes("__Host-Http-lychgate")) headers.set("cookie", env.COOKIE);
    if (env.TOLD) for (const [name, value] of env.TOLD) headers.set(name, value);
    const { method, body } = request;
    const init = { method, headers, body, redirect: "manual", cache: "no-store" };
    const response = await before(30_000, fetch(env.UPSTREAM + pathname + search, init));
    const edited = new Response(response.body, response);
    for (const name of CACHING) if (edited.headers.has(name)) edited.headers.delete(name);
    edited.headers.set("cache-control", "private, no-store");
    return edited;
  },
};
