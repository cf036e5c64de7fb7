// Runs a built Worker in workerd, with a real provider and API where asked, for the suite that started it.
//
// The one argument is JSON:
// - `worker`: the folder of the build, from the repository's root;
// - `configuration`: the text of lychgate.json, in which $ORIGIN, $ISSUER and $API are filled in;
// - `bindings`: secrets by name; `without`: bindings that this deployment lacks;
// - `issuer`: of a provider that runs already; without it, the demo's provider is started;
// - `clients`: more clients of the demo's provider; $ORIGIN is filled in;
// - `claimsInIdToken`: as the demo's provider understands it;
// - `direct`: lets the Worker fetch by itself, so that what cannot be reached really cannot;
// - `services`: names of service bindings, each to the Worker in echo.mjs;
// - `sharedSecret`: what the API wants to be shown, or answers 401; without it, it answers anyone;
// - `registered`: the origin that the client is registered for at the demo's provider, else that of the deployment;
// - `assetsFirst`: lets the asset server answer before the Worker;
// - `date`: a lie that a proxy in front of the deployment writes as `Date`;
// - `counted`: puts counting.mjs in front, which counts calls of the store and the ledger and lets them fail;
// - `elsewhere`: lets another isolate serve the same Worker over the same store and ledger, at another port.
//
// It prints one line of JSON, `{origin, issuer, control, elsewhere}`, the last a port, once all of it serves, and ends
// when its standard input does, so that nothing outlives the suite. `control` answers GET /api-requests, /log, /fetches,
// /configuration and /state (`folder`: where the store and the ledger are; `process`: what serves), and POST /forget,
// which begins a new isolate, /deploy, which does so with another `{configuration, bindings, without}`, and /fault with
// `{path, fault}` for fetches of the Worker: "broken", "slow", "html", "huge" or null.
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare, Response, convertV4MiniflareOptions } from "miniflare";
import { startApi } from "../../site/api/index.js";
import { demoClients, startProvider } from "../../site/provider/index.js";
import { reservePort } from "../ports.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const asked = JSON.parse(process.argv[2]);
const closing = [];

const { port } = await reservePort();
const origin = `http://localhost:${port}`;
const inner = asked.date === undefined ? port : (await reservePort()).port;
const api = await startApi({ sharedSecret: asked.sharedSecret });
closing.push(() => api.close());
let { issuer } = asked;
if (asked.configuration !== undefined && issuer === undefined) {
  const more = JSON.parse(JSON.stringify(asked.clients ?? []).replaceAll("$ORIGIN", origin));
  const clients = [...demoClients({ gateway: asked.registered ?? origin, clientSecret: asked.bindings.DEMO_CLIENT_SECRET }), ...more];
  const provider = await startProvider({ clients, claimsInIdToken: asked.claimsInIdToken, readLog: true });
  closing.push(() => provider.close());
  ({ issuer } = provider);
}

// What is stored lies where the suite can read it.
mkdirSync(join(root, "build/test-workerd"), { recursive: true });
const folder = mkdtempSync(join(root, "build/test-workerd/"));
closing.push(() => rmSync(folder, { recursive: true, force: true }));

const lines = [];
const fetches = [];
const faults = new Map();

/** Every fetch of the Worker comes by here. */
const outbound = async (request) => {
  const url = new URL(request.url);
  fetches.push(`${request.method} ${url.origin === issuer ? "provider" : "api"} ${url.pathname}`);
  const html = { "content-type": "text/html" };
  switch (faults.get(url.pathname)) {
    case "broken":
      return new Response(new ReadableStream({ start: (body) => body.error(new Error("broken")) }));
    case "slow":
      return new Promise(() => {});
    case "html":
      return new Response("<html><script>SECRET-PAGE</script>", { status: 500, headers: html });
    case "huge":
      return new Response("x".repeat(400_000), { headers: { "content-type": "application/json" } });
  }
  return relay(request);
};

/** Passes a request on as it is; `fetch` of Node would add headers of its own. */
const relay = (request) =>
  new Promise((resolve, reject) => {
    const { method, url, body } = request;
    // No upstream of the tests speaks WebSocket, and Node would wait for it to.
    const { upgrade, ...headers } = Object.fromEntries(request.headers);
    const sent = httpRequest(url, { method, headers, family: 4 }, (answer) => {
      const fields = [];
      for (let at = 0; at < answer.rawHeaders.length; at += 2) {
        const [name, value] = answer.rawHeaders.slice(at, at + 2);
        if (!/^(connection|keep-alive|transfer-encoding)$/i.test(name)) fields.push([name, value]);
      }
      const status = answer.statusCode;
      const isEmpty = method === "HEAD" || status === 204 || status === 304;
      resolve(new Response(isEmpty ? null : Readable.toWeb(answer), { status, headers: fields }));
    });
    sent.on("error", reject);
    if (body) {
      Readable.fromWeb(body).pipe(sent);
    } else {
      sent.end();
    }
  });

const filled = () =>
  asked.configuration?.replaceAll("$ORIGIN", origin).replaceAll("$ISSUER", issuer).replaceAll("$API", api.origin);

