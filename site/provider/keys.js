// Signing keys, made anew at every start and never written down.
import { generateKeyPairSync } from "node:crypto";

const kinds = {
  RS256: rsa,
  RS384: rsa,
  PS256: rsa,
  PS384: rsa,
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

/** A private JWK Set with one key for each algorithm, each bound to that algorithm alone. */
export function signingKeys(algorithms) {
  return { keys: algorithms.map(signingKey) };
}

function signingKey(algorithm) {
  const generate = kinds[algorithm];
  if (generate === undefined) {
    throw new Error(`no key can be made for ${algorithm}`);
  }
  const jwk = generate().privateKey.export({ format: "jwk" });
  return { ...jwk, alg: algorithm, use: "sig", kid: `${algorithm.toLowerCase()}-1` };
}

function rsa() {
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}
