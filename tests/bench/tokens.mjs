// Runs all that `cargo xtask bench --tokens` compares: side by side in one workerd, each in an isolate and on a port of
// its own, behind no other Worker; the issuer of the tokens; and the demo's provider, for sessions.
//
//     node tests/bench/tokens.mjs STARTED UPSTREAM BUILD BUNDLES COUNT
//
// STARTED is the file to write once all of it serves: a line for each Worker, `name port`, and `process id` of
// workerd. UPSTREAM is the origin that requests are forwarded to, BUILD a folder with a build of Lychgate, BUNDLES one
// with those of jose.js and hono.js. Beside STARTED it writes COUNT tokens for each algorithm, one per line, as
// `ES256.tokens` and `RS256.tokens`, COUNT opaque ones as `opaque.tokens`, and one that is expired as `expired.tokens`.
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { demoClients, startProvider } from "../../site/provider/index.js";
import { reservePort } from "../ports.mjs";
import { listening, script, secret, serve, tell } from "./serving.mjs";

const [started, upstream, build, bundles, count] = process.argv.slice(2);
const here = import.meta.dirname;
const audience = "https://api.example.com";
const clientSecret = secret();
const sharedSecret = secret();

const pem = { privateKeyEncoding: { type: "pkcs8", format: "pem" }, publicKeyEncoding: { type: "spki", format: "pem" } };
const keyOf = (type, options) => createPrivateKey(generateKeyPairSync(type, { ...options, ...pem }).privateKey);
const signers = {
  ES256: { key: keyOf("ec", { namedCurve: "P-256" }), dsaEncoding: "ieee-p1363" },
  RS256: { key: keyOf("rsa", { modulusLength: 2048 }) },
};
const jwks = {
  keys: Object.entries(signers).map(([alg, { key }]) => {
    const { kty, crv, x, y, n, e } = key.export({ format: "jwk" });
    return { kty, crv, x, y, n, e, alg, use: "sig", kid: `${alg}-1` };
  }),
};

const now = () => Math.floor(Date.now() / 1000);
const opaque = new Map(
  Array.from({ length: Number(count) }, (_, number) => [randomBytes(32).toString("base64url"), `client-${number}`]),
);
const opaqueIssuer = "https://opaque.example";

/** What is said of an opaque token (RFC 7662): the same as a signed one says. */
const introspected = (token) =>
  opaque.has(token)
    ? { active: true, token_type: "Bearer", exp: now() + 36_000, ...claims(opaque.get(token)) }
    : { active: false };

const issuerServer = createServer();
const issuer = `http://127.0.0.1:${await listening(issuerServer)}`;
issuerServer.on("request", async (request, response) => {
  if (request.url === "/introspect") {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(introspected(new URLSearchParams(body).get("token"))));
    return;
  }
  const documents = {
    "/.well-known/openid-configuration": { issuer, jwks_uri: `${issuer}/jwks` },
    "/jwks": jwks,
  };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(documents[request.url] ?? {}));
});

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = (client) => ({
  sub: client,
  aud: audience,
  client_id: client,
  iat: now(),
  scope: "read write",
  groups: ["robots", "billing"],
  tenant: "5d7b6c1e-8f3a-4c1b-9a42-0d9f4f0f7b55",
});
const token = (alg, number, lifetime = 36_000) => {
  const own = { iss: issuer, exp: now() + lifetime, jti: randomBytes(16).toString("base64url") };
  const signed = { ...claims(`client-${number}`), ...own };
  const input = `${encode({ alg, typ: "at+jwt", kid: `${alg}-1` })}.${encode(signed)}`;
  return `${input}.${sign("sha256", input, signers[alg]).toString("base64url")}`;
};
const write = (name, tokens) => writeFileSync(join(dirname(started), `${name}.tokens`), `${tokens.join("\n")}\n`);
for (const alg of Object.keys(signers)) write(alg, Array.from({ length: Number(count) }, (_, number) => token(alg, number)));
write("expired", [token("ES256", 0, -3600)]);
write("opaque", [...opaque.keys()]);

