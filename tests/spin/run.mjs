// Runs a built component on Spin, with a real provider and API where asked, for the suite that started it.
//
// The one argument is JSON:
// - `component`: the wasm, from the repository's root; `program`: what takes `up`; `reuse`: how many requests an
//   instance serves;
// - `child`: lets a parent start the program, as `spin up` does;
// - `configuration`: the text of lychgate.json, in which $ORIGIN, $ISSUER and $API are filled in;
// - `bindings`: secrets by name;
// - `without`: what this deployment lacks: a secret's name, "default" stores, "site", "configuration", "hosts";
// - `issuer`: of a provider that runs already; without it, the demo's provider is started;
// - `clients`: more clients of the demo's provider; $ORIGIN is filled in;
// - `claimsInIdToken`: as the demo's provider understands it;
// - `sharedSecret`: what the API wants to be shown, or answers 401; without it, it answers anyone;
// - `registered`: the origin that the client is registered for at the demo's provider, else that of the deployment;
// - `around`: a route that leads to another component and not to Lychgate;
// - `front`: the fault of a server that stands in front, in the words of front.mjs; $HOST, that of the deployment, and
//   $SITE, the folder of static files, are filled in;
// - `hosts`: what else it may send requests to;
// - `elsewhere`: lets another process serve the same application over the same databases, at another port.
//
// It prints one line of JSON, `{origin, issuer, control, elsewhere}`, the last a port, once all of it serves, and ends
// when its standard input does, so that nothing outlives the suite. `control` answers GET /api-requests, /log,
// /configuration and /state (`folder`: where the databases are; `process`: what serves, which may be a child of what was
// started; `started`: that), and POST /forget, which begins with new instances, /restart, which begins with a new process, /deploy,
// which does so with another `{configuration, bindings, without}`, and /lose-log, after which nobody reads what Spin
// prints.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startApi } from "../../site/api/index.js";
import { demoClients, startProvider } from "../../site/provider/index.js";
import { startFront } from "../front.mjs";
import { listenerAt } from "../listener.mjs";
import { reservePort } from "../ports.mjs";
import { untilServing } from "../starting.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const asked = JSON.parse(process.argv[2]);
const has = (name) => !asked.without?.includes(name);

const { port } = await reservePort();
const origin = `http://localhost:${port}`;
const inner = asked.front === undefined ? port : (await reservePort()).port;
const api = await startApi({ sharedSecret: asked.sharedSecret });
const closing = [() => api.close()];
let { issuer } = asked;
if (asked.configuration !== undefined && issuer === undefined) {
  const more = JSON.parse(JSON.stringify(asked.clients ?? []).replaceAll("$ORIGIN", origin));
  const clients = [...demoClients({ gateway: asked.registered ?? origin, clientSecret: asked.bindings.DEMO_CLIENT_SECRET }), ...more];
  const provider = await startProvider({ clients, claimsInIdToken: asked.claimsInIdToken, readLog: true });
  closing.push(() => provider.close());
  ({ issuer } = provider);
}

mkdirSync(join(root, "build/test-spin"), { recursive: true });
const folder = mkdtempSync(join(root, "build/test-spin/"));
closing.push(() => rmSync(folder, { recursive: true, force: true }));
/** The variable of a secret: every word of it begins with a letter. */
const variable = (name) => name.replace(/_(?=[0-9])/g, "").toLowerCase();
// Mounted files have to lie in the folder of the application.
cpSync(join(root, "site/public"), join(folder, "site"), { recursive: true });
const list = (items) => JSON.stringify(items.filter((item) => item !== undefined));
const text = (lines) => `${lines.join("\n")}\n`;

const filled = () =>
  asked.configuration?.replaceAll("$ORIGIN", origin).replaceAll("$ISSUER", issuer).replaceAll("$API", api.origin);

