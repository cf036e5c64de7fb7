// Runs what `cargo xtask bench --cold` compares: many isolates of one Worker in one workerd, each of which answers one
// request.
//
//     node tests/bench/cold.mjs STARTED KIND COPIES BUILD JOSE
//
// STARTED is the file to write once each of the COPIES has answered: `process id` of workerd. KIND is `hello`, `carried`
// (the same with Lychgate's files, which it does not use), `jose` or `lychgate`, BUILD a folder with a build of Lychgate,
// and JOSE the bundle of tests/bench/jose.js.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reservePort } from "../ports.mjs";
import { script, secret, serve, tell } from "./serving.mjs";

const [started, kind, count, build, jose] = process.argv.slice(2);
const issuer = "https://issuer.example.com";
const audience = "https://api.example.com";

const configuration = (origin) => ({
  version: 1,
  public_url: origin,
  key: [{ id: 1, secret: "LYCHGATE_KEY_1" }],
  provider: [{ id: "demo", issuer: "https://op.example.com", client_id: "lychgate-demo" }],
  issuer: [{ issuer, audiences: [audience], algorithms: ["ES256", "RS256"] }],
  upstream: [{ id: "api", url: "https://upstream.example.com" }],
  route: [
    { path: "/api/**", access: ["bearer"], upstream: "api", require: { scopes: ["read"] } },
    { path: "/members/**", access: ["session"], upstream: "api", require: { any_group: ["members"] } },
  ],
});

/** An empty custom section with a name of its own: workerd would compile equal bytes once for all isolates. */
const unlike = (wasm, copy) => {
  const name = new TextEncoder().encode(`copy-${copy}`);
  return Buffer.concat([wasm, Buffer.from([0, name.length + 1, name.length]), name]);
};

const hello = "export default { fetch: () => new Response(null, { status: 401 }) };";
const wasm = (copy) => unlike(readFileSync(join(build, "lychgate_bg.wasm")), copy);
const kinds = {
  carried: (copy) => () => ({
    modules: [
      { type: "ESModule", path: "index.js", contents: hello },
      { type: "Data", path: "lychgate_bg.wasm", contents: wasm(copy) },
      { type: "Text", path: "lychgate.txt", contents: readFileSync(join(build, "index.js"), "utf8") },
    ],
  }),
  hello: () => () => ({ modules: [{ type: "ESModule", path: "index.js", contents: hello }] }),
  jose: () => () => ({
    modules: script(jose),
    bindings: { UPSTREAM: "https://upstream.example.com", ISSUER: issuer, AUDIENCE: audience },
  }),
  lychgate: (copy) => (origin) => ({
    modules: [
      ...script(join(build, "index.js")),
      { type: "CompiledWasm", path: "lychgate_bg.wasm", contents: wasm(copy) },
      { type: "Text", path: "lychgate.json", contents: JSON.stringify(configuration(origin)) },
    ],
    bindings: { LYCHGATE_KEY_1: secret() },
    kvNamespaces: { LYCHGATE_STORE: "lychgate" },
    durableObjects: { LYCHGATE_LEDGER: { className: "Ledger", useSQLite: true } },
  }),
};

const contenders = [];
for (let copy = 0; copy < Number(count); copy += 1) {
  const { port } = await reservePort();
  contenders.push({ name: `${kind}-${copy}`, port, worker: kinds[kind](copy) });
}
await serve(contenders, issuer);
for (const { name, port } of contenders) {
  // A refusal of every one of them: nobody is asked for keys, and nothing is forwarded.
  const { status } = await fetch(`http://localhost:${port}/api/x`, { headers: { accept: "application/json" } });
  if (status !== 401) throw new Error(`${name} answers ${status}`);
}
tell(started, []);
