// Signs a member of the demo in and prints the `Cookie` header of the session.
//
//     node tests/bench/sign-in.mjs http://localhost:8787
import { request } from "node:http";
import { text } from "node:stream/consumers";

const gateway = process.argv[2];
const navigation = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: "text/html" };
const jars = new Map();

/** `fetch` would say `sec-fetch-mode: cors` whatever it is told. */
const exchange = (url, form, headers) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: form ? "POST" : "GET", headers });
    sent.once("error", reject);
    sent.once("response", (response) => text(response).then(() => resolve(response), reject));
    sent.end(form ? String(form) : undefined);
  });

/** Follows one redirect after the other, fills the provider's form in, and ends at the first page. */
let location = new URL("/members/", gateway);
for (let step = 0; ; step += 1) {
  if (step === 15) throw new Error("the sign-in goes in circles");
  const jar = jars.get(location.origin) ?? new Map();
  jars.set(location.origin, jar);
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const form = location.pathname.startsWith("/interaction/") && new URLSearchParams({ login: "member", password: "member" });
  const response = await exchange(location, form, {
    ...navigation,
    ...(cookie && { cookie }),
    ...(form && { origin: location.origin, "content-type": "application/x-www-form-urlencoded" }),
  });
  for (const field of response.headers["set-cookie"] ?? []) {
    const [pair, ...attributes] = field.split(";");
    const at = pair.indexOf("=");
    const ends = attributes.some((attribute) => /^\s*max-age=0\s*$/iu.test(attribute));
    if (ends) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  if (response.statusCode === 200) break;
  if (response.statusCode !== 302 && response.statusCode !== 303) throw new Error(`${location} was answered ${response.statusCode}`);
  location = new URL(response.headers.location, location);
}
const session = jars.get(new URL(gateway).origin).get("__Host-Http-lychgate");
if (!session) throw new Error("there is no session");
console.log(`__Host-Http-lychgate=${session}`);
