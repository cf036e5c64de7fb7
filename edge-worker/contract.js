// A Worker for the contract suite alone. It serves the gateway, and lets any client call the adapter's store, ledger
// and verifier. `cargo xtask build contract` puts it into build/contract; it is never deployed.
//
// contract/src/lib.rs describes the questions. It answers all of them but `/ledger/purge` and the member `answer`.
import { trapped, unlessLost, waiting } from "lychgate-host";
import { contract, contract_purge, contract_trap, contract_warm_trap, wake } from "lychgate-glue";
import { Ledger as Deployed } from "./ledger.js";
import gateway from "./shim.js";

const DOOR = "/.contract";
const FATE = "lychgate-fate";

/** The fate of a request that traps while the caches decide it, in the gateway that exists already. */
const WARM_TRAP = "warm-traps";

/** The deployed class, which also purges when the suite asks it to. */
export class Ledger extends Deployed {
  #state;

  constructor(state) {
    super(state);
    this.#state = state;
  }

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/purge") return super.fetch(request);
    const end = Number(await request.text());
    wake();
    if (contract_purge(this.#state, end)) await this.#state.storage.deleteAll();
    return new Response("true");
  }
}

/** The first byte of a question that writes (src/ledger/wire.rs). */
const WRITE = 3;

/** The namespace, where `instead(send)` replaces the first write; `send()` carries that write out. */
const disturbed = (namespace, instead) => {
  let isGood = false;
  const fetchOf = (stub) => (url, init) => {
    const send = () => stub.fetch(url, init);
    if (isGood || init.body[0] !== WRITE) return send();
    isGood = true;
    return instead(send);
  };
  return {
    idFromName: (name) => namespace.idFromName(name),
    get: (id) => ({ fetch: fetchOf(namespace.get(id)) }),
  };
};

const never = () => new Promise(() => {});

const unanswered = async (send) => {
  await (await send()).arrayBuffer();
  return never();
};

const broken = async (send) => {
  await (await send()).arrayBuffer();
  throw new Error("the answer is broken");
};

const refuse = async () => {
  throw new Error("over the quota");
};

const withLedger = (env, instead) => ({ ...env, LYCHGATE_LEDGER: disturbed(env.LYCHGATE_LEDGER, instead) });

/** The bindings that a request of the gateway gets, by the fate of its calls. */
const fates = {
  cold: (env) => env,
  "write-unanswered": (env) => withLedger(env, unanswered),
  "write-lost": (env) => withLedger(env, never),
  "ledger-refuses": (env) => ({ ...env, LYCHGATE_LEDGER: { idFromName: () => 0, get: () => ({ fetch: refuse }) } }),
  "store-refuses": (env) => ({ ...env, LYCHGATE_STORE: { get: refuse, put: refuse, delete: refuse } }),
  "store-hangs": (env) => ({ ...env, LYCHGATE_STORE: { get: never, put: never, delete: never } }),
  "ledger-traps": (env) => {
    wake();
    contract_trap();
    return env;
  },
};

const answers = { lost: unanswered, broken };

const purge = async ({ partition, now }, env) => {
  const namespace = env.LYCHGATE_LEDGER;
  const name = `${partition.kind[0]}1/${partition.id}`;
  const stub = namespace.get(namespace.idFromName(name));
  const response = await stub.fetch("https://ledger/purge", { method: "POST", body: String(now) });
  return `{"ok":${await response.text()}}`;
};

/** The question; `undefined` where the text is no JSON, which the wasm refuses. */
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const state = async (text, env) => {
  const state = JSON.parse(await contract("/state", text, env));
  // They do not include this question, which does not go through `unlessLost`.
  state.ok.waiting = waiting();
  return JSON.stringify(state);
};

const answer = async (path, request, env) => {
  const text = await request.text();
  // This call comes first and has no arguments, as in the deployed shim: it makes a new instance after a trap.
  wake();
  const question = parsed(text) ?? {};
  if (path === "/state") return state(text, env);
  if (path === "/ledger/purge") return purge(question, env);
  const bindings = question.answer ? withLedger(env, answers[question.answer]) : env;
  return unlessLost(contract(path, text, bindings));
};

const behindTheDoor = async (path, request, env) => {
  try {
    const text = await answer(path, request, env);
    const init = text === undefined ? { status: 400 } : { headers: { "content-type": "application/json" } };
    return new Response(text ?? "not a question", init);
  } catch (error) {
    return new Response(String(error), { status: 503 });
  }
};

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(DOOR)) return behindTheDoor(pathname.slice(DOOR.length), request, env);
    const fate = request.headers.get(FATE);
    if (fate === WARM_TRAP) {
      wake();
      contract_warm_trap();
      return gateway.fetch(request, env, context);
    }
    const disturb = fates[fate];
    if (disturb === undefined) return gateway.fetch(request, env, context);
    // The shim takes this for a trap, and makes a new gateway, whose caches are empty.
    trapped();
    return gateway.fetch(request, disturb(env), context);
  },
};
