// Starts the demo for the browser tests and ends it with everything it started.
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { demoClients, startProvider } from "../../site/provider/index.js";
import { reserveRow } from "../ports.mjs";
import { untilServing } from "../starting.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The host of the gateway, `workers` or `spin`; for Spin, `SPIN` names the program that takes `up`. */
export const { HOST: host = "workers", SPIN: spin } = process.env;

/**
 * For how many milliseconds an ended session may pass, where several instances serve: `fresh_for` of the demo, which is
 * counted in whole seconds. A Worker of the demo is one instance.
 */
export const UNKNOWN_FOR = host === "spin" ? 11_000 : 0;

/** Lets every instance of a gateway know what has ended: new ones do, and Spin itself, which begins none when told, waits. */
export async function everyInstanceKnows(gateway) {
  if (host !== "spin") return;
  const { ok } = await fetch(`${gateway}/.well-known/spin/forget`, { method: "POST" });
  if (!ok) await setTimeout(UNKNOWN_FOR);
}

/**
 * Builds and starts the demo on three free ports.
 *
 * Returns `gateway` and `provider`, their origins, `startWithoutSecrets()`, which starts the same gateway where none
 * of its secrets is set, `startChanged(change)`, which starts one whose configuration `change` has edited, with a
 * provider of its own that browsers take for another site, and `stop()`, which returns once the demo has ended.
 */
export async function startDemo() {
  const port = await reserveRow(3);
  const child = spawn("cargo", ["xtask", "up", "--host", host, "--port", String(port)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  // Should this process die first, the demo is still told to end.
  const tell = () => child.kill("SIGTERM");
  process.once("exit", tell);
  const gateway = `http://localhost:${port}`;
  await untilServing("the demo", child, (line) => line === `ready ${gateway}`);
  return {
    gateway,
    provider: `http://localhost:${port + 1}`,
    startWithoutSecrets: () => startWithoutSecrets(port),
    startChanged: (change) => startChanged(port, change),
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
  const port = await reserveRow(3);
  // A folder beside the demo's, because the paths in its files are relative.
  const folder = folderOf(port);
  await mkdir(folder, { recursive: true });
  return serve(folder, port, await gateways[host](folderOf(demoPort), folder, port));
}

/** Another gateway beside the demo, which shares its API. Returns the origins as `startDemo` does, and `stop()`. */
async function startChanged(demoPort, change) {
  const [port, demo] = [await reserveRow(3), folderOf(demoPort)];
  const folder = folderOf(port);
  await mkdir(folder, { recursive: true });
  const how = await gateways[host](demo, folder, port);
  const lines = (await readFile(`${demo}/.dev.vars`, "utf8")).trim().split("\n");
  const secrets = Object.fromEntries(lines.map((line) => line.split(/=(.*)/su)));
  const gateway = `http://localhost:${port}`;
  const provider = await startProvider({
    port: port + 1,
    host: "127.0.0.1",
    clients: demoClients({ gateway, clientSecret: secrets.DEMO_CLIENT_SECRET }),
  });
  const moved = (text) =>
    text.replaceAll(`http://localhost:${demoPort}`, gateway).replaceAll(`http://localhost:${demoPort + 1}`, provider.issuer);
  const file = `${folder}/${how.configuration}`;
  const configuration = JSON.parse(moved(await readFile(file, "utf8")));
  change(configuration);
  await writeFile(file, JSON.stringify(configuration));
  await how.give(secrets, moved);
  try {
    const served = await serve(folder, port, how);
    const stop = async () => void (await Promise.all([served.stop(), provider.close()]));
    return { ...served, provider: provider.issuer, stop };
  } catch (error) {
    await provider.close();
    throw error;
  }
}

/** Runs a gateway from a folder, which is gone after it. */
async function serve(folder, port, { program, words, env, serving }) {
  const child = spawn(program, words, {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that whatever it starts can be ended with it.
    detached: true,
    env: { ...process.env, ...env },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const tell = () => process.kill(-child.pid, "SIGTERM");
  process.once("exit", tell);
  await untilServing("the gateway", child, (line) => line.includes(serving));
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

/**
 * For each host: copies a demo to another folder without its secrets, and says how it is started there, which file is
 * its configuration, and how it is given secrets and its files are moved.
 */
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
      configuration: "worker/lychgate.json",
      async give() {
        await cp(`${demo}/.dev.vars`, `${folder}/.dev.vars`);
      },
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
    const names = ["LYCHGATE_KEY1", "DEMO_CLIENT_SECRET", "DEMO_API_SECRET"];
    const env = Object.fromEntries(names.map((name) => [`SPIN_VARIABLE_${name}`, "unused"]));
    return {
      program: spin,
      words: ["up", "--from", `${folder}/spin.toml`, "--listen", `127.0.0.1:${port}`, "--state-dir", `${folder}/state`],
      env,
      serving: "Serving http",
      configuration: "configuration/lychgate.json",
      async give(secrets, moved) {
        await writeFile(`${folder}/spin.toml`, moved(manifest));
        for (const [name, value] of Object.entries(secrets)) env[`SPIN_VARIABLE_${name.replace("_1", "1")}`] = value;
      },
    };
  },
};
