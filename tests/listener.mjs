// Which process listens on a port of this machine. It need not be the one that was started: `spin up` is a parent
// whose child serves.
//
//     node tests/listener.mjs PORT
//
// prints its identifier, or nothing where nobody listens. Linux alone tells.
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The identifier of the process, or undefined. */
export function listenerAt(port) {
  const wanted = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => sockets(table, port)));
  if (wanted.size === 0) return undefined;
  const found = readdirSync("/proc").find((name) => /^[0-9]+$/u.test(name) && holds(name, wanted));
  return found === undefined ? undefined : Number(found);
}

/** The listening sockets of the port in a table of proc(5). */
function sockets(table, port) {
  const lines = text(table).trim().split("\n").slice(1);
  const fields = lines.map((line) => line.trim().split(/\s+/u));
  const LISTEN = "0A";
  return fields
    .filter(([, local, , state]) => state === LISTEN && parseInt(local.split(":")[1], 16) === port)
    .map((all) => `socket:[${all[9]}]`);
}

function holds(process, wanted) {
  const folder = `/proc/${process}/fd`;
  try {
    return readdirSync(folder).some((name) => wanted.has(link(`${folder}/${name}`)));
  } catch {
    // It has ended since, or is somebody else's.
    return false;
  }
}

function link(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function text(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A system without this part of the network.
    return "";
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = listenerAt(Number(process.argv[2]));
  if (found !== undefined) console.log(found);
}
