// Functions of the runtime that Rust calls, where the crate `worker` lacks them or a few lines here save many calls
// between Rust and JavaScript. This file decides nothing.

/** A timeout. When it is over, `signal` aborts the calls that take it, and the promises of `around` reject. */
export class Limit {
  #controller = new AbortController();
  #late;
  #timer;

  constructor(milliseconds) {
    this.#late = new Promise((_, reject) => {
      this.#timer = setTimeout(() => {
        reject(new Error("late"));
        this.#controller.abort();
      }, milliseconds);
    });
    // Where `around` is never called, the rejection would count as unhandled.
    this.#late.catch(() => {});
  }

  get signal() {
    return this.#controller.signal;
  }

  around(promise) {
    return Promise.race([promise, this.#late]);
  }

  collect(stream, cap) {
    return this.around(collect(stream, cap, this.signal));
  }

  end() {
    clearTimeout(this.#timer);
  }
}

/** Runs `work(limit)` with a limit of so many milliseconds. */
const within = async (milliseconds, work) => {
  const limit = new Limit(milliseconds);
  try {
    return await work(limit);
  } finally {
    limit.end();
  }
};

/** Reads the whole stream; `undefined` as soon as it has more than `cap` bytes. Cancels it then, and at the signal. */
const collect = async (stream, cap, signal) => {
  const chunks = [];
  let length = 0;
  const reader = stream?.getReader();
  const cancel = () => reader?.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  for (;;) {
    const { done, value: chunk } = (await reader?.read()) ?? { done: true };
    if (done) break;
    length += chunk.byteLength;
    if (length > cap) {
      cancel();
      return undefined;
    }
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
};

/** Reads a body; `undefined` where it is larger. Rejects when the time is up: a client may send it at any pace. */
export const receive = (stream, cap, milliseconds) => within(milliseconds, (limit) => limit.collect(stream, cap));

/**
 * The KV namespace under its name, each of whose calls settles in that time. KV takes no signal, and a task of the wasm
 * that waits for a promise stays in memory until the promise settles, even if nobody needs the result.
 */
export const limitedStore = ({ LYCHGATE_STORE: store }, milliseconds) => {
  const limited = (name) => (...words) =>
    within(milliseconds, async (limit) => limit.around(store[name](...words)));
  return { LYCHGATE_STORE: { get: limited("get"), put: limited("put"), delete: limited("delete") } };
};

const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  RS384: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
  RS512: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  PS384: { name: "RSA-PSS", hash: "SHA-384", saltLength: 48 },
  PS512: { name: "RSA-PSS", hash: "SHA-512", saltLength: 64 },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  ES384: { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" },
  ES512: { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" },
  EdDSA: { name: "Ed25519" },
};

/** The public key as a CryptoKey; `undefined` where the runtime refuses it as a key of that algorithm. */
export const importKey = async (algorithm, jwk) => {
  try {
    return await crypto.subtle.importKey("jwk", JSON.parse(jwk), ALGORITHMS[algorithm], false, ["verify"]);
  } catch (error) {
    // The runtime throws this for a point off its curve, and for anything else that is no key.
    if (error instanceof DOMException) return undefined;
    throw error;
  }
};

export const verify = async (algorithm, key, signature, input) =>
  crypto.subtle.verify(ALGORITHMS[algorithm], key, signature, input);

export const sign = async (algorithm, jwk, input) => {
  const key = await crypto.subtle.importKey("jwk", JSON.parse(jwk), ALGORITHMS[algorithm], false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(ALGORITHMS[algorithm], key, input));
};

/** Splits lines of `name:value` into pairs. */
const fields = (lines) =>
  lines.split("\n").filter(Boolean).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  });

/** A response of Lychgate. An empty text becomes no body: the runtime would send an empty one with a content type. */
export const respond = (status, headers, body) =>
  new Response(body === "" ? null : body, { status, headers: fields(headers) });

const lost = new Set();

/** How often the wasm has trapped. Each trap loses the instance, with every object in it. */
export let traps = 0;

/** Settles as `promise` does, or rejects when the wasm traps: the promises of its tasks never settle after that. */
export const unlessLost = (promise) =>
  new Promise((resolve, reject) => {
    lost.add(reject);
    promise.then(resolve, reject).finally(() => lost.delete(reject));
  });

/** How many promises a trap would reject now. */
export const waiting = () => lost.size;

/** The glue around the wasm calls this at a trap, before anything else can run. The build adds the call to the glue. */
export const trapped = () => {
  traps += 1;
  for (const reject of lost) reject(new Error("the wasm trapped"));
  lost.clear();
};
