// The API's promises to the demo and to the contract suite.
import assert from "node:assert/strict";
import { on, once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { startApi } from "./index.js";

let api;
before(async () => {
  api = await startApi({ secret: "secret-of-the-gateway" });
});
after(() => api.close());

test("a request is answered with what was received", async () => {
  const answer = await fetch(`${api.origin}/api/whoami?a=%20b`, { method: "DELETE", headers: { "x-sent": "1" } });
  const seen = await answer.json();
  assert.equal(seen.method, "DELETE");
  assert.equal(seen.url, "/api/whoami?a=%20b");
  assert.equal(seen.headers["x-sent"], "1");
});

test("the shared secret is hidden and anything else is not", async () => {
  const headers = { "x-secret": "secret-of-the-gateway", "x-other": "secret-of-nobody" };
  const seen = await (await fetch(api.origin, { headers })).json();
  assert.equal(seen.headers["x-secret"], "(hidden)");
  assert.equal(seen.headers["x-other"], "secret-of-nobody");
});

test("cookies of the demo's provider are left out and others are not", async () => {
  const asked = async (cookie) => (await (await fetch(api.origin, { headers: { cookie } })).json()).headers.cookie;
  assert.equal(await asked("_session=a; theme=dark; _session.sig=b; _interaction=c"), "theme=dark");
  assert.equal(await asked("_session=a; _session.legacy.sig=b"), undefined);
  assert.equal(await asked("_sessions=a; session=b"), "_sessions=a; session=b");
});

test("a body comes back while it is still being sent", async () => {
  let send;
  const body = new ReadableStream({ start: (controller) => (send = controller) });
  const pending = fetch(`${api.origin}/api/echo`, { method: "POST", body, duplex: "half" });
  send.enqueue(new TextEncoder().encode("first"));
  const reader = (await pending).body.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader.read()).value, "first");
  send.enqueue(new TextEncoder().encode("second"));
  assert.equal((await reader.read()).value, "second");
  send.close();
  assert.ok((await reader.read()).done);
});

test("a caller can be left without an answer", async () => {
  await assert.rejects(fetch(`${api.origin}/api/hang-up`));
  assert.equal((await fetch(`${api.origin}/api/whoami`)).status, 200);
});

test("a caller can be kept waiting", async () => {
  const controller = new AbortController();
  const pending = fetch(`${api.origin}/api/hang`, { signal: controller.signal });
  // The API answers others meanwhile.
  assert.equal((await fetch(`${api.origin}/api/whoami`)).status, 200);
  controller.abort();
  await assert.rejects(pending);
});

test("a WebSocket says what was received and then echoes", async () => {
  const socket = new WebSocket(api.origin.replace("http", "ws"), ["chat"], { headers: { "x-sent": "1" } });
  const messages = on(socket, "message");
  const next = async () => (await messages.next()).value[0].toString();
  const seen = JSON.parse(await next());
  assert.equal(socket.protocol, "chat");
  assert.equal(seen.headers["x-sent"], "1");
  socket.send("hello");
  assert.equal(await next(), "hello");
  socket.send("close");
  const [code] = await once(socket, "close");
  assert.equal(code, 4001);
});

test("a caller waits until another lets it go on", async () => {
  let answered = false;
  const waiting = fetch(`${api.origin}/api/wait?a=b`).finally(() => (answered = true));
  while (!api.requests.some(({ url }) => url === "/api/wait?a=b")) await fetch(`${api.origin}/api/whoami`);
  assert.ok(!answered);
  assert.equal((await fetch(`${api.origin}/api/go-on`)).status, 200);
  assert.equal((await (await waiting).json()).url, "/api/wait?a=b");
});

test("redirects, cookies and statuses come as asked", async () => {
  const redirect = await fetch(`${api.origin}/api/redirect?to=https://example.com/x`, { redirect: "manual" });
  assert.equal(redirect.status, 302);
  assert.equal(redirect.headers.get("location"), "https://example.com/x");
  const cookies = await fetch(`${api.origin}/api/set-cookie?cookie=a%3D1&cookie=b%3D2`);
  assert.deepEqual(cookies.headers.getSetCookie(), ["a=1", "b=2"]);
  const fields = await fetch(`${api.origin}/api/fields?field=x-one:a%3Ab&field=link:c&field=link:d`);
  assert.equal(fields.headers.get("x-one"), "a:b");
  assert.equal(fields.headers.get("link"), "c, d");
  assert.equal((await fetch(`${api.origin}/api/status?code=503`)).status, 503);
  assert.equal((await fetch(`${api.origin}/api/status?code=junk`)).status, 200);
});

test("a client without the shared secret is refused, and one with it is answered", async () => {
  const guarded = await startApi({ sharedSecret: "secret-of-the-gateway" });
  after(() => guarded.close());
  for (const secret of ["", "secret-of-nobody", "secret-of-the-gatewaY"]) {
    const answer = await fetch(guarded.origin, { headers: { "lychgate-secret": secret } });
    assert.equal(answer.status, 401, secret);
  }
  assert.equal((await fetch(guarded.origin)).status, 401);
  const socket = (headers) => new WebSocket(guarded.origin.replace("http", "ws"), { headers });
  const [refusal] = await once(socket({}), "error");
  assert.match(refusal.message, /401/);
  assert.equal(guarded.requests.length, 0);
  const seen = await fetch(guarded.origin, { headers: { "lychgate-secret": "secret-of-the-gateway" } });
  assert.equal((await seen.json()).headers["lychgate-secret"], "(hidden)");
  await once(socket({ "lychgate-secret": "secret-of-the-gateway" }), "message");
});
