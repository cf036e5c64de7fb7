// Shared by the benchmarks on Workers: one workerd with all that is compared, and word of it to `cargo xtask bench`.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";

export const secret = () => randomBytes(32).toString("base64url");

/** Has a server listen on a port that was free, which it returns. */
export const listening = async (server) => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
};

/** A Worker of one module. */
export const script = (path) => [{ type: "ESModule", path: "index.js", contents: readFileSync(path, "utf8") }];

const shared = { compatibilityDate: "2026-04-01" };

/**
 * Runs the contenders in one workerd, each `worker(origin, issuer)` under its `name` and on its `port`, and `others`,
 * which they are bound to.
 */
export const serve = async (contenders, issuer, others = []) => {
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    workers: [
      ...others.map((worker) => ({ ...worker, ...shared })),
      ...contenders.map(({ name, port, worker }) => ({
        name,
        ...worker(`http://localhost:${port}`, issuer),
        ...shared,
        // A socket of its own: the one that all share has a Worker of miniflare in front, and its cost.
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      })),
    ],
  }));
  await miniflare.ready;
};

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

/** Writes the ports of the contenders and the process they run in to the file `started`, all at once. */
export const tell = (started, contenders) => {
  const lines = contenders.map(({ name, port }) => `${name} ${port}\n`);
  writeFileSync(`${started}.new`, `${lines.join("")}process ${workerd()}\n`);
  renameSync(`${started}.new`, started);
};