const read = (name) => readFileSync(join(root, asked.worker, name));
const counting = readFileSync(join(root, "tests/workerd/counting.mjs"), "utf8");
const modules = () => [
  ...(asked.counted ? [{ type: "ESModule", path: "counting.mjs", contents: counting }] : []),
  { type: "ESModule", path: "index.js", contents: read("index.js").toString() },
  { type: "CompiledWasm", path: "lychgate_bg.wasm", contents: read("lychgate_bg.wasm") },
  { type: "Text", path: "lychgate.json", contents: filled() ?? "" },
];

const has = (name) => !asked.without?.includes(name);
const services = asked.services ?? [];
const options = (isolate) => ({
  host: "127.0.0.1",
  port: inner,
  cf: false,
  resourcePersistencePath: folder,
  log: new Log(LogLevel.ERROR),
  workers: [gateway(isolate), ...(elsewhere ? [farGateway(isolate)] : []), ...(services.length > 0 ? [echo] : [])],
  handleStructuredLogs: ({ message }) => lines.push(`${message}\n`),
});

const gateway = (isolate) => ({
  name: "lychgate",
  modules: modules(),
  compatibilityDate: "2026-04-01",
  bindings: { ...asked.bindings, TEST_ISOLATE: isolate },
  kvNamespaces: has("LYCHGATE_STORE") ? ["LYCHGATE_STORE"] : [],
  durableObjects: has("LYCHGATE_LEDGER") ? { LYCHGATE_LEDGER: { className: "Ledger", useSQLite: true } } : {},
  // The real binding; what is written to it leads nowhere here.
  analyticsEngineDatasets: has("LYCHGATE_METRICS") ? { LYCHGATE_METRICS: { dataset: "lychgate" } } : {},
  assets: {
    directory: join(root, "site/public"),
    binding: has("ASSETS") ? "ASSETS" : undefined,
    routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: !asked.assetsFirst },
    assetConfig: { html_handling: "auto-trailing-slash", not_found_handling: "404-page" },
  },
  serviceBindings: Object.fromEntries(services.filter(has).map((name) => [name, "echo"])),
  outboundService: asked.direct ? undefined : outbound,
});

const elsewhere = asked.elsewhere ? (await reservePort()).port : undefined;
const farGateway = (isolate) => ({
  ...gateway(isolate),
  name: "elsewhere",
  durableObjects: has("LYCHGATE_LEDGER") ? { LYCHGATE_LEDGER: { className: "Ledger", scriptName: "lychgate", useSQLite: true } } : {},
  unsafeDirectSockets: [{ host: "127.0.0.1", port: elsewhere }],
});

const echo = {
  name: "echo",
  modules: [{ type: "ESModule", path: "echo.mjs", contents: readFileSync(join(root, "tests/workerd/echo.mjs"), "utf8") }],
  compatibilityDate: "2026-04-01",
};

if (asked.date !== undefined) {
  const liar = createServer((request, response) => {
    const { method, url, headers } = request;
    const sent = httpRequest({ host: "127.0.0.1", port: inner, method, path: url, headers }, (answer) => {
      response.sendDate = false;
      response.writeHead(answer.statusCode, { ...answer.headers, date: asked.date });
      answer.pipe(response);
    });
    request.pipe(sent);
  }).listen(port, "127.0.0.1");
  await once(liar, "listening");
  closing.push(() => {
    liar.close();
    liar.closeAllConnections();
  });
}

/** The process that serves: the one that this one has started and that is called so. */
const workerd = () => {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  return Number(children.find((child) => readFileSync(`/proc/${child}/comm`, "utf8").trim() === "workerd"));
};

let isolate = 0;
const miniflare = new Miniflare(convertV4MiniflareOptions(options(isolate)));
closing.unshift(() => miniflare.dispose());
/** Prints the words of workerd, which are the reason: nobody else says it. */
const saying = async (starting) => {
  try {
    await starting;
  } catch (error) {
    console.error(lines.join(""));
    throw error;
  }
};
await saying(miniflare.ready);

const restart = async () => {
  isolate += 1;
  await saying(miniflare.setOptions(convertV4MiniflareOptions(options(isolate))));
  return true;
};

const control = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
  }
  const answer = async () => {
    switch (request.url) {
      case "/api-requests":
        return api.requests.length;
      case "/configuration":
        return filled();
      case "/log":
        return lines.join("");
      case "/state":
        return { folder, process: workerd() };
      case "/fetches":
        return fetches.splice(0);
      case "/fault": {
        const { path, fault } = JSON.parse(body);
        return faults.set(path, fault) && true;
      }
      case "/deploy":
        Object.assign(asked, JSON.parse(body));
        return restart();
      case "/forget":
        return restart();
    }
    return null;
  };
  response.end(JSON.stringify(await answer()));
}).listen(0, "127.0.0.1");
await once(control, "listening");
closing.push(() => control.close());

console.log(JSON.stringify({ origin, issuer, control: control.address().port, elsewhere }));

process.stdin.resume();
await once(process.stdin, "end");
for (const close of closing) {
  await close();
}
process.exit(0);
