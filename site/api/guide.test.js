// The API of the guide, run as it is written there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { test } from "node:test";

const guide = await readFile(new URL("../../docs/guides/api.md", import.meta.url), "utf8");
const [, program] = guide.match(/^```js\n(.*?)^```/ms);

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
};

const start = (environment) =>
  spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });

test("a client without the shared secret is refused, and one with it is believed", async (t) => {
  const port = await freePort();
  const server = start({ PORT: String(port), API_SECRET: "secret-of-the-gateway" });
  t.after(() => server.kill());
  const ask = (headers) => fetch(`http://localhost:${port}/v1/orders`, { headers });
  const answers = () => ask({}).then(() => true, () => false);
  while (!(await answers())) assert.equal(server.exitCode, null);
  for (const secret of ["", "secret-of-nobody", "secret-of-the-gatewaY"]) {
    const answer = await ask({ "lychgate-secret": secret, "lychgate-user": "ada" });
    assert.equal(answer.status, 401, secret);
  }
  const shown = await ask({
    "lychgate-secret": "secret-of-the-gateway",
    "lychgate-user": "ada",
    "lychgate-name": "Ada%2C%20Countess%20of%20Lovelace",
    "lychgate-groups": "members,night%2Cshift",
  });
  assert.deepEqual(await shown.json(), {
    method: "GET",
    url: "/v1/orders",
    user: "ada",
    name: "Ada, Countess of Lovelace",
    groups: ["members", "night,shift"],
  });
});

test("without a shared secret to compare it does not start", async () => {
  const server = start({ PORT: String(await freePort()) });
  const [code] = await once(server, "exit");
  assert.notEqual(code, 0);
});
