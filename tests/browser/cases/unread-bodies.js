// Requests that are answered without their body, on connections that are used again: the development server in front of
// a Worker must not lose the next one for it.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";

/** Sends a request and returns the status of its answer, whose body is read. */
const ask = (agent, url, method, body) =>
  new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-length": body.length };
    const sent = request(url, { agent, method, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode));
    });
    sent.on("error", reject);
    sent.end(body);
  });

export function unreadBodyTests(world) {
  world.test("a request that is refused with its body spoils none that follow it", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (const length of [2, 200, 5_000, 60_000, 2, 200]) {
        for (const [path, status] of [
          ["/members/", 401],
          ["/api/x", 401],
          ["/auth/logout", 403],
          ["/auth/session", 403],
          ["/auth/health", 405],
        ]) {
          const refused = await ask(agent, world.gateway + path, "POST", "x".repeat(length));
          assert.equal(refused, status, `${path} ${length}`);
          assert.equal(await ask(agent, `${world.gateway}/`, "GET"), 200, `after ${path} ${length}`);
        }
      }
    } finally {
      agent.destroy();
    }
  });
}
