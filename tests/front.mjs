// A server in front of a deployment, as people put one there to end TLS, with one of the faults that such servers have.
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { join } from "node:path";

/**
 * Listens on `port` and passes requests on to `inner`, both on 127.0.0.1. Returns `close()`. `fault` is one of
 * - `date`: answers carry this as `Date`;
 * - `host`: every request is passed on as one for this host;
 * - `cookies`: this is added to every `Set-Cookie`;
 * - `cache`: answers carry this as `Cache-Control`;
 * - `files`: what lies in this folder is served here, and only what does not is passed on.
 */
export async function startFront({ port, inner, fault }) {
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const file = fault.files && fileAt(fault.files, url);
    if (file) {
      request.resume();
      response.end(readFileSync(file));
      return;
    }
    const passed = fault.host ? { ...headers, host: fault.host } : headers;
    const sent = httpRequest({ host: "127.0.0.1", port: inner, method, path: url, headers: passed }, (answer) => {
      const fields = { ...answer.headers };
      if (fault.date) fields.date = fault.date;
      if (fault.cache) fields["cache-control"] = fault.cache;
      if (fault.cookies) fields["set-cookie"] = fields["set-cookie"]?.map((cookie) => `${cookie}; ${fault.cookies}`);
      const isField = ([, value]) => value !== undefined;
      response.sendDate = false;
      response.writeHead(answer.statusCode, Object.fromEntries(Object.entries(fields).filter(isField)));
      answer.pipe(response);
    });
    sent.on("error", () => response.destroy());
    request.pipe(sent);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The file for an address, as servers of files find it. */
function fileAt(folder, url) {
  const path = join(folder, url.split("?")[0]);
  const candidates = [path, join(path, "index.html"), `${path}.html`];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}
