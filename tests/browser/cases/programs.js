// A program calls the demo's API with an access token that only the provider can read.
import assert from "node:assert/strict";

/** A new access token of the demo's program. */
const granted = async (provider) => {
  const answer = await fetch(`${provider}/token`, {
    method: "POST",
    headers: {
      accept: "application/json",
      authorization: `Basic ${Buffer.from("demo-service:demo-service-secret").toString("base64")}`,
    },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).access_token;
};

export const programTests = (world) => {
  const call = (token) =>
    fetch(`${world.gateway}/api/tokens/whoami`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

  world.test("a program reaches the API with an opaque token, and nobody else does", async () => {
    const token = await granted(world.provider);
    assert.doesNotMatch(token, /\./u);
    const answer = await call(token);
    assert.equal(answer.status, 200);
    const { headers } = await answer.json();
    assert.equal(headers["lychgate-user"], "demo-service");
    assert.equal(headers["lychgate-issuer"], world.provider);
    const changed = await call(`${token}x`);
    assert.equal(changed.status, 401);
    assert.match(changed.headers.get("www-authenticate"), /error="invalid_token"/u);
  });

  world.test("a program without a token learns where to get one", async () => {
    const refused = await call();
    assert.equal(refused.status, 401);
    const [, metadata] = /resource_metadata="([^"]+)"/u.exec(refused.headers.get("www-authenticate"));
    const { authorization_servers } = await (await fetch(metadata)).json();
    assert.deepEqual(authorization_servers, [world.provider]);
  });
};
