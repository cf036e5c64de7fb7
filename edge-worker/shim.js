// What workerd calls. It fetches and edits headers, which JavaScript does faster; Rust says what and where.
import { traps, unlessLost } from "lychgate-host";
import { Edge, response_edits, telling, wake } from "lychgate-glue";
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

/** The gateway of this isolate, made anew after a trap. */
const edgeOf = (env) => {
  wake();
  if (made !== traps) {
    edge = new Edge(configuration, env);
    tells = new RegExp(telling(), "mu");
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
    edge.warm(method, url, fields, cookie, authorization) ??
    (await kept(context, unlessLost(edge.decide(env, context, ...asked))));
  return typeof decided === "string" ? forward(decided.split("\n"), asked, env) : decided;
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
const forward = async ([to, url, patience, cache, answered, plain, ...edits], asked, env) => {
  const ofAnswer = edits.splice(edits.indexOf(""));
  const [request] = asked;
  let response;
  try {
    const ask = () => send(to, url, cache, edits, request, env);
    response = await (patience === "" ? ask() : before(Number(patience), ask, isRepeatable(request)));
  } catch {
    return edgeOf(env).unreachable(env, ...asked);
  }
  if (response === LATE) return edgeOf(env).late(env, ...asked);
  const own = ownEdits(response.headers, answered, plain);
  const changes = [...own.split("\n"), ...ofAnswer].filter(Boolean);
  if (changes.length === 0) return response;
  const edited = new Response(response.body, response);
  apply(changes, edited.headers);
  return edited;
};

/** What to change in a response with these headers because of what it is. */
const ownEdits = (headers, answered, plain) => {
  const all = names(headers);
  if (plain !== "ask" && !tells.test(all)) return plain;
  // Texts are passed before it is looked at which instance they go to.
  wake();
  return response_edits(
    answered,
    all,
    headers.getSetCookie().join("\n"),
    headers.get("content-type") ?? undefined,
    headers.get("cache-control") ?? undefined,
    headers.get("location") ?? undefined,
  );
};

const send = (to, url, cache, edits, request, env) => {
  if (to === "assets") return env.ASSETS.fetch(url === "" ? request : new Request(url, request));
  const { method, body } = request;
  const headers = new Headers(request.headers);
  apply(edits, headers);
  // Not the request itself: its `cf` would be copied on the way, which costs more than the decision. Another Worker
  // may want to read it.
  const init = { method, headers, body, redirect: "manual" };
  if (to === "url") return fetch(url, { ...init, cache: cache === "" ? undefined : cache });
  return env[to.slice("service ".length)].fetch(url, { ...init, cf: request.cf });
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
      if (again) {
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
const apply = (edits, headers) => {
  for (const line of edits) {
    const colon = line.indexOf(":");
    if (line[0] === "-") headers.delete(line.slice(1));
    else if (line[0] === "=") headers.set(line.slice(1, colon), line.slice(colon + 1));
    else if (line[0] === "+") headers.append(line.slice(1, colon), line.slice(colon + 1));
  }
};
