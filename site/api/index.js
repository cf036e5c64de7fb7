// An API that shows what reached it. It has no sign-in of its own: the gateway in front of it decides.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { WebSocketServer } from "ws";

/**
 * Starts the API on 127.0.0.1.
 *
 * Every request is answered with JSON `{method, url, headers}` as received, except, also below `/open` for `/api`:
 * - `POST /api/echo` streams the body back;
 * - `/api/redirect?to=...` answers 302 with that `Location`;
 * - `/api/set-cookie?cookie=...` answers with each `cookie` as a `Set-Cookie` field;
 * - `/api/fields?field=NAME:VALUE` answers with each such header field;
 * - `/api/status?code=...` answers with that status;
 * - `/api/hang-up` closes the connection without an answer;
 * - `/api/hang` never answers, and the connection stays open for as long as the client wants.
 * - `/api/wait` is answered once somebody asks for `/api/go-on`.
 *
 * A WebSocket is opened at any path but `/api/no-socket`, which is 403. The first message says what was received, as
 * above; after it every message comes back, and `close` closes the WebSocket from this side, with 4001.
 *
 * Cookies of the demo's provider are left out: they are none of the site's. `secret` is hidden wherever a header holds
 * it, so that the demo never shows a browser the secret that it shares with the gateway. With `sharedSecret`, such a
 * secret, a client that does not send it as `lychgate-secret` gets 401: the request came around the gateway. `requests`
 * collects what was answered, newest last.
 */
export async function startApi({ port = 0, sharedSecret, secret = sharedSecret } = {}) {
  const requests = [];
  const waiting = [];
  const mayAsk = ({ headers }) => sharedSecret === undefined || isSame(headers["lychgate-secret"] ?? "", sharedSecret);
  const server = createServer((request, response) => {
    if (!mayAsk(request)) {
      request.resume();
      response.writeHead(401, { "content-type": "text/plain" }).end("only the gateway may ask\n");
      return;
    }
    const { method, url } = request;
    const headers = hide(request.headers, secret);
    requests.push({ method, url, headers });
    answer(request, response, { method, url, headers }, waiting);
  });
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => [...offered][0],
    verifyClient: ({ req }, decide) => {
      if (mayAsk(req)) decide(!req.url.endsWith("/no-socket"), 403);
      else decide(false, 401);
    },
  });
  sockets.on("connection", (socket, request) => {
    const { method, url } = request;
    const seen = { method, url, headers: hide(request.headers, secret) };
    requests.push(seen);
    socket.send(JSON.stringify(seen));
    socket.on("message", (message, binary) => {
      if (!binary && message.toString() === "close") socket.close(4001);
      else socket.send(message, { binary });
    });
    socket.on("error", () => socket.terminate());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://localhost:${server.address().port}`,
    port: server.address().port,
    requests,
    close: () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      return closed;
    },
  };
}

function answer(request, response, seen, waiting) {
  const [path, query = ""] = request.url.split("?", 2);
  const parameters = new URLSearchParams(query);
  response.on("error", () => response.destroy());
  const show = () => {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(request.method === "HEAD" ? undefined : `${JSON.stringify(seen, null, 2)}\n`);
  };
  switch (path.replace(/^\/(api|open)(?=\/)/, "")) {
    case "/echo":
      if (request.method === "POST") {
        response.writeHead(200, { "content-type": request.headers["content-type"] ?? "application/octet-stream" });
        request.pipe(response);
        return;
      }
      break;
    case "/redirect":
      response.writeHead(302, { location: asField(parameters.get("to")) || "/" }).end();
      return;
    case "/set-cookie":
      response.setHeader("set-cookie", parameters.getAll("cookie").map(asField));
      break;
    case "/fields":
      for (const field of parameters.getAll("field")) {
        const [name, value] = asField(field).split(/:(.*)/s, 2);
        response.appendHeader(name, value ?? "");
      }
      break;
    case "/hang-up":
      request.destroy();
      return;
    case "/hang":
      request.resume();
      return;
    case "/wait":
      waiting.push(show);
      return;
    case "/go-on":
      for (const goOn of waiting.splice(0)) goOn();
      break;
    case "/status":
      response.statusCode = asStatus(parameters.get("code"));
      break;
  }
  show();
}

/** Whether two texts are the same, in a time that says nothing about the second. */
function isSame(sent, secret) {
  const [left, right] = [sent, secret].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(left, right);
}

function hide(headers, secret) {
  const shown = Object.entries(headers).map(([name, value]) => {
    if (name === "cookie") return [name, withoutProvider(value)];
    return [name, secret && value === secret ? "(hidden)" : value];
  });
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}

/** Cookies of the demo's provider, which come along because it stands on another port of the same host. */
const PROVIDER = /^_(?:session|interaction|interaction_resume|grant)(?:\.legacy)?(?:\.sig)?=/u;

const withoutProvider = (cookies) => {
  const others = cookies.split("; ").filter((cookie) => !PROVIDER.test(cookie));
  return others.length > 0 ? others.join("; ") : undefined;
};

function asField(text) {
  // Node throws at characters that no header field may hold.
  return (text ?? "").replace(/[^\t\x20-\x7e]/g, "");
}

function asStatus(text) {
  const code = Number(text);
  return Number.isInteger(code) && code >= 200 && code <= 599 ? code : 200;
}
