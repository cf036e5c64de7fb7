// One partition of the ledger, as workerd wants it: a class.
import { ledger_answer, ledger_purge, wake } from "lychgate-glue";

/** It holds nothing of the wasm, so that it outlives a trap there; and what throws here reaches the caller. */
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
