// What workerd calls. It fetches and edits headers, which JavaScript does faster; Rust says what and where.
import { traps, unlessLost } from "lychgate-host";
import { Edge, Forwarding, wake } from "lychgate-glue";
import configuration from "./lychgate.json";

export { Ledger } from "./ledger.js";

// A plain object instead of a class: bound Workers can then call nothing but `fetch`.
export default {
  async fetch(request, env, context) {
    try {
      return await answer(request, env, context);
    } catch (error) {
      // The message of an error may quote what was sent, so its name has to do.
      console.error(JSON.stringify({ level: "error", event: "failed", reason: error?.name ?? "unknown" }));
      const headers = { "cache-control": "private, no-store", "content-type": "text/plain", "retry-after": "5" };
      return new Response("temporarily unavailable\n", { status: 503, headers });
    }
  },
};

let edge;
let made;

/** The gateway of this isolate, made anew after a trap. */
const edgeOf = (env) => {
  wake();
  if (made !== traps) {
    edge = new Edge(configuration, env);
    made = traps;
  }
  return edge;
};

const answer = async (request, env, context) => {
  const edge = edgeOf(env);
  const born = traps;
  // What was made before a trap points into memory that is gone, and must not be touched after it.
  const mustLive = () => {
    if (born !== traps) throw new Error("the wasm trapped");
  };
  const { method, url, headers } = request;
  const [cookie, authorization] = ["cookie", "authorization"].map((name) => headers.get(name) ?? undefined);
  const [origin, upgrade] = ["origin", "upgrade"].map((name) => headers.has(name));
  const decided =
    edge.warm(method, url, cookie, authorization, origin, upgrade) ??
    (await unlessLost(edge.decide(request, env, context)));
  if (!(decided instanceof Forwarding)) return decided;
  mustLive();
  return forward(decided, request, env, mustLive);
};

const forward = async (forwarding, request, env, mustLive) => {
  let response;
  try {
    response = await send(forwarding, request, env);
  } catch {
    return edgeOf(env).unreachable(request, env);
  }
  if (response === LATE) return edgeOf(env).late(request, env);
  mustLive();
  const { headers } = response;
  const edits = forwarding.response_edits(
    names(headers),
    headers.getSetCookie().join("\n"),
    headers.get("content-type") ?? undefined,
    headers.get("cache-control") ?? undefined,
    headers.get("location") ?? undefined,
  );
  if (edits === "") return response;
  const edited = new Response(response.body, response);
  apply(edits.split("\n"), edited.headers);
  return edited;
};

const send = (forwarding, request, env) => {
  const { url } = forwarding;
  if (forwarding.to_assets) return env.ASSETS.fetch(url === undefined ? request : new Request(url, request));
  const { method, body } = request;
  const headers = new Headers(request.headers);
  const [service, patience, bypass, ...edits] = forwarding.plan(names(headers)).split("\n");
  apply(edits, headers);
  const cache = bypass ? "no-store" : undefined;
  // Not the request itself: its `cf` would be copied on the way, which costs more than the decision. Another Worker
  // may want to read it.
  const init = { method, headers, body, redirect: "manual" };
  const answer =
    service === ""
      ? fetch(url, { ...init, cache })
      : env[service].fetch(url, { ...init, cf: request.cf });
  return patience === "" ? answer : before(Number(patience), answer);
};

/** What stands for an answer that did not come in time. */
const LATE = undefined;

/** What `answer` settles as, or `LATE` after that many milliseconds. What is not waited for ends with the request. */
const before = (milliseconds, answer) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds, LATE);
    const done = (settle) => (value) => {
      clearTimeout(timer);
      settle(value);
    };
    answer.then(done(resolve), done(reject));
  });

const names = (headers) => [...headers.keys()].join("\n");

/** Lines of `-name`, `=name:value` and `+name:value`, in their order. */
const apply = (edits, headers) => {
  for (const line of edits) {
    const colon = line.indexOf(":");
    if (line[0] === "-") headers.delete(line.slice(1));
    else if (line[0] === "=") headers.set(line.slice(1, colon), line.slice(colon + 1));
    else if (line[0] === "+") headers.append(line.slice(1, colon), line.slice(colon + 1));
  }
};
