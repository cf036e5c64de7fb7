// Signs a member of the demo in and prints the `Cookie` header of the session.
//
//     node tests/bench/sign-in.mjs http://localhost:8787/members/
import { request } from "node:http";
import { text } from "node:stream/consumers";

const start = new URL(process.argv[2]);
const navigation = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: "text/html" };
const jars = new Map();

/** `fetch` would say `sec-fetch-mode: cors` whatever it is told. */
const exchange = (url, form, headers) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: form ? "POST" : "GET", headers });
    sent.once("error", reject);
    sent.once("response", (response) => text(response).then((body) => resolve({ response, body }), reject));
    sent.end(form ? String(form) : undefined);
  });

/** The form by which Auth.js begins a sign-in, where a page is that. */
const beginning = (page) => {
  const action = /<form action="([^"]+)"/u.exec(page)?.[1];
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]+)"/gu)];
  return action?.includes("/auth/signin/") && { action, form: new URLSearchParams(fields.map(([, ...pair]) => pair)) };
};

/** Where a page of Lychgate leads on by itself, as its script does. */
const onward = (page) => /<script data-to="([^"]+)"/u.exec(page)?.[1].replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/** Follows one redirect after the other, fills the provider's form in, and ends at the first page of the site. */
let location = start;
let form;
for (let step = 0; ; step += 1) {
  if (step === 15) throw new Error("the sign-in goes in circles");
  const jar = jars.get(location.origin) ?? new Map();
  jars.set(location.origin, jar);
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  if (location.pathname.startsWith("/interaction/")) form = new URLSearchParams({ login: "member", password: "member" });
  const { response, body } = await exchange(location, form, {
    ...navigation,
    ...(cookie && { cookie }),
    ...(form && { origin: location.origin, "content-type": "application/x-www-form-urlencoded" }),
  });
  form = undefined;
  for (const field of response.headers["set-cookie"] ?? []) {
    const [pair, ...attributes] = field.split(";");
    const at = pair.indexOf("=");
    const ends = attributes.some((attribute) => /^\s*max-age=0\s*$/iu.test(attribute));
    if (ends) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  if (response.statusCode === 302 || response.statusCode === 303) {
    location = new URL(response.headers.location, location);
    continue;
  }
  if (response.statusCode !== 200) throw new Error(`${location} was answered ${response.statusCode}`);
  const next = onward(body);
  if (next) {
    location = new URL(next, location);
    continue;
  }
  const begun = beginning(body);
  if (!begun) break;
  location = new URL(begun.action, location);
  ({ form } = begun);
}
if (location.pathname !== start.pathname) throw new Error(`the sign-in ended at ${location}`);
console.log([...jars.get(start.origin)].map(([name, value]) => `${name}=${value}`).join("; "));
