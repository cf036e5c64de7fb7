// The provider's promises to the demo and to the contract suite.
import assert from "node:assert/strict";
import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { after, before, test } from "node:test";
import { demoClients, startProvider } from "./index.js";

const gateway = "http://localhost:4";
const clientSecret = "a secret that only this test knows";
const verifier = randomBytes(32).toString("base64url");
let provider;

before(async () => {
  provider = await startProvider({ clients: demoClients({ gateway, clientSecret }), readLog: true });
});
after(() => provider.close());

/** A browser as far as these tests need one: it keeps cookies and follows nothing by itself. */
class Browser {
  #cookies = new Map();

  async send(url, form) {
    const response = await fetch(new URL(url, provider.issuer), {
      method: form ? "POST" : "GET",
      body: form && new URLSearchParams(form),
      redirect: "manual",
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const field of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(field);
      this.#cookies.set(name, value);
    }
    return response;
  }

  async followWithinProvider(response) {
    while (response.headers.get("location") && !response.headers.get("location").startsWith(`${gateway}/`)) {
      response = await this.send(response.headers.get("location"));
    }
    return response;
  }

  async openForm(changes = {}) {
    return this.followWithinProvider(await this.send(authorizationUrl(changes)));
  }

  async signIn(login, password = login, changes = {}) {
    const form = await this.openForm(changes);
    return this.followWithinProvider(await this.send(actionOf(await form.text()), { login, password }));
  }
}

function authorizationUrl(changes) {
  const url = new URL("/auth", provider.issuer);
  const parameters = {
    client_id: "lychgate-demo",
    response_type: "code",
    redirect_uri: `${gateway}/auth/callback/demo`,
    scope: "openid email profile groups",
    state: "s",
    nonce: "n",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

function actionOf(page) {
  return /<form[^>]* action="([^"]+)"/.exec(page)[1];
}

async function redeem(callback, { client = "lychgate-demo", secret = clientSecret } = {}) {
  const code = new URL(callback.headers.get("location")).searchParams.get("code");
  const body = { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: `${gateway}/auth/callback/demo` };
  const headers = { accept: "application/json" };
  if (secret === null) {
    body.client_id = client;
  } else {
    const encoded = [client, secret].map((part) => new URLSearchParams({ "": part }).toString().slice(1)).join(":");
    headers.authorization = `Basic ${Buffer.from(encoded).toString("base64")}`;
  }
  return fetch(`${provider.issuer}/token`, { method: "POST", body: new URLSearchParams(body), headers });
}

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}

test("each account signs in without a consent page and has its claims in the ID token", async () => {
  const groups = { member: ["members"], staff: ["members", "staff"] };
  for (const [login, expected] of Object.entries(groups)) {
    const callback = await new Browser().signIn(login);
    const target = new URL(callback.headers.get("location"));
    assert.equal(target.searchParams.get("state"), "s");
    assert.equal(target.searchParams.get("iss"), provider.issuer);
    const answer = await redeem(callback);
    assert.equal(answer.status, 200);
    const claims = claimsOf((await answer.json()).id_token);
    assert.deepEqual(claims.groups, expected);
    assert.equal(claims.email, `${login}@example.com`);
    assert.equal(claims.email_verified, true);
    assert.equal(claims.nonce, "n");
  }
});

test("a wrong password shows the form again, and the right one goes on from there", async () => {
  const browser = new Browser();
  const form = await browser.openForm();
  const again = await browser.send(actionOf(await form.text()), { login: "member", password: "staff" });
  assert.equal(again.status, 401);
  const page = await again.text();
  assert.match(page, /role="alert"/);
  const done = await browser.followWithinProvider(await browser.send(actionOf(page), { login: "member", password: "member" }));
  assert.ok(new URL(done.headers.get("location")).searchParams.has("code"));
});

/** What a page asks for: an ID token, which comes back in the fragment and has no code to redeem. */
const ofPage = {
  response_type: "id_token",
  response_mode: "fragment",
  redirect_uri: `${gateway}/handover/done`,
  code_challenge: undefined,
  code_challenge_method: undefined,
};

test("a page gets an ID token with its nonce and every claim, in the fragment alone", async () => {
  const target = new URL((await new Browser().signIn("staff", "staff", ofPage)).headers.get("location"));
  assert.equal(`${target.origin}${target.pathname}${target.search}`, ofPage.redirect_uri);
  const answer = new URLSearchParams(target.hash.slice(1));
  assert.equal(answer.get("state"), "s");
  assert.ok(!answer.has("code") && !answer.has("access_token"));
  const claims = claimsOf(answer.get("id_token"));
  const { aud, nonce, name, email, groups } = claims;
  assert.deepEqual({ aud, nonce, name, email, groups }, {
    aud: "lychgate-demo",
    nonce: "n",
    name: "Demo staff",
    email: "staff@example.com",
    groups: ["members", "staff"],
  });
  assert.ok(Math.abs(claims.iat - Date.now() / 1000) < 60);
});