/** Writes the application that is asked for. */
const write = () => {
  const configuration = filled();
  if (configuration !== undefined) {
    mkdirSync(join(folder, "configuration"), { recursive: true });
    writeFileSync(join(folder, "configuration/lychgate.json"), configuration);
  }
  const names = Object.keys(asked.bindings);
  const files = [
    configuration !== undefined && has("configuration")
      ? `{ source = "configuration", destination = "/lychgate" }`
      : undefined,
    has("site") ? `{ source = "site", destination = "/site" }` : undefined,
  ].filter((mount) => mount !== undefined);
  const hosts = [issuer, api.origin, "http://hello.spin.internal", ...(asked.hosts ?? [])];
  writeFileSync(
    join(folder, "spin.toml"),
    text([
      "spin_manifest_version = 2",
      "[application]",
      'name = "test"',
      "[variables]",
      ...names.map((name) => `${variable(name)} = { required = true, secret = true }`),
      "[[trigger.http]]",
      'route = "/..."',
      'component = "lychgate"',
      "[[trigger.http]]",
      "route = { private = true }",
      'component = "hello"',
      ...(asked.around ? ["[[trigger.http]]", `route = ${JSON.stringify(asked.around)}`, 'component = "hello"'] : []),
      "[component.hello]",
      `source = ${JSON.stringify(join(root, "build/spin-hello/hello.wasm"))}`,
      "[component.lychgate]",
      `source = ${JSON.stringify(join(root, asked.component))}`,
      `files = [${files.join(", ")}]`,
      `allowed_outbound_hosts = ${has("hosts") ? list(hosts) : "[]"}`,
      `key_value_stores = ${has("key_value_stores") ? '["default"]' : "[]"}`,
      `sqlite_databases = ${has("sqlite_databases") ? '["default"]' : "[]"}`,
      "[component.lychgate.variables]",
      ...names.filter(has).map((name) => `${variable(name)} = "{{ ${variable(name)} }}"`),
    ]),
  );
};
write();

const elsewhere = asked.elsewhere ? (await reservePort()).port : undefined;
if (elsewhere !== undefined) {
  // Both have their own folder, since each puts the files of the application there.
  for (const state of ["state", "elsewhere"]) mkdirSync(join(folder, state));
  for (const database of ["sqlite_db.db", "sqlite_key_value.db"]) {
    writeFileSync(join(folder, "state", database), "");
    symlinkSync(join(folder, "state", database), join(folder, "elsewhere", database));
  }
}

/** Asks a process to end, unless it has. */
const end = (id) => {
  try {
    process.kill(id, "SIGTERM");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
};

const lines = [];
const start = async (port, state) => {
  const words = ["up", "--from", join(folder, "spin.toml"), "--listen", `127.0.0.1:${port}`];
  words.push("--state-dir", join(folder, state), "--max-instance-reuse-count", String(asked.reuse));
  // The host elsewhere is there for what it remembers.
  if (state === "elsewhere") words.push("--idle-instance-timeout", "60s");
  // With this signal ignored, a file that may not grow is an error for the writer, and not the end of the process.
  const program = asked.child ? join(root, "tests/spin/parent.sh") : asked.program;
  const command = ["-c", `trap "" XFSZ; exec "$0" "$@"`, program, ...words];
  const variables = Object.entries(asked.bindings).map(([name, value]) => [`SPIN_VARIABLE_${variable(name).toUpperCase()}`, value]);
  const child = spawn("sh", command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CHILD: asked.program, ...Object.fromEntries(variables) },
  });
  const ended = once(child, "exit");
  await untilServing("spin", child, (line) => line.includes("Serving http"), lines);
  // The started process may be the parent of the one that serves.
  const serving = listenerAt(port) ?? child.pid;
  return {
    pid: serving,
    started: child.pid,
    /** Nobody reads what it says any more. */
    loseLog() {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    },
    async stop() {
      for (const id of new Set([child.pid, serving])) end(id);
      await ended;
      while (listenerAt(port) !== undefined) await pause(5);
    },
  };
};
const startAll = async () => [
  await start(inner, "state"),
  ...(elsewhere === undefined ? [] : [await start(elsewhere, "elsewhere")]),
];
let running = await startAll();
const stopAll = () => Promise.all(running.map((each) => each.stop()));
closing.unshift(stopAll);
if (asked.front !== undefined) {
  const fault = JSON.stringify(asked.front).replaceAll("$HOST", `localhost:${port}`).replaceAll("$SITE", join(folder, "site"));
  const front = await startFront({ port, inner, fault: JSON.parse(fault) });
  closing.unshift(() => front.close());
}
const restart = async () => {
  await stopAll();
  running = await startAll();
  isLogLost = false;
  return true;
};

/** Whether nobody reads what Spin prints, which a new process alone mends. */
let isLogLost = false;

/** Begins with new instances: as the host of the tests can without a start, else, with Spin itself, by one. */
const forget = async () => {
  if (isLogLost) return restart();
  const ports = [inner, ...(elsewhere === undefined ? [] : [elsewhere])];
  const asked = ports.map((port) => fetch(`http://127.0.0.1:${port}/.well-known/spin/forget`, { method: "POST" }));
  const answers = await Promise.all(asked);
  return answers.every(({ ok }) => ok) || restart();
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
        return lines.join("\n");
      case "/state":
        return { folder: join(folder, "state"), process: running[0].pid, started: running[0].started };
      case "/lose-log":
        running.forEach((each) => each.loseLog());
        isLogLost = true;
        return true;
      case "/forget":
        return forget();
      case "/restart":
        return restart();
      case "/deploy":
        Object.assign(asked, JSON.parse(body));
        write();
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
