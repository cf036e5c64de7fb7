// What workerd calls. It fetches and rewrites headers, which JavaScript does faster; Rust says what and where.
import { receive, traps, unlessLost } from "lychgate-host";
import { Edge, addresses, response_rewrites, telling, wake } from "lychgate-glue";
import configuration from "./lychgate.json";

export { Ledger } from "./ledger.js";

// A plain object instead of a class: bound Workers can then call nothing but `fetch`.
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

/** A log that fails changes no answer. */
const complain = (error) => {
  try {
    // The message of an error may quote what was sent, so its name has to do.
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

/** How much of a body that nobody wants is read, and for how many milliseconds. */
const UNWANTED = { bytes: 65_536, time: 1_000 };

/**
 * Reads the body of a request that is answered without it, where it is small and there: `wrangler dev` else fails the
 * next request of the connection, or ends.
 */
const readOff = async ({ body, bodyUsed }) => {
  if (body === null || bodyUsed) return;
  try {
    await receive(body, UNWANTED.bytes, UNWANTED.time);
  } catch {
    // The client left.
  }
};

/**
 * Lets a request live until `work` has ended. The runtime ends it with the connection of its client, else: what the wasm
 * waits for would never come then, and all that waits there would stay in its memory.
 */
const kept = (context, work) => {
  const nothing = () => {};
  context.waitUntil(work.then(nothing, nothing));
  return work;
};

/** Carries out a plan, of which `plan` in forward.rs says what the lines are. */
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

/** Whether a request has a body that the runtime's client leaves out: of unknown length, with a method that promises none. */
const mayGetLost = ({ method, body }, names) =>
  body !== null && (method === "GET" || method === "HEAD") && !/^content-length$/mu.test(names);

/** For how many milliseconds the beginning of such a body is waited for. */
const BEGINS = 10_000;

/** `null` where it is empty, else why the request is not sent on. */
const begun = async ({ body }) => {
  try {
    const read = await receive(body, UNWANTED.bytes, BEGINS);
    return read?.byteLength === 0 ? null : "length-required";
  } catch {
    // It is late, or the client left.
    return "body-late";
  }
};

/** The answer in place of one that no `Response` can be, whose body nobody reads then. */
const inexpressible = (response, failed) => {
  response.body?.cancel().catch(() => {});
  return failed("inexpressible");
};

/** Whether a fetch failed for what it was asked. A bound Worker may throw the same, which the runtime marks. */
const isOurs = (error) => error instanceof TypeError && !error.remote;

/** What to change in a response with these headers because of what it is. */
const ownEdits = (headers, answered, plain) => {
  const all = names(headers);
  const connection = connectionOf(headers, all);
  if (plain !== "ask" && connection === undefined && !tells.test(all)) return plain;
  const held = all.split("\n").filter((name) => holders.has(name));
  // Texts are passed before it is looked at which instance they go to.
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

/** The `Connection` of a message with headers of these names, where it says more than whether it stays open. */
const connectionOf = (headers, names) => {
  if (!names.includes("connection")) return undefined;
  const value = headers.get("connection") ?? "";
  return /^(?:close|keep-alive)?$/i.test(value) ? undefined : value;
};

/** What to fetch for a request and its body, as the arguments of `fetch`. */
const outbound = (to, url, cache, rewrites, request, body) => {
  if (to === "assets") return [url === "" ? request : new Request(url, request)];
  const { method } = request;
  const headers = new Headers(request.headers);
  apply(rewrites, headers);
  const init = { headers, redirect: "manual" };
  if (to !== "url") init.cf = request.cf;
  else if (cache !== "") init.cache = cache;
  // A body of theirs passes with a whole request alone.
  if (body !== null && (method === "GET" || method === "HEAD")) return [new Request(url, request), init];
  // Else not the request itself: its `cf` would be copied on the way, which costs more than the decision. Another Worker
  // may want to read it.
  return [url, { ...init, method, body }];
};

/** Sends what `outbound` made to where it goes. */
const send = (to, message, env) => {
  if (to === "url") return fetch(...message);
  return (to === "assets" ? env.ASSETS : env[to.slice("service ".length)]).fetch(...message);
};

/** What stands for an answer that did not come in time. */
const LATE = undefined;

/**
 * Whether a request may be sent again where its connection failed: it changes nothing, and has no body that would be gone.
 */
const isRepeatable = ({ method, body }) => body === null && (method === "GET" || method === "HEAD");

/**
 * What `ask()` settles as, or `LATE` after that many milliseconds. What is not waited for ends with the request. Servers
 * close connections that were idle for a while, and a request that is under way then gets no answer; so one that is
 * repeatable is asked once more, in the same time.
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

/** Lines of `-name`, `=name:value` and `+name:value`, in their order. */
const apply = (rewrites, headers) => {
  for (const line of rewrites) {
    const colon = line.indexOf(":");
    if (line[0] === "-") headers.delete(line.slice(1));
    else if (line[0] === "=") headers.set(line.slice(1, colon), line.slice(colon + 1));
    else if (line[0] === "+") headers.append(line.slice(1, colon), line.slice(colon + 1));
  }
};
