// Signing keys, made anew at every start and never written down.
import { createPrivateKey, generateKeyPairSync } from "node:crypto";

const kinds = {
  RS256: ["rsa", { modulusLength: 2048 }],
  RS384: ["rsa", { modulusLength: 2048 }],
  PS256: ["rsa", { modulusLength: 2048 }],
  PS384: ["rsa", { modulusLength: 2048 }],
  ES256: ["ec", { namedCurve: "P-256" }],
  ES384: ["ec", { namedCurve: "P-384" }],
  EdDSA: ["ed25519", {}],
};

/** A private JWK Set with one key for each algorithm, each bound to that algorithm alone. */
export function signingKeys(algorithms) {
  return { keys: algorithms.map(signingKey) };
}

function signingKey(algorithm) {
  if (!Object.hasOwn(kinds, algorithm)) {
    throw new Error(`no key can be made for ${algorithm}`);
  }
  const [type, options] = kinds[algorithm];
  // Node 20 can lock up when a key is exported as JWK while the job that made it is collected: both take
  // the lock of that key. Read back from PEM, the key is another one.
  const { privateKey } = generateKeyPairSync(type, {
    ...options,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const jwk = createPrivateKey(privateKey).export({ format: "jwk" });
  return { ...jwk, alg: algorithm, use: "sig", kid: `${algorithm.toLowerCase()}-1` };
}
