// Runs all that `cargo xtask bench` compares on Workers: side by side in one workerd, each in an isolate and on a
// port of its own, behind no other Worker; and the demo's provider, which everybody signs in at.
//
//     node tests/bench/workers.mjs STARTED UPSTREAM AUTH BUILD [BESIDE]
//
// STARTED is the file to write once all of it serves: a line for each Worker, `name port`, and `process id` of
// workerd. UPSTREAM is the origin that requests are forwarded to, AUTH the bundle of tests/bench/auth.js, BUILD a
// folder with a build of Lychgate, and BESIDE one with another.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { demoClients, startProvider } from "../../site/provider/index.js";
import { reservePort } from "../ports.mjs";
import { script, secret, serve, tell } from "./serving.mjs";

const [started, upstream, authBundle, build, beside] = process.argv.slice(2);
const here = import.meta.dirname;
const clientSecret = secret();
const sharedSecret = secret();

const FEW = [
  { path: "/**", access: ["public"], upstream: "files" },
  { path: "/open/**", access: ["public"], upstream: "api" },
  { path: "/members/**", access: ["session"], upstream: "api", require: { any_group: ["members"] } },
  { path: "/staff/**", access: ["session"], upstream: "api", require: { any_group: ["staff"] } },
  { path: "/files/**", access: ["session"], upstream: "files" },
];

/** The same rules, written out for parts of each path, 1,000 in all. */
const MANY = [
  ...FEW,
  ...Array.from({ length: 331 }, (_, area) => area).flatMap((area) =>
    [1, 2, 4].map((place) => ({ ...FEW[place], path: FEW[place].path.replace("**", `area-${area}/**`) })),
  ),
  { ...FEW[2], path: "/teams/*/items" },
  { ...FEW[2], path: "/teams/*/items/*", methods: ["GET", "POST"] },
];

const configuration = (origin, issuer, routes) => ({
  version: 1,
  public_url: origin,
  key: [{ id: 1, secret: "LYCHGATE_KEY_1" }],
  provider: [
    {
      id: "demo",
      issuer,
      client_id: "lychgate-demo",
      client_secret: { secret: "DEMO_CLIENT_SECRET" },
      scopes: ["openid", "email", "profile", "groups"],
      claims: ["name", "email", "email_verified"],
    },
  ],
  upstream: [
    { id: "files", assets: true },
    { id: "api", url: upstream, identity: "headers", shared_secret: { secret: "API_SECRET" } },
  ],
  route: routes,
});


const lychgate = (name, folder, routes) => ({
  name,
  port: undefined,
  worker: (origin, issuer) => ({
    modules: [
      ...script(join(folder, "index.js")),
      { type: "CompiledWasm", path: "lychgate_bg.wasm", contents: readFileSync(join(folder, "lychgate_bg.wasm")) },
      { type: "Text", path: "lychgate.json", contents: JSON.stringify(configuration(origin, issuer, routes)) },
    ],
    bindings: { LYCHGATE_KEY_1: secret(), DEMO_CLIENT_SECRET: clientSecret, API_SECRET: sharedSecret },
    kvNamespaces: { LYCHGATE_STORE: name },
    durableObjects: { LYCHGATE_LEDGER: { className: "Ledger", useSQLite: true } },
    serviceBindings: { ASSETS: "files" },
  }),
});

const authSecret = secret();
const auth = (name, reads) => ({
  name,
  worker: (_origin, issuer) => ({
    modules: script(authBundle),
    bindings: {
      READS: reads,
      AUTH_SECRET: authSecret,
      ISSUER: issuer,
      DEMO_CLIENT_SECRET: clientSecret,
      API_SECRET: sharedSecret,
      UPSTREAM: upstream,
    },
  }),
});

const passThrough = (name, options) => ({
  name,
  worker: () => ({ modules: script(join(here, "pass-through.js")), ...options }),
});

const contenders = [
  passThrough("pass-through", { bindings: { UPSTREAM: upstream } }),
  passThrough("pass-through-files", { serviceBindings: { ASSETS: "files" } }),
  lychgate("lychgate", build, FEW),
  lychgate("lychgate-many", build, MANY),
  ...(beside ? [lychgate("beside", beside, FEW)] : []),
  auth("auth-session", "session"),
  auth("auth-token", "token"),
];
for (const contender of contenders) contender.port = (await reservePort()).port;

const origins = contenders.map(({ port }) => `http://localhost:${port}`);
const [client] = demoClients({ gateway: "", clientSecret });
const everywhere = (paths) => paths.flatMap((path) => origins.map((origin) => origin + path));
const { issuer } = await startProvider({
  clients: [
    {
      ...client,
      redirect_uris: everywhere(client.redirect_uris),
      post_logout_redirect_uris: everywhere(client.post_logout_redirect_uris),
    },
  ],
});

await serve(contenders, issuer, [{ name: "files", modules: script(join(here, "files.js")) }]);

tell(started, contenders);
