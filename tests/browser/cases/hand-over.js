// Pages that hand a provider's token over: the demo's with its popup, and the two requests by themselves.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

/** Presses the page's button. Returns the popup, at the provider's form, and the `state` of the request. */
export async function beginByPopup(person, page) {
  const opened = page.waitForEvent("popup");
  const { provider } = person.world;
  const asked = person.context.waitForEvent("request", (request) => request.url().startsWith(`${provider}/auth?`));
  await page.getByRole("button", { name: "Sign in with a popup" }).click();
  const popup = await opened;
  await person.isAskedToSignIn(popup);
  return { popup, state: new URL((await asked).url()).searchParams.get("state") };
}

/** Waits until the page says this. */
export async function isTold(page, text) {
  await page.getByRole("status").filter({ hasText: text }).waitFor();
}

/** Signs in by the popup, which closes. */
export async function signInByPopup(person, page, login) {
  const { popup } = await beginByPopup(person, page);
  const closed = popup.waitForEvent("close");
  await person.answerForm(popup, login);
  await closed;
  await isTold(page, `You are signed in as Demo ${login}.`);
}

/** The nonce of this browser's challenge. */
async function challengeOf(person, page) {
  const { text } = await person.fetch(page, "/auth/session/challenge", { method: "POST" });
  return JSON.parse(text).nonce;
}

/** An ID token with this nonce. A page of the site hears of it, as the demo's does. */
async function idToken(person, page, nonce) {
  const heard = page.evaluate(
    () =>
      new Promise((resolve) => {
        new BroadcastChannel("handover").addEventListener("message", ({ data }) => resolve(data.answer));
      }),
  );
  const tab = await person.context.newPage();
  const parameters = {
    response_type: "id_token",
    response_mode: "fragment",
    client_id: "lychgate-demo",
    redirect_uri: `${person.world.gateway}/handover/done`,
    scope: "openid profile",
    state: "s",
    nonce,
  };
  await tab.goto(`${person.world.provider}/auth?${new URLSearchParams(parameters)}`);
  // Whoever is signed in at the provider is not asked again.
  if (tab.url().startsWith(person.world.provider)) await person.answerForm(tab, "member");
  const { state, id_token } = await heard;
  assert.equal(state, "s");
  // Nobody closes this one: the token is gone from its address all the same.
  assert.ok(!tab.url().includes(id_token));
  await tab.close();
  return id_token;
}