const api = (id, more) => ({ id, url: upstream, ...more });
const route = (path, access, upstream_, require) => ({ path, access: [access], upstream: upstream_, require });
const configuration = (origin, provider) => ({
  version: 1,
  public_url: origin,
  key: [{ id: 1, secret: "LYCHGATE_KEY_1" }],
  provider: [
    {
      id: "demo",
      issuer: provider,
      client_id: "lychgate-demo",
      client_secret: { secret: "DEMO_CLIENT_SECRET" },
      scopes: ["openid", "email", "profile", "groups"],
    },
  ],
  issuer: [
    { issuer, audiences: [audience], algorithms: ["ES256", "RS256"] },
    {
      issuer: opaqueIssuer,
      check: "introspection",
      audiences: [audience],
      introspection_endpoint: `${issuer}/introspect`,
      client_id: "edge",
      client_secret: { secret: "API_SECRET" },
      // Longer than some turns of all that is compared: what is measured is a token that is known.
      cache_for: "10m",
    },
  ],
  upstream: [api("plain"), api("told", { identity: "headers", shared_secret: { secret: "API_SECRET" } })],
  route: [
    route("/api/**", "bearer", "plain", { scopes: ["read"] }),
    route("/told/**", "bearer", "told", { scopes: ["read"] }),
    route("/members/**", "session", "plain", { any_group: ["members"] }),
    route("/told-members/**", "session", "told", { any_group: ["members"] }),
  ],
});

const shared = { UPSTREAM: upstream, ISSUER: issuer, AUDIENCE: audience };
const plain = (name, path, bindings) => ({ name, worker: () => ({ modules: script(path), bindings: { ...shared, ...bindings } }) });
const forward = (name, bindings) => plain(name, join(here, "forward.js"), { COOKIE: "theme=dark", ...bindings });

const contenders = [
  plain("pass-through", join(here, "pass-through.js")),
  plain("jose", join(bundles, "jose.js")),
  plain("hono", join(bundles, "hono.js")),
  forward("forward", {}),
  forward("forward-told", {
    TOLD: [
      ["lychgate-user", "client-1"],
      ["lychgate-issuer", issuer],
      ["lychgate-groups", "robots,billing"],
      ["lychgate-secret", sharedSecret],
    ],
  }),
  {
    name: "lychgate",
    worker: (origin, provider) => ({
      modules: [
        ...script(join(build, "index.js")),
        { type: "CompiledWasm", path: "lychgate_bg.wasm", contents: readFileSync(join(build, "lychgate_bg.wasm")) },
        { type: "Text", path: "lychgate.json", contents: JSON.stringify(configuration(origin, provider)) },
      ],
      bindings: { LYCHGATE_KEY_1: secret(), DEMO_CLIENT_SECRET: clientSecret, API_SECRET: sharedSecret },
      kvNamespaces: { LYCHGATE_STORE: "lychgate" },
      durableObjects: { LYCHGATE_LEDGER: { className: "Ledger", useSQLite: true } },
    }),
  },
];
for (const contender of contenders) contender.port = (await reservePort()).port;

const gateway = `http://localhost:${contenders.find(({ name }) => name === "lychgate").port}`;
const { issuer: provider } = await startProvider({ clients: demoClients({ gateway, clientSecret }) });

await serve(contenders, provider);

/** Signs more tokens whenever a number is written into the file `more` beside STARTED, for runs that need many. */
const more = join(dirname(started), "more");
setInterval(() => {
  let wanted;
  try {
    wanted = Number(readFileSync(more, "utf8"));
    rmSync(more);
  } catch {
    return;
  }
  writeFileSync(`${more}.new`, Array.from({ length: wanted }, (_, number) => `${token("ES256", number)}\n`).join(""));
  renameSync(`${more}.new`, `${more}.tokens`);
}, 50);

tell(started, contenders);
