// Starts the demo for the browser tests and ends it with everything it started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Builds and starts the demo on three free ports.
 *
 * Returns `gateway` and `provider`, their origins, `startWithoutSecrets()`, which starts the same Worker where none
 * of its secrets is set, and `stop()`, which returns once the demo has ended.
 */
export async function startDemo() {
  const port = await freePorts();
  const child = spawn("cargo", ["xtask", "up", "--port", String(port)], {
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
      await rm(`${root}build/demo/${port}`, { recursive: true, force: true });
    },
  };
}

/** A gateway that cannot open. Returns its origin and `stop()`. */
async function startWithoutSecrets(demoPort) {
  const demo = `${root}build/demo/${demoPort}`;
  const port = await freePorts();
  // A folder beside the demo's, because the paths in wrangler.toml are relative.
  const folder = `${root}build/demo/${port}`;
  await mkdir(folder, { recursive: true });
  for (const part of ["wrangler.toml", "worker"]) await cp(`${demo}/${part}`, `${folder}/${part}`, { recursive: true });
  const words = ["dev", "--config", `${folder}/wrangler.toml`, "--ip", "127.0.0.1", "--port", String(port)];
  const child = spawn(`${root}node_modules/.bin/wrangler`, [...words, "--inspector-port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that workerd can be ended with it.
    detached: true,
    env: {
      ...process.env,
      CI: "1",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG_PATH: `${folder}/logs`,
      WRANGLER_REGISTRY_PATH: `${folder}/registry`,
    },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const tell = () => process.kill(-child.pid, "SIGTERM");
  process.once("exit", tell);
  const log = collect(child.stderr);
  const lines = createInterface({ input: child.stdout });
  const failed = ended.then(() => {
    throw new Error(`the gateway without secrets did not start:\n${log.join("\n")}`);
  });
  await Promise.race([untilLine(lines, (line) => line.includes("Ready on"), log), failed]);
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
