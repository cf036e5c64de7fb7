// Another site: an empty page from which the tests try to act on the gateway.
import { createServer } from "node:http";
import { once } from "node:events";

/**
 * Starts the other site.
 *
 * - `foreign`: its origin on another site, to which `SameSite` cookies are not sent along.
 * - `neighbour`: its origin on the gateway's own host, so that the browser does send them along.
 */
export async function startOtherSite() {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end('<!doctype html><html lang="en"><title>Another site</title><link rel="icon" href="data:,">');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    foreign: `http://127.0.0.1:${port}`,
    neighbour: `http://localhost:${port}`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
