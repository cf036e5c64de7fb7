// The Durable Object of one partition of the ledger. workerd expects a class.
import { ledger_answer, ledger_purge, wake } from "lychgate-glue";

/** It holds nothing of the wasm, so it outlives a trap there. Its exceptions reach the Worker that called it. */
export class Ledger {
  #state;

  constructor(state) {
    this.#state = state;
  }

  async fetch(request) {
    const question = new Uint8Array(await request.arrayBuffer());
    wake();
    return new Response(ledger_answer(this.#state, question));
  }

  async alarm() {
    wake();
    if (ledger_purge(this.#state)) await this.#state.storage.deleteAll();
  }
}
