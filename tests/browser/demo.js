// Starts the demo for the browser tests and ends it with everything it started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What runs the gateway, `workers` or `spin`; for Spin, `SPIN` names the program that takes `up`. */
export const { HOST: host = "workers", SPIN: spin } = process.env;

/**
 * Builds and starts the demo on three free ports.
 *
 * Returns `gateway` and `provider`, their origins, `startWithoutSecrets()`, which starts the same gateway where none
 * of its secrets is set, and `stop()`, which returns once the demo has ended.
 */
export async function startDemo() {
  const port = await freePorts();
  const child = spawn("cargo", ["xtask", "up", "--host", host, "--port", String(port)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  // Should this process die first, the demo is still told to end.
  const tell = () => child.kill("SIGTERM");
  process.once("exit", tell);
  const log = collect(child.stderr);
  const gateway = `http://localhost:${port}`;
  await ready(child, ended, gateway, log);
  return {
    gateway,
    provider: `http://localhost:${port + 1}`,
    startWithoutSecrets: () => startWithoutSecrets(port),
    async stop() {
      process.off("exit", tell);
      tell();
      await ended;
      // The folder belongs to this port alone and holds keys that nobody needs any more.
      await rm(folderOf(port), { recursive: true, force: true });
    },
  };
}

/** A gateway that cannot open. Returns its origin and `stop()`. */
async function startWithoutSecrets(demoPort) {
  const port = await freePorts();
  // A folder beside the demo's, because the paths in its files are relative.
  const folder = folderOf(port);
  await mkdir(folder, { recursive: true });
  const { program, words, env, serving } = await gateways[host](folderOf(demoPort), folder, port);
  const child = spawn(program, words, {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that whatever it starts can be ended with it.
    detached: true,
    env: { ...process.env, ...env },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const tell = () => process.kill(-child.pid, "SIGTERM");
  process.once("exit", tell);
  const log = collect(child.stderr);
  const lines = createInterface({ input: child.stdout });
  const failed = ended.then(() => {
    throw new Error(`the gateway without secrets did not start:\n${log.join("\n")}`);
  });
  await Promise.race([untilLine(lines, (line) => line.includes(serving), log), failed]);
  failed.catch(() => {});
  return {
    gateway: `http://localhost:${port}`,
    async stop() {
      process.off("exit", tell);
      tell();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const folderOf = (port) => `${root}build/demo/${port}${host === "spin" ? "-spin" : ""}`;

/** For each host: copies a demo to another folder without its secrets, and says how it is started there. */
const gateways = {
  async workers(demo, folder, port) {
    for (const part of ["wrangler.toml", "worker"]) {
      await cp(`${demo}/${part}`, `${folder}/${part}`, { recursive: true });
    }
    const words = ["dev", "--config", `${folder}/wrangler.toml`, "--ip", "127.0.0.1", "--port", String(port)];
    return {
      program: `${root}node_modules/.bin/wrangler`,
      words: [...words, "--inspector-port", "0"],
      env: {
        CI: "1",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_LOG_PATH: `${folder}/logs`,
        WRANGLER_REGISTRY_PATH: `${folder}/registry`,
      },
      serving: "Ready on",
    };
  },
  async spin(demo, folder, port) {
    for (const part of ["lychgate.wasm", "configuration", "site"]) {
      await cp(`${demo}/${part}`, `${folder}/${part}`, { recursive: true });
    }
    // The variables of the application are set, but the component is given none of them.
    const manifest = await readFile(`${demo}/spin.toml`, "utf8");
    const sections = manifest.split(/^(?=\[)/mu);
    const kept = sections.filter((section) => !section.startsWith("[component.lychgate.variables]"));
    if (kept.length !== sections.length - 1) throw new Error("spin.toml gives the component no variables");
    await writeFile(`${folder}/spin.toml`, kept.join(""));
    const names = ["LYCHGATE_KEY1", "DEMO_CLIENT_SECRET", "DEMO_API_PROOF"];
    return {
      program: spin,
      words: ["up", "--from", `${folder}/spin.toml`, "--listen", `127.0.0.1:${port}`, "--state-dir", `${folder}/state`],
      env: Object.fromEntries(names.map((name) => [`SPIN_VARIABLE_${name}`, "unused"])),
      serving: "Serving http",
    };
  },
};

async function ready(child, ended, gateway, log) {
  const failed = ended.then(() => {
    throw new Error(`the demo did not start:\n${log.join("\n")}`);
  });
  const lines = createInterface({ input: child.stdout });
  await Promise.race([untilLine(lines, (line) => line === `ready ${gateway}`, log), failed]);
  // From here on the end of the demo is expected.
  failed.catch(() => {});
}

/** Resolves at the first line that fits; each line goes to the log. */
function untilLine(lines, fits, log) {
  return new Promise((resolve) => {
    lines.on("line", (line) => {
      log.push(line);
      if (fits(line)) resolve();
    });
  });
}

function collect(stream) {
  const lines = [];
  createInterface({ input: stream }).on("line", (line) => lines.push(line));
  return lines;
}

/** The first of three free ports in a row, below the range that systems hand out by themselves. */
async function freePorts() {
  for (let tries = 0; tries < 100; tries += 1) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error("no three free ports in a row");
}

async function isFree(port) {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
