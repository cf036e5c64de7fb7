// The handler that workerd calls. It fetches and rewrites headers, which JavaScript does faster than wasm; Rust decides
// which request to fetch, and with which headers.
import { receive, traps, unlessLost } from "lychgate-host";
import { Edge, addresses, response_rewrites, telling, wake } from "lychgate-glue";
import configuration from "./lychgate.json";

export { Ledger } from "./ledger.js";

// A plain object instead of a class: Workers with a binding to this one can then call nothing but `fetch`.
export default {
  async fetch(request, env, context) {
    try {
      return await answer(request, env, context);
    } catch (error) {
      complain(error);
      const headers = { "cache-control": "private, no-store", "content-type": "text/plain", "retry-after": "5" };
      return new Response("temporarily unavailable\n", { status: 503, headers });
    }
  },
};

/** Writes to the log. A log that fails changes no answer. */
const complain = (error) => {
  try {
    // The message of an error may quote the request, so only its name goes to the log.
    console.error(JSON.stringify({ level: "error", event: "failed", reason: error?.name ?? "unknown" }));
  } catch {}
};

let edge;
let made;
let tells;
let holders;

/** The gateway of this isolate, made anew after a trap. */
const edgeOf = (env) => {
  wake();
  if (made !== traps) {
    edge = new Edge(configuration, env);
    tells = new RegExp(telling(), "mu");
    holders = new Set(addresses().split("\n"));
    made = traps;
  }
  return edge;
};

const answer = async (request, env, context) => {
  const edge = edgeOf(env);
  const { method, url, headers } = request;
  const [cookie, authorization] = ["cookie", "authorization"].map((name) => headers.get(name) ?? undefined);
  const fields = names(headers);
  const asked = [request, method, url, fields];
  const decided =
    edge.warm(method, url, fields, cookie, authorization, connectionOf(headers, fields)) ??
    (await kept(context, unlessLost(edge.decide(env, context, ...asked))));
  if (typeof decided === "string") return forward(decided.split("\n"), asked, env);
  await readOff(request);
  return decided;
};

/** How much the shim reads of a body that nobody needs, and for how many milliseconds. */
const UNWANTED = { bytes: 65_536, time: 1_000 };

/**
 * Reads the body of a request that Lychgate answered without it, where it is small and arrives soon. Otherwise
 * `wrangler dev` fails the next request of the connection, or exits.
 */
const readOff = async ({ body, bodyUsed }) => {
  if (body === null || bodyUsed) return;
  try {
    await receive(body, UNWANTED.bytes, UNWANTED.time);
  } catch {
    // The client left, or is slow.
  }
};

/**
 * Keeps a request alive until `work` has ended. Otherwise the runtime ends the request when its client disconnects: the
 * promises that the wasm waits for would never settle, and the tasks that wait for them would stay in its memory.
 */
const kept = (context, work) => {
  const nothing = () => {};
  context.waitUntil(work.then(nothing, nothing));
  return work;
};

/** Carries out the plan of a forward; `plan` in src/forward.rs describes its lines. */
const forward = async ([to, url, timeout, cache, answered, plain, ...rewrites], asked, env) => {
  const failed = (why) => edgeOf(env).failed(env, why, ...asked);
  const ofAnswer = rewrites.splice(rewrites.indexOf(""));
  const [request, , , fields] = asked;
  const body = to === "url" && mayGetLost(request, fields) ? await begun(request) : request.body;
  if (typeof body === "string") return failed(body);
  let message;
  try {
    message = outbound(to, url, cache, rewrites, request, body);
  } catch {
    return failed("unsent");
  }
  let response;
  try {
    const ask = () => send(to, message, env);
    response = await (timeout === "" ? ask() : before(Number(timeout), ask, isRepeatable(request)));
  } catch (error) {
    return failed(isOurs(error) ? "unsent" : "unreachable");
  }
  if (response === LATE) return failed("late");
  const { status, webSocket } = response;
  if (!webSocket && (status < 200 || status > 599)) return inexpressible(response, failed);
  const own = ownEdits(response.headers, answered, plain);
  const changes = [...own.split("\n"), ...ofAnswer].filter(Boolean);
  if (changes.length === 0) return response;
  let rewritten;
  try {
    rewritten = new Response(response.body, response);
    apply(changes, rewritten.headers);
  } catch {
    return inexpressible(response, failed);
  }
  return rewritten;
};

/** Whether `fetch` would leave out the body of a request: one of unknown length, of a `GET` or `HEAD`. */
const mayGetLost = ({ method, body }, names) =>
  body !== null && (method === "GET" || method === "HEAD") && !/^content-length$/mu.test(names);

/** How many milliseconds the shim waits for such a body. */
const BEGINS = 10_000;

/** `null` where the body is empty; else the word for why Lychgate does not send the request on. */
const begun = async ({ body }) => {
  try {
    const read = await receive(body, UNWANTED.bytes, BEGINS);
    return read?.byteLength === 0 ? null : "length-required";
  } catch {
    // The body is late, or the client left.
    return "body-late";
  }
};

