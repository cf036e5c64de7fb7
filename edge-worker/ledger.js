// One partition of the ledger, as workerd wants it: a class.
import { ledger_answer, ledger_purge } from "lychgate-glue";

/** It holds nothing of the wasm, so that it outlives a trap there; and what throws here reaches the caller. */
export class Ledger {
  #storage;

  constructor(state) {
    this.#storage = state.storage;
  }

  async fetch(request) {
    const question = new Uint8Array(await request.arrayBuffer());
    return new Response(ledger_answer(this.#storage, question));
  }

  async alarm() {
    if (ledger_purge(this.#storage)) await this.#storage.deleteAll();
  }
}
