// A Worker for the contract suite alone: it opens store, ledger and verifier of the adapter to whoever asks.
// `cargo xtask build contract` puts it into build/contract; it is never deployed.
//
// How it is asked stands in contract/src/lib.rs, which answers all but `/ledger/purge` and the member `answer`.
import { unlessLost } from "lychgate-host";
import { contract, contract_purge, wake } from "lychgate-glue";
import { Ledger as Deployed } from "./ledger.js";

/** The deployed class, which also purges when it is told to. */
export class Ledger extends Deployed {
  #storage;

  constructor(state) {
    super(state);
    this.#storage = state.storage;
  }

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/purge") return super.fetch(request);
    if (contract_purge(this.#storage, Number(await request.text()))) await this.#storage.deleteAll();
    return new Response("true");
  }
}

/** The namespace, but the answers of its objects are lost or broken. */
const disturbed = (namespace, answer) => ({
  idFromName: (name) => namespace.idFromName(name),
  get: (id) => ({
    async fetch(...request) {
      const response = await namespace.get(id).fetch(...request);
      await response.arrayBuffer();
      if (answer === "broken") throw new Error("the answer is broken");
      return new Promise(() => {});
    },
  }),
});

const purge = async ({ partition, now }, env) => {
  const namespace = env.LYCHGATE_LEDGER;
  const name = `${partition.kind[0]}1/${partition.id}`;
  const stub = namespace.get(namespace.idFromName(name));
  const response = await stub.fetch("https://ledger/purge", { method: "POST", body: String(now) });
  return `{"ok":${await response.text()}}`;
};

/** What is no JSON is for the wasm to refuse. */
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const answer = async (request, env) => {
  const { pathname } = new URL(request.url);
  const text = await request.text();
  // Asked without arguments first, as in the deployed shim: that makes a new instance after a trap.
  wake();
  const question = parsed(text) ?? {};
  if (pathname === "/ledger/purge") return purge(question, env);
  const bindings = question.answer
    ? { ...env, LYCHGATE_LEDGER: disturbed(env.LYCHGATE_LEDGER, question.answer) }
    : env;
  return unlessLost(contract(pathname, text, bindings));
};

export default {
  async fetch(request, env) {
    try {
      const text = await answer(request, env);
      const init = text === undefined ? { status: 400 } : { headers: { "content-type": "application/json" } };
      return new Response(text ?? "not a question", init);
    } catch (error) {
      return new Response(String(error), { status: 503 });
    }
  },
};