/** Lychgate's answer in place of one that no `Response` can express. Nobody reads the body of that one. */
const inexpressible = (response, failed) => {
  response.body?.cancel().catch(() => {});
  return failed("inexpressible");
};

/** Whether a fetch failed because of its arguments. A bound Worker may throw the same, but the runtime marks that. */
const isOurs = (error) => error instanceof TypeError && !error.remote;

/** The rewrites of a response that depend on its headers. `answered` and `plain` are lines 5 and 6 of the plan. */
const ownEdits = (headers, answered, plain) => {
  const all = names(headers);
  const connection = connectionOf(headers, all);
  if (connection === undefined && !tells.test(all)) return plain === "ask" ? ofType(answered, headers) : plain;
  const held = all.split("\n").filter((name) => holders.has(name));
  // The glue copies texts into the instance before it checks whether that one has trapped, so `wake` comes first.
  wake();
  return response_rewrites(
    answered,
    all,
    headers.getSetCookie().join("\n"),
    headers.get("content-type") ?? undefined,
    headers.get("cache-control") ?? undefined,
    connection,
    held.map((name) => `${name}:${headers.get(name)}`).join("\n"),
  );
};

/** How many answers of `ofType` the shim keeps: those for the types of the files of a site. */
const MOST_TYPES = 256;
const ofTypes = new Map();

/**
 * The rewrites of a response without any header of `telling`, which depend on its type and caching alone. The shim
 * asks Rust once for all responses that are alike in these.
 */
const ofType = (answered, headers) => {
  const values = ["content-type", "cache-control"].map((name) => headers.get(name) ?? undefined);
  const key = [answered, ...values.map((value) => (value === undefined ? "" : `:${value}`))].join("\n");
  let rewrites = ofTypes.get(key);
  if (rewrites === undefined) {
    if (ofTypes.size >= MOST_TYPES) ofTypes.clear();
    wake();
    rewrites = response_rewrites(answered, "", "", ...values, undefined, "");
    ofTypes.set(key, rewrites);
  }
  return rewrites;
};

/** The `Connection` of a message with headers of these names, where it says more than `close` or `keep-alive`. */
const connectionOf = (headers, names) => {
  if (!names.includes("connection")) return undefined;
  const value = headers.get("connection") ?? "";
  return /^(?:close|keep-alive)?$/i.test(value) ? undefined : value;
};

/** The arguments of `fetch` that forward a request with this body. */
const outbound = (to, url, cache, rewrites, request, body) => {
  if (to === "assets") return [url === "" ? request : new Request(url, request)];
  const { method } = request;
  const headers = new Headers(request.headers);
  apply(rewrites, headers);
  const init = { headers, redirect: "manual" };
  if (to !== "url") init.cf = request.cf;
  else if (cache !== "") init.cache = cache;
  // With these methods, the runtime takes a body only as part of a whole request.
  if (body !== null && (method === "GET" || method === "HEAD")) return [new Request(url, request), init];
  // For others, no whole request: the runtime would copy its `cf`, which costs more than the decision. Only another
  // Worker, which may want to read `cf`, gets it.
  return [url, { ...init, method, body }];
};

/** Sends the message of `outbound` to its destination. */
const send = (to, message, env) => {
  if (to === "url") return fetch(...message);
  return (to === "assets" ? env.ASSETS : env[to.slice("service ".length)]).fetch(...message);
};

/** Stands for an answer that did not come in time. */
const LATE = undefined;

/**
 * Whether Lychgate may send a request again when its connection failed: it changes nothing, and has no body, which the
 * first try would have used up.
 */
const isRepeatable = ({ method, body }) => body === null && (method === "GET" || method === "HEAD");

/**
 * Settles as `ask()` does, or with `LATE` after that many milliseconds. A fetch that nobody waits for any more ends
 * with its request. Servers close connections that were idle for a while, and a request that is under way then gets no
 * answer. So a repeatable one is sent once more, within the same timeout.
 */
const before = (milliseconds, ask, repeatable) =>
  new Promise((resolve, reject) => {
    let again = repeatable;
    const timer = setTimeout(() => {
      again = false;
      resolve(LATE);
    }, milliseconds);
    const answered = (response) => {
      clearTimeout(timer);
      resolve(response);
    };
    const failed = (error) => {
      if (again && !isOurs(error)) {
        again = false;
        ask().then(answered, failed);
        return;
      }
      clearTimeout(timer);
      reject(error);
    };
    ask().then(answered, failed);
  });

const names = (headers) => [...headers.keys()].join("\n");

/** Applies lines of `-name` (remove), `=name:value` (set) and `+name:value` (append), in their order. */
const apply = (rewrites, headers) => {
  for (const line of rewrites) {
    const colon = line.indexOf(":");
    if (line[0] === "-") headers.delete(line.slice(1));
    else if (line[0] === "=") headers.set(line.slice(1, colon), line.slice(colon + 1));
    else if (line[0] === "+") headers.append(line.slice(1, colon), line.slice(colon + 1));
  }
};
