// Signing out: it ends here and at the provider, in every tab, and nothing can be brought back.
import assert from "node:assert/strict";
import { UNKNOWN_FOR, host } from "../demo.js";

/** Words that stand on the protected pages and nowhere else. */
const secrets = /What the gate knows|What the API is told|Through the gate, by season|lychgate-user|Demo member/;

/** Protected addresses that a history may hold: a page, a page with a query, an API's answer, a file. */
const visited = ["/members/report?year=2026", "/api/whoami", "/members/handbook.pdf", "/members/"];

async function history(page) {
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send("Page.getNavigationHistory");
  return { session, entries };
}

/** Goes to an earlier entry of the tab's history, as the back button does, and waits until a page is there. */
async function goBackTo(page, url) {
  const { session, entries } = await history(page);
  const entry = entries.findLast((candidate) => candidate.url === url);
  assert.ok(entry, `${url} is in the history`);
  const shown = page.waitForEvent("load");
  await session.send("Page.navigateToHistoryEntry", { entryId: entry.id });
  await shown;
  await session.detach();
}

/** The status that a script gets from a copy that the browser kept, if it kept one. */
async function keptCopy(page, path) {
  return page.evaluate(async (url) => {
    try {
      const answer = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
      return answer.status;
    } catch {
      return "none";
    }
  }, path);
}

export function signOutTests(world) {
  world.test("the site's button ends the session here and at the provider", async (visitor) => {
    const page = await visitor.signIn("member");
    await visitor.signOut(page);
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    assert.deepEqual(await visitor.sessionCookies(), []);
    assert.equal(await visitor.sessionStatus(), 401);
    await page.getByRole("link", { name: "Sign in again" }).click();
    await visitor.isAskedToSignIn(page);
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, "/");
    assert.equal(await visitor.sessionStatus(), 200);
  });

  world.test("without signing out the provider asks for no second password", async (visitor) => {
    const page = await visitor.signIn("member");
    await visitor.forgetGateway();
    await visitor.visit(page, "/members/");
    await visitor.arrivesAt(page, "/members/");
    assert.equal(await visitor.sessionStatus(), 200);
  });

  world.test("going back shows what is protected while signed in", async (visitor) => {
    const page = await visitor.signIn("member", visited[0]);
    await visitor.visit(page, "/members/");
    await visitor.back(page, visited[0]);
    await page.getByText("Through the gate, by season").waitFor();
  });

  for (const path of visited) {
    world.test(`going back to ${path} after signing out shows nothing of it`, async (visitor) => {
      const page = await visitor.signIn("member", visited[0]);
      for (const next of visited.slice(1)) await visitor.visit(page, next);
      await visitor.signOut(page);
      await goBackTo(page, world.gateway + path);
      await visitor.isAskedToSignIn(page);
      assert.doesNotMatch(await page.locator("body").innerText(), secrets);
    });
  }

  world.test("the back button itself, pressed until the start, shows nothing protected", async (visitor) => {
    const page = await visitor.open("/");
    await visitor.visit(page, "/members/");
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, "/members/");
    await visitor.visit(page, "/api/whoami");
    await visitor.visit(page, "/members/");
    await visitor.signOut(page);
    const { entries } = await history(page);
    assert.equal(entries[0].url, "about:blank");
    for (let step = 2; step < entries.length; step += 1) {
      await page.goBack();
      const text = await page.locator("body").innerText();
      assert.notEqual(text.trim(), "", page.url());
      assert.doesNotMatch(text, secrets, page.url());
    }
    assert.equal(await visitor.sessionStatus(), 401);
  });

  world.test("no copy of a protected file is left in the browser's cache", async (visitor) => {
    const file = "/members/handbook.pdf";
    const page = await visitor.signIn("member");
    assert.equal((await visitor.fetch(page, file)).status, 200);
    assert.equal(await keptCopy(page, file), 200);
    assert.equal((await visitor.fetch(page, "/api/whoami")).status, 200);
    assert.equal(await keptCopy(page, "/api/whoami"), "none");
    await visitor.signOut(page);
    await visitor.visit(page, "/");
    assert.equal(await keptCopy(page, file), "none");
    assert.equal((await visitor.fetch(page, file, { cache: "force-cache" })).status, 401);
    visitor.expectComplaint(/net::ERR_CACHE_MISS/);
  });

  world.test("a file that somebody else may not see is never answered from a shared copy", async (visitor) => {
    const file = "/members/handbook.pdf";
    const page = await visitor.signIn("member");
    const answer = await visitor.fetch(page, file);
    assert.equal(answer.type, "application/pdf");
    const stranger = await world.visitor();
    try {
      const elsewhere = await stranger.open("/");
      assert.equal((await stranger.fetch(elsewhere, file)).status, 401);
    } finally {
      await stranger.close();
    }
  });

  world.test("another tab is refused at its next step", async (visitor) => {
    const first = await visitor.signIn("member");
    const second = await visitor.open("/members/");
    assert.equal((await visitor.fetch(second, "/api/whoami")).status, 200);
    await visitor.signOut(first);
    assert.equal((await visitor.fetch(second, "/api/whoami")).status, 401);
    await second.reload();
    await visitor.isAskedToSignIn(second);
    assert.doesNotMatch(await second.locator("body").innerText(), secrets);
  });

  world.test("a copied session cookie opens nothing after its owner signed out", async (visitor) => {
    const page = await visitor.signIn("member");
    const copied = await visitor.cookies();
    const thief = await world.visitor();
    try {
      await thief.context.addCookies(copied);
      const elsewhere = await thief.open("/members/");
      assert.match(await elsewhere.locator("body").innerText(), secrets);
      await visitor.leave(page);
      const over = Date.now() + UNKNOWN_FOR;
      do {
        await thief.visit(elsewhere, "/members/");
      } while (Date.now() < over);
      await thief.visit(elsewhere, "/members/");
      await thief.isAskedToSignIn(elsewhere);
      await thief.forgetGateway();
      await thief.context.addCookies(copied);
      for (let number = 0; number < 5; number += 1) assert.equal(await thief.sessionStatus(), 401);
    } finally {
      await thief.close();
    }
  });

  world.test("a link to sign-out asks first, and its form goes all the way under its policy", async (visitor) => {
    const page = await visitor.signIn("member");
    const response = await visitor.visit(page, "/auth/logout");
    assert.match(response.headers()["content-security-policy"], /form-action 'self' http:\/\/localhost:\d+;/);
    await page.getByRole("heading", { name: "Sign out?" }).waitFor();
    // The name is in the memory of an instance; the next request may meet another one.
    if (host === "workers") assert.match(await page.locator("main").innerText(), /Demo member/);
    await page.getByRole("link", { name: "Stay signed in" }).click();
    await visitor.arrivesAt(page, "/");
    assert.equal(await visitor.sessionStatus(), 200);
    await visitor.visit(page, "/auth/logout");
    await visitor.signOut(page);
    assert.equal(await visitor.sessionStatus(), 401);
  });

  world.test("who is not signed in is told so and needs no sign-out", async (visitor) => {
    const page = await visitor.open("/auth/logout");
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  });
}
