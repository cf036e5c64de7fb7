// What the Rust side asks of the runtime, where a few lines here save many crossings between the two.
// Nothing is decided in this file.

/** What `within` resolves to when the time is up. Rust reads it as such. */
const LATE = undefined;

/** Runs `work(signal)` for at most that long. */
const within = (milliseconds, work) => {
  const controller = new AbortController();
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      resolve(LATE);
      controller.abort();
    }, milliseconds);
  });
  return Promise.race([work(controller.signal), late]).finally(() => clearTimeout(timer));
};

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

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

/** `[the body or undefined where it is larger]`, or `undefined` when the time is up: clients may send it at any pace. */
export const receive = async (stream, cap, milliseconds) =>
  within(milliseconds, async (signal) => [await collect(stream, cap, signal)]);

/** `name:value` lines as pairs. */
const fields = (lines) =>
  lines.split("\n").filter(Boolean).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  });

/** `[status, content type, body or undefined]`, or `undefined` when the time is up. */
export const send = async (method, url, headers, body, milliseconds, cap) =>
  within(milliseconds, async (signal) => {
    const init = { method, headers: fields(headers), body, redirect: "manual", cache: "no-store", signal };
    const response = await fetch(url, init);
    return [response.status, response.headers.get("content-type") ?? undefined, await collect(response.body, cap, signal)];
  });

/** The bytes under `key` in an array, an empty array where there are none, `undefined` when the time is up. */
export const load = async (store, key, milliseconds, cacheTtl) =>
  within(milliseconds, async () => {
    const value = await store.get(key, { type: "arrayBuffer", cacheTtl });
    return value === null ? [] : [new Uint8Array(value)];
  });

export const save = async (store, key, value, expiration, milliseconds) =>
  within(milliseconds, () => store.put(key, value, { expiration }).then(() => true));

export const remove = async (store, key, milliseconds) =>
  within(milliseconds, () => store.delete(key).then(() => true));

/**
 * Asks one Durable Object. What throws here was not sent; what the promise rejects with may have been.
 * `undefined` when the time is up.
 */
export const ask = (namespace, name, question, milliseconds) => {
  const stub = namespace.get(namespace.idFromName(name));
  return within(milliseconds, async (signal) => {
    const response = await stub.fetch("https://ledger/", { method: "POST", body: question, signal });
    if (response.status !== 200) throw new Error("the ledger failed");
    return new Uint8Array(await response.arrayBuffer());
  });
};

/** Runs one SQL statement and returns its rows as arrays. */
export const rows = (storage, statement, bindings) => [...storage.sql.exec(statement, ...bindings).raw()];

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

/** A point of Workers Analytics Engine, sampled by its first blob. */
export const point = (dataset, blobs, doubles) => {
  const texts = blobs.split("\n");
  dataset.writeDataPoint({ indexes: [texts[0]], blobs: texts, doubles: [...doubles] });
};

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