/** A server between us and the provider, whose page lets no other site have a hold on its window. */
async function startCutOff(provider) {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/html", "cross-origin-opener-policy": "same-origin" });
    const link = `<a href="${provider}${request.url.replaceAll("&", "&amp;")}">Go on</a>`;
    response.end(`<!doctype html><html lang="en"><title>Between</title><link rel="icon" href="data:,">${link}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://localhost:${server.address().port}`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function handOverTests(world) {
  guideTests(world);
  world.test("a popup signs in without leaving the page", async (person) => {
    const page = await person.open("/handover/");
    await signInByPopup(person, page, "staff");
    assert.equal(page.url(), `${world.gateway}/handover/`);
    assert.equal(await page.locator("[data-name]").innerText(), "Demo staff");
    assert.equal(await page.locator("[data-groups]").innerText(), "members, staff");
    assert.match(await page.locator("[data-expires]").innerText(), /\d/);
    await page.getByRole("banner").getByText("Signed in as Demo staff").waitFor();
    const names = (await person.cookies()).map(({ name }) => name);
    assert.ok(names.includes("__Host-Http-lychgate"), String(names));
    // The challenge is over.
    assert.ok(!names.includes("__Host-Http-lychgate-c"), String(names));
  });

  world.test("a session that a page began opens the members' pages and ends by signing out", async (person) => {
    const page = await person.open("/handover/");
    await signInByPopup(person, page, "member");
    await page.getByRole("link", { name: "Go to the members’ pages" }).click();
    await person.arrivesAt(page, "/members/");
    await page.getByText("Demo member").first().waitFor();
    assert.equal((await person.fetch(page, "/api/whoami")).status, 200);
    await person.back(page, "/handover/");
    await person.signOut(page);
    assert.deepEqual(await person.sessionCookies(), []);
    assert.equal(await person.sessionStatus(), 401);
    await person.visit(page, "/members/");
    // At the provider, too.
    await person.isAskedToSignIn(page);
  });

  world.test("going back to the page after signing out shows no name", async (person) => {
    const page = await person.open("/handover/");
    await signInByPopup(person, page, "member");
    await person.signOut(page);
    await person.back(page, "/handover/");
    await page.locator('.account[data-state="out"]').waitFor();
    assert.doesNotMatch(await page.locator("body").innerText(), /Demo member/);
  });

  world.test("a popup that is closed too early signs nobody in, and another one does", async (person) => {
    const page = await person.open("/handover/");
    const { popup } = await beginByPopup(person, page);
    await popup.close();
    await isTold(page, "The window was closed before you were signed in. Try again.");
    assert.deepEqual(await person.sessionCookies(), []);
    assert.equal(await person.sessionStatus(), 401);
    await signInByPopup(person, page, "member");
    assert.equal(await person.sessionStatus(), 200);
  });

  world.test("a browser that opens no popup is told what to allow", async (person) => {
    const page = await person.context.newPage();
    await page.addInitScript(() => (window.open = () => null));
    await person.visit(page, "/handover/");
    await page.getByRole("button", { name: "Sign in with a popup" }).click();
    await isTold(page, "Allow pop-ups for this site");
    assert.deepEqual(await person.cookies(), []);
  });

  world.test("an ID token with another nonce is refused, and the challenge still counts", async (person) => {
    const page = await person.open("/handover/");
    const challenge = `${world.gateway}/auth/session/challenge`;
    await page.route(challenge, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), nonce: "n".repeat(43) } });
    });
    const { popup } = await beginByPopup(person, page);
    await person.answerForm(popup, "member");
    await isTold(page, /The token was made for another sign-in\. Sign in again\. \(nonce_mismatch, number .+\)/);
    assert.deepEqual(await person.sessionCookies(), []);
    assert.equal(await page.locator("[data-signed-in]").isVisible(), false);
    await page.unroute(challenge);
    // The provider knows the person by now, and asks for nothing.
    await page.getByRole("button", { name: "Sign in with a popup" }).click();
    await isTold(page, "You are signed in as Demo member.");
  });

  world.test("an answer to another sign-in is none, and one of the provider's failures is shown", async (person) => {
    const page = await person.open("/handover/");
    const { popup, state } = await beginByPopup(person, page);
    const comesBack = (answer) => popup.goto(`${world.gateway}/handover/done#${new URLSearchParams(answer)}`);
    await comesBack({ state: "another", error: "server_error" });
    await popup.getByRole("heading", { name: "One moment" }).waitFor();
    const closed = popup.waitForEvent("close");
    // Only the fragment differs, so that a page of another address has to come between.
    await popup.goto("about:blank");
    await comesBack({ state, error: "access_denied" });
    await closed;
    await isTold(page, "The provider did not sign you in (access_denied). Try again.");
    assert.deepEqual(await person.sessionCookies(), []);
  });

  world.test("a provider that cuts its windows off from ours signs in, too", async (person) => {
    const between = await startCutOff(world.provider);
    try {
      const page = await person.context.newPage();
      await page.route(`${world.gateway}/handover.js`, async (route) => {
        const own = await (await route.fetch()).text();
        const changed = own.replace(/(?<=authorizationEndpoint: )`.+`/u, JSON.stringify(`${between.origin}/auth`));
        assert.notEqual(changed, own);
        await route.fulfill({ contentType: "text/javascript", body: changed });
      });
      await person.visit(page, "/handover/");
      const opened = page.waitForEvent("popup");
      await page.getByRole("button", { name: "Sign in with a popup" }).click();
      const popup = await opened;
      // So it looks to our page.
      await isTold(page, "The window was closed before you were signed in.");
      const closed = popup.waitForEvent("close");
      await popup.getByRole("link", { name: "Go on" }).click();
      await person.answerForm(popup, "member");
      await isTold(page, "You are signed in as Demo member.");
      await closed;
    } finally {
      await between.stop();
    }
  });

  world.test("a token that is handed over twice at once makes one session", async (person) => {
    const page = await person.open("/");
    const token = await idToken(person, page, await challengeOf(person, page));
    const answers = await page.evaluate(async (id_token) => {
      const body = JSON.stringify({ provider: "demo", id_token });
      const headers = { "Content-Type": "application/json" };
      const hand = () => fetch("/auth/session", { method: "POST", headers, body });
      const both = await Promise.all([hand(), hand()]);
      return Promise.all(both.map(async (answer) => [answer.status, await answer.json()]));
    }, token);
    answers.sort(([left], [right]) => left - right);
    assert.deepEqual(answers.map(([status]) => status), [200, 400], JSON.stringify(answers));
    assert.equal(answers[0][1].claims.name, "Demo member");
    // A second request that leaves late goes without the cookie, which the first answer took away.
    assert.match(answers[1][1].error, /^challenge_(used|required)$/);
    assert.equal((await person.sessionCookies()).length, 1);
    assert.equal(await person.sessionStatus(), 200);
  });
}

