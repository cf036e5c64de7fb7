// Starts stock servers as upstreams for the suite that started it: Express 5 and 4, Tomcat, nginx with files, and nginx
// before Express.
//
// The one argument is JSON: `nginx`, its program; `tomcat`, where it is installed; `java`, the program. It prints
// one line of JSON, the ports by the servers' names, once all of them answer, and ends them when its standard input ends.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as express from "./express.mjs";
import * as nginx from "./nginx.mjs";
import { write } from "./pages.mjs";
import * as tomcat from "./tomcat.mjs";

const programs = JSON.parse(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "lychgate-upstreams-"));
const site = join(folder, "site");
write(site);

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
};

const children = [];
const end = async () => {
  for (const child of children) {
    const ended = child.exitCode ?? child.signalCode;
    if (ended === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true, force: true });
};

/** Waits until the port takes connections, or the process that should listen there is gone. */
const answers = async (name, port, child) => {
  for (;;) {
    if (child !== undefined && (child.exitCode ?? child.signalCode) !== null) {
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}`);
    }
    const socket = createConnection(port, "127.0.0.1");
    const isOpen = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(() => false);
    socket.destroy();
    if (isOpen) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

try {
  const { express5, express4 } = await express.start(join(site, "files"));
  const ports = { tomcat: await freePort(), files: await freePort(), before: await freePort() };
  const servlets = tomcat.start(programs.java, programs.tomcat, join(folder, "tomcat"), site, ports.tomcat);
  let said = "";
  servlets.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  children.push(servlets);
  const server = nginx.start(programs.nginx, join(folder, "nginx"), site, ports, express5.port).child;
  children.push(server);
  await answers("nginx", ports.files, server);
  await answers("nginx", ports.before, server);
  await answers("tomcat", ports.tomcat, servlets).catch((error) => {
    throw new Error(`${error.message}: ${said}`);
  });
  console.log(
    JSON.stringify({
      "Express 5": express5.port,
      "Express 4": express4.port,
      Tomcat: ports.tomcat,
      nginx: ports.files,
      "nginx before Express 5": ports.before,
    }),
  );
  process.stdin.resume();
  await once(process.stdin, "end");
} finally {
  await end();
}
process.exit(0);