test("an ID token for a page needs a nonce, and a client that may ask for one", async () => {
  const callback = `${gateway}/auth/callback/demo`;
  for (const [changes, expected] of [
    [{ nonce: undefined }, /missing required parameter 'nonce'/],
    [{ client_id: "lychgate-public", redirect_uri: callback }, /response_type is not allowed/],
  ]) {
    const refused = await new Browser().openForm({ ...ofPage, ...changes });
    const { hash } = new URL(refused.headers.get("location"));
    assert.match(new URLSearchParams(hash.slice(1)).get("error_description"), expected);
  }
});

test("an ID token goes to no address that is not registered", async () => {
  for (const redirect_uri of [`${gateway}/elsewhere`, "http://localhost:5/handover/done", "https://localhost:4/handover/done"]) {
    const refused = await new Browser().openForm({ ...ofPage, redirect_uri });
    assert.equal(refused.status, 400, redirect_uri);
    assert.equal(refused.headers.get("location"), null);
  }
});

test("names from the prototype of an object are no accounts", async () => {
  const refused = await new Browser().signIn("constructor", "");
  assert.equal(refused.status, 401);
});

test("an authorization request without PKCE is refused", async () => {
  const refused = await new Browser().openForm({ code_challenge: undefined, code_challenge_method: undefined });
  assert.equal(new URL(refused.headers.get("location")).searchParams.get("error"), "invalid_request");
  assert.equal((await new Browser().openForm()).status, 200);
});

test("the public client redeems its code without a secret, the other one does not", async () => {
  const open = await new Browser().signIn("member", "member", { client_id: "lychgate-public" });
  assert.equal((await redeem(open, { client: "lychgate-public", secret: null })).status, 200);
  const closed = await new Browser().signIn("member");
  assert.equal((await redeem(closed, { secret: "another secret" })).status, 401);
});

test("signing out needs no click, and the next sign-in asks for the password again", async () => {
  const browser = new Browser();
  const { id_token } = await (await redeem(await browser.signIn("member"))).json();
  const silent = await browser.openForm();
  assert.ok(new URL(silent.headers.get("location")).searchParams.has("code"));

  const after = `${gateway}/auth/signed-out`;
  const end = `/session/end?${new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: after, state: "x" })}`;
  const page = await browser.send(end);
  const text = await page.text();
  const script = createHash("sha256").update(/<script>(.*)<\/script>/.exec(text)[1]).digest("base64");
  assert.ok(page.headers.get("content-security-policy").includes(`script-src 'sha256-${script}'`));
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)[1];
  assert.match(text, /name="logout" value="yes"/);
  const done = await browser.send(actionOf(text), { xsrf, logout: "yes" });
  assert.equal(done.headers.get("location"), `${after}?state=x`);
  const form = await browser.openForm();
  assert.match(await form.text(), /name="password"/);
});

test("tokens verify under each algorithm that a client may ask for", async () => {
  const algorithms = ["RS256", "RS384", "PS256", "PS384", "ES256", "ES384", "EdDSA"];
  const clients = algorithms.map((algorithm) => ({
    ...demoClients({ gateway, clientSecret })[0],
    client_id: algorithm,
    id_token_signed_response_alg: algorithm,
  }));
  const usual = provider;
  provider = await startProvider({ clients, algorithms });
  try {
    const { keys } = await (await fetch(`${provider.issuer}/jwks`)).json();
    for (const algorithm of algorithms) {
      const callback = await new Browser().signIn("staff", "staff", { client_id: algorithm });
      const { id_token } = await (await redeem(callback, { client: algorithm })).json();
      const [header, payload, signature] = id_token.split(".");
      const { alg, kid } = JSON.parse(Buffer.from(header, "base64url"));
      assert.equal(alg, algorithm);
      const key = { key: createPublicKey({ key: keys.find((jwk) => jwk.kid === kid), format: "jwk" }), dsaEncoding: "ieee-p1363" };
      if (alg.startsWith("PS")) Object.assign(key, { padding: 6, saltLength: -1 });
      const digest = alg === "EdDSA" ? null : `sha${alg.slice(2)}`;
      assert.ok(verify(digest, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")), alg);
    }
  } finally {
    await provider.close();
    provider = usual;
  }
});

test("without claims in the ID token they come from userinfo", async () => {
  const usual = provider;
  provider = await startProvider({ clients: demoClients({ gateway, clientSecret }), claimsInIdToken: false });
  try {
    const tokens = await (await redeem(await new Browser().signIn("staff"))).json();
    assert.equal(claimsOf(tokens.id_token).groups, undefined);
    const userinfo = await fetch(`${provider.issuer}/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.deepEqual((await userinfo.json()).groups, ["members", "staff"]);
  } finally {
    await provider.close();
    provider = usual;
  }
});

test("token requests are logged for other processes too", async () => {
  const earlier = provider.tokenRequests.length;
  await redeem(await new Browser().signIn("member"));
  const log = await (await fetch(`${provider.issuer}/test/token-requests`)).json();
  assert.equal(log.length, earlier + 1);
  const last = log.at(-1);
  assert.equal(last.authorization, "Basic");
  assert.equal(last.accept, "application/json");
  assert.equal(last.parameters.code_verifier, verifier);
  assert.equal(last.status, 200);
});
