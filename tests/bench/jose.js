// The work of Lychgate on a route that takes access tokens, done with jose as its documentation does it.
import { createRemoteJWKSet, jwtVerify } from "jose";

let keys;

export default {
  async fetch(request, env) {
    keys ??= createRemoteJWKSet(new URL(`${env.ISSUER}/jwks`));
    const refuse = (status) => new Response(null, { status, headers: { "www-authenticate": "Bearer" } });
    const [scheme, token] = (request.headers.get("authorization") ?? "").split(" ");
    if (scheme.toLowerCase() !== "bearer" || !token) return refuse(401);
    let scopes;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: env.ISSUER,
        audience: env.AUDIENCE,
        algorithms: ["ES256", "RS256"],
        typ: "at+jwt",
      });
      scopes = payload.scope?.split(" ") ?? [];
    } catch {
      return refuse(401);
    }
    if (!scopes.includes("read")) return refuse(403);
    const { pathname, search } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname + search, request);
  },
};
