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
  world.test("the site's button ends the session here and at the provider", async (person) => {
    const page = await person.signIn("member");
    await person.signOut(page);
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    assert.deepEqual(await person.sessionCookies(), []);
    assert.equal(await person.sessionStatus(), 401);
    await page.getByRole("link", { name: "Sign in again" }).click();
    await person.isAskedToSignIn(page);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/");
    assert.equal(await person.sessionStatus(), 200);
  });

  world.test("without signing out the provider asks for no second password", async (person) => {
    const page = await person.signIn("member");
    await person.forgetGateway();
    await person.visit(page, "/members/");
    await person.arrivesAt(page, "/members/");
    assert.equal(await person.sessionStatus(), 200);
  });

  world.test("going back shows what is protected while signed in", async (person) => {
    const page = await person.signIn("member", visited[0]);
    await person.visit(page, "/members/");
    await person.back(page, visited[0]);
    await page.getByText("Through the gate, by season").waitFor();
  });

  for (const path of visited) {
    world.test(`going back to ${path} after signing out shows nothing of it`, async (person) => {
      const page = await person.signIn("member", visited[0]);
      for (const next of visited.slice(1)) await person.visit(page, next);
      await person.signOut(page);
      await goBackTo(page, world.gateway + path);
      await person.isAskedToSignIn(page);
      assert.doesNotMatch(await page.locator("body").innerText(), secrets);
    });
  }

  world.test("the back button itself, pressed until the start, shows nothing protected", async (person) => {
    const page = await person.open("/");
    await person.visit(page, "/members/");
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/members/");
    await person.visit(page, "/api/whoami");
    await person.visit(page, "/members/");
    await person.signOut(page);
    const { entries } = await history(page);
    assert.equal(entries[0].url, "about:blank");
    for (let step = 2; step < entries.length; step += 1) {
      await page.goBack();
      const text = await page.locator("body").innerText();
      assert.notEqual(text.trim(), "", page.url());
      assert.doesNotMatch(text, secrets, page.url());
    }
    assert.equal(await person.sessionStatus(), 401);
  });

  world.test("no copy of a protected file is left in the browser's cache", async (person) => {
    const file = "/members/handbook.pdf";
    const page = await person.signIn("member");
    assert.equal((await person.fetch(page, file)).status, 200);
    assert.equal(await keptCopy(page, file), 200);
    assert.equal((await person.fetch(page, "/api/whoami")).status, 200);
    assert.equal(await keptCopy(page, "/api/whoami"), "none");
    await person.signOut(page);
    await person.visit(page, "/");
    assert.equal(await keptCopy(page, file), "none");
    assert.equal((await person.fetch(page, file, { cache: "force-cache" })).status, 401);
    person.expectComplaint(/net::ERR_CACHE_MISS/);
  });

  world.test("a file that somebody else may not see is never answered from a shared copy", async (person) => {
    const file = "/members/handbook.pdf";
    const page = await person.signIn("member");
    const answer = await person.fetch(page, file);
    assert.equal(answer.type, "application/pdf");
    const stranger = await world.person();
    try {
      const elsewhere = await stranger.open("/");
      assert.equal((await stranger.fetch(elsewhere, file)).status, 401);
    } finally {
      await stranger.close();
    }
  });

  world.test("another tab is refused at its next step", async (person) => {
    const first = await person.signIn("member");
    const second = await person.open("/members/");
    assert.equal((await person.fetch(second, "/api/whoami")).status, 200);
    await person.signOut(first);
    assert.equal((await person.fetch(second, "/api/whoami")).status, 401);
    await second.reload();
    await person.isAskedToSignIn(second);
    assert.doesNotMatch(await second.locator("body").innerText(), secrets);
  });

  world.test("a copied session cookie opens nothing after its owner signed out", async (person) => {
    const page = await person.signIn("member");
    const copied = await person.cookies();
    const thief = await world.person();
    try {
      await thief.context.addCookies(copied);
      const elsewhere = await thief.open("/members/");
      assert.match(await elsewhere.locator("body").innerText(), secrets);
      await person.leave(page);
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

  world.test("a link to sign-out asks first, and its form goes all the way under its policy", async (person) => {
    const page = await person.signIn("member");
    const response = await person.visit(page, "/auth/logout");
    assert.match(response.headers()["content-security-policy"], /form-action 'self' http:\/\/localhost:\d+;/);
    await page.getByRole("heading", { name: "Sign out?" }).waitFor();
    // The name is in the memory of an instance; the next request may meet another one.
    if (host === "workers") assert.match(await page.locator("main").innerText(), /Demo member/);
    await page.getByRole("link", { name: "Stay signed in" }).click();
    await person.arrivesAt(page, "/");
    assert.equal(await person.sessionStatus(), 200);
    await person.visit(page, "/auth/logout");
    await person.signOut(page);
    assert.equal(await person.sessionStatus(), 401);
  });

  world.test("a person who is not signed in is told so and needs no sign-out", async (person) => {
    const page = await person.open("/auth/logout");
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  });
}