const guide = await readFile(new URL("../../../docs/guides/google-button.md", import.meta.url), "utf8");
const [, html] = /^```html\n(.*?)^```/msu.exec(guide);
const [, script] = /^```js\n(.*?)^```/msu.exec(guide);
const [, policy] = /^ {2}Content-Security-Policy: (.*)$/mu.exec(guide);

/** In the place of Google's script: a button that hands the page the token in `credential`. */
const standIn = `
  let asked;
  globalThis.google = { accounts: { id: {
    initialize: (configuration) => (asked = configuration),
    renderButton: (place) => {
      const button = document.createElement("button");
      button.textContent = "Sign in with Google";
      button.dataset.nonce = asked.nonce;
      button.addEventListener("click", () => asked.callback({ credential: button.dataset.credential }));
      place.append(button);
    },
  } } };`;

/** The page of the guide at an address of the demo's site, for the demo's provider. */
async function openGuide(person) {
  const page = await person.context.newPage();
  const asHtml = { contentType: "text/html", headers: { "content-security-policy": policy }, body: html };
  const asScript = (body) => ({ contentType: "text/javascript", body });
  await page.route(`${person.world.gateway}/guide`, (route) => route.fulfill(asHtml));
  const changed = script.replace('provider: "google"', 'provider: "demo"');
  assert.notEqual(changed, script);
  await page.route(`${person.world.gateway}/sign-in.js`, (route) => route.fulfill(asScript(changed)));
  await page.route("https://accounts.google.com/gsi/client", (route) => route.fulfill(asScript(standIn)));
  await person.visit(page, "/guide");
  return page;
}

/** Presses the button, which gives the page this token. */
async function pressGoogle(page, token) {
  const button = page.getByRole("button", { name: "Sign in with Google" });
  await button.evaluate((element, credential) => (element.dataset.credential = credential), token);
  await button.click();
}

function guideTests(world) {
  world.test("the page of the guide signs in, and a refusal brings another button", async (person) => {
    const page = await openGuide(person);
    const button = page.getByRole("button", { name: "Sign in with Google" });
    await button.waitFor();
    await pressGoogle(page, await idToken(person, page, "n".repeat(43)));
    await isTold(page, /Please press the button once more\. \(nonce_mismatch, .+\)/u);
    // A button that has no token is the next one.
    await page.locator("button:not([data-credential])[data-nonce]").waitFor();
    await pressGoogle(page, await idToken(person, page, await button.getAttribute("data-nonce")));
    await person.arrivesAt(page, "/members/");
    assert.equal(await person.sessionStatus(), 200);
  });
}
