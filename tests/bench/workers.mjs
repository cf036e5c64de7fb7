// Runs all that `cargo xtask bench` compares on Workers: side by side in one workerd, each in an isolate and on a
// port of its own, behind no other Worker; and the demo's provider, which everybody signs in at.
//
//     node tests/bench/workers.mjs STARTED UPSTREAM AUTH BUILD [BESIDE]
//
// STARTED is the file to write once all of it serves: a line for each Worker, `name port`, and `process id` of
// workerd. UPSTREAM is the origin that requests are forwarded to, AUTH the bundle of tests/bench/auth.js, BUILD a
// folder with a build of Lychgate, and BESIDE one with another.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { demoClients, startProvider } from "../../site/provider/index.js";

const [started, upstream, authBundle, build, beside] = process.argv.slice(2);
const here = import.meta.dirname;
const secret = () => randomBytes(32).toString("base64url");
const clientSecret = secret();
const proof = secret();

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
};

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
    { id: "api", url: upstream, identity: "headers", proof: { secret: "API_PROOF" } },
  ],
  route: routes,
});

const script = (path) => [{ type: "ESModule", path: "index.js", contents: readFileSync(path, "utf8") }];

const lychgate = (name, folder, routes) => ({
  name,
  port: undefined,
  worker: (origin, issuer) => ({
    modules: [
      ...script(join(folder, "index.js")),
      { type: "CompiledWasm", path: "lychgate_bg.wasm", contents: readFileSync(join(folder, "lychgate_bg.wasm")) },
      { type: "Text", path: "lychgate.json", contents: JSON.stringify(configuration(origin, issuer, routes)) },
    ],
    bindings: { LYCHGATE_KEY_1: secret(), DEMO_CLIENT_SECRET: clientSecret, API_PROOF: proof },
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
      API_PROOF: proof,
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
for (const contender of contenders) contender.port = await freePort();

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

const shared = { compatibilityDate: "2026-04-01" };
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  cf: false,
  log: new Log(LogLevel.ERROR),
  workers: [
    { name: "files", modules: script(join(here, "files.js")), ...shared },
    ...contenders.map(({ name, port, worker }) => ({
      name,
      ...worker(`http://localhost:${port}`, issuer),
      ...shared,
      // A socket of its own: the one that all share has a Worker of miniflare in front, and its cost.
      unsafeDirectSockets: [{ host: "127.0.0.1", port }],
    })),
  ],
});
await miniflare.ready;

/** The workerd that miniflare started. */
const workerd = () => {
  const stats = readdirSync("/proc")
    .filter((name) => /^[0-9]+$/u.test(name))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/stat`, "utf8");
      } catch {
        // It has ended since.
        return "";
      }
    });
  const isOurs = (stat) => stat.includes("(workerd)") && stat.split(") ")[1]?.split(" ")[1] === String(process.pid);
  return stats.find(isOurs)?.split(" ")[0];
};

const lines = contenders.map(({ name, port }) => `${name} ${port}\n`);
writeFileSync(`${started}.new`, `${lines.join("")}process ${workerd()}\n`);
renameSync(`${started}.new`, started);
