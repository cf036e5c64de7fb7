// The same with hono's middleware. It asks for the keys at every request unless it is given a function that keeps
// them, which here it is, for as long as the isolate lives.
import { Hono } from "hono";
import { jwk } from "hono/jwk";

let keys;
const app = new Hono();

app.use("/api/*", async (context, next) => {
  const { ISSUER, AUDIENCE } = context.env;
  const published = async () => {
    keys ??= (await (await fetch(`${ISSUER}/jwks`)).json()).keys;
    return keys;
  };
  const verification = { iss: ISSUER, aud: AUDIENCE, typ: "at+jwt" };
  return jwk({ keys: published, alg: ["ES256", "RS256"], verification })(context, next);
});

app.get("/api/*", (context) => {
  const scopes = context.get("jwtPayload").scope?.split(" ") ?? [];
  if (!scopes.includes("read")) return context.body(null, 403);
  const { pathname, search } = new URL(context.req.url);
  return fetch(context.env.UPSTREAM + pathname + search, context.req.raw);
});

export default app;
