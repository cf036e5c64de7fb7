// A Worker that stands behind a service binding in tests. It answers as `site/api` does: with JSON
// `{method, url, headers}` as received, where `url` is whole; `/redirect?to=...` and `/set-cookie?cookie=...` do
// what they say, `/hang` never answers, and a WebSocket first says what was received and then echoes.
export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const headers = Object.fromEntries(request.headers);
    const seen = JSON.stringify({ method: request.method, url: request.url, headers });
    if (headers.upgrade === "websocket") return open(seen);
    switch (pathname.split("/").at(-1)) {
      case "hang":
        await new Promise((resolve) => setTimeout(resolve, 600_000));
        break;
      case "redirect":
        return new Response(null, { status: 302, headers: { location: searchParams.get("to") } });
      case "set-cookie": {
        const fields = searchParams.getAll("cookie").map((cookie) => ["set-cookie", cookie]);
        return new Response(seen, { headers: fields });
      }
      case "echo":
        return new Response(request.body);
    }
    return new Response(seen, { headers: { "content-type": "application/json" } });
  },
};

const open = (seen) => {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.send(seen);
  server.addEventListener("message", ({ data }) => (data === "close" ? server.close(4001) : server.send(data)));
  return new Response(null, { status: 101, webSocket: client });
};
