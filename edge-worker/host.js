// What the Rust side asks of the runtime, where the crate `worker` has nothing for it or a few lines here save many
// crossings between the two. Nothing is decided in this file.

/** A span of time. When it is over, `signal` ends what takes it, and what the limit was put around rejects. */
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
    // It may be put around nothing.
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

/** Runs `work(limit)` for at most that long. */
const within = async (milliseconds, work) => {
  const limit = new Limit(milliseconds);
  try {
    return await work(limit);
  } finally {
    limit.end();
  }
};

/** The whole stream, or `undefined` as soon as it has more than `cap` bytes. It is cancelled then, and by the signal. */
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

/** The body, or `undefined` where it is larger. Rejects when the time is up: clients may send it at any pace. */
export const receive = (stream, cap, milliseconds) => within(milliseconds, (limit) => limit.collect(stream, cap));

/**
 * The store under its name, where each call settles in that time: KV takes no signal, and what waits in the wasm for a
 * promise stays there until it settles, wanted or not.
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

/** A CryptoKey of the public key, or `undefined` where the runtime takes it for no key of that kind. */
export const importKey = async (algorithm, jwk) => {
  try {
    return await crypto.subtle.importKey("jwk", JSON.parse(jwk), ALGORITHMS[algorithm], false, ["verify"]);
  } catch (error) {
    // That is what a point off its curve, or whatever else makes it no key, is answered with.
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

/** `name:value` lines as pairs. */
const fields = (lines) =>
  lines.split("\n").filter(Boolean).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  });

/** A response of our own. Nothing is no body: an empty one would be sent with a content type. */
export const respond = (status, headers, body) =>
  new Response(body === "" ? null : body, { status, headers: fields(headers) });

const lost = new Set();

/** How often the wasm has trapped. Each time its instance was lost, with every object in it. */
export let traps = 0;

/** Settles as `promise` does, or rejects when the wasm traps: what its tasks had promised never comes then. */
export const unlessLost = (promise) =>
  new Promise((resolve, reject) => {
    lost.add(reject);
    promise.then(resolve, reject).finally(() => lost.delete(reject));
  });

/** How many promises would be rejected by a trap now. */
export const waiting = () => lost.size;

/** The build has the glue around the wasm call this at a trap, before anything else can run. */
export const trapped = () => {
  traps += 1;
  for (const reject of lost) reject(new Error("the wasm trapped"));
  lost.clear();
};
