// Every page that the core can make, with its own headers, at an address of its own.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const words = ["run", "--quiet", "--package", "lychgate-core", "--example", "gallery"];
const logo = new URL("../../site/public/logo.svg", import.meta.url);

/** Anything that is true of all pages in each of these is true of them everywhere. */
export const schemes = ["light", "dark"];
export const sizes = [
  ["wide", { width: 1280, height: 800 }],
  ["narrow", { width: 320, height: 640 }],
];

/** Its own headers, but a page that leads on by itself stays: its policy lacks the script. */
function headersOf({ name, headers }) {
  const stays = (value) => (name.startsWith("onward-") ? value.replace(/script-src [^;]+; /u, "") : value);
  return headers.map(([header, value]) => [header, stays(value)]);
}

/**
 * Serves the gallery on loopback. Returns `pages`, each with `theme`, `name`, `language` and `url`, `show(context,
 * page)`, which opens one in a new tab, and `stop()`.
 */
export async function startGallery() {
  const { stdout } = await promisify(execFile)("cargo", words, { cwd: root, maxBuffer: 2 ** 26 });
  const pages = JSON.parse(stdout);
  const picture = await readFile(logo);
  const server = createServer((request, response) => {
    const exhibit = pages[Number(/^\/exhibits\/(\d+)$/u.exec(request.url)?.[1])];
    if (exhibit) return void response.writeHead(exhibit.status, headersOf(exhibit)).end(exhibit.body);
    if (request.url === "/logo.svg") return void response.writeHead(200, { "content-type": "image/svg+xml" }).end(picture);
    response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  pages.forEach((page, place) => Object.assign(page, { url: `${origin}/exhibits/${place}` }));
  return {
    pages,
    async show(context, { url }) {
      const tab = await context.newPage();
      await tab.goto(url);
      return tab;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
