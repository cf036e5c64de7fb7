// What the browser keeps, and what its scripts can read of it.
import assert from "node:assert/strict";

/** All that a script of the page can find in its storage. */
function readable(page) {
  return page.evaluate(async () => ({
    cookie: document.cookie,
    cookieStore: await cookieStore.getAll(),
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
  }));
}

const nothing = { cookie: "", cookieStore: [], localStorage: [], sessionStorage: [], databases: [], caches: [] };

function mustBeSealedAway(cookie) {
  const { name, domain, path, secure, httpOnly, sameSite } = cookie;
  assert.match(name, /^__Host-Http-lychgate/);
  assert.deepEqual(
    { domain, path, secure, httpOnly, sameSite },
    { domain: "localhost", path: "/", secure: true, httpOnly: true, sameSite: "Lax" },
    name,
  );
}

export function cookieTests(world) {
  world.test("no script can read a cookie, and nothing else of ours is kept in the browser", async (visitor) => {
    const page = await visitor.signIn("member");
    const held = await visitor.cookies();
    assert.deepEqual(held.map(({ name }) => name), ["__Host-Http-lychgate"]);
    held.forEach(mustBeSealedAway);
    assert.deepEqual(await readable(page), nothing);
    await visitor.visit(page, "/");
    assert.deepEqual(await readable(page), nothing);
    await visitor.visit(page, "/auth/logout");
    assert.deepEqual(await readable(page), nothing);
  });

  world.test("a script can neither set nor clear a cookie of ours", async (visitor) => {
    const page = await visitor.signIn("member");
    const [before] = await visitor.cookies();
    await page.evaluate(() => {
      document.cookie = "__Host-Http-lychgate=forged; Path=/; Secure";
      document.cookie = "__Host-Http-lychgate=; Path=/; Secure; Max-Age=0";
      document.cookie = "other=1; Path=/; Secure";
    });
    const [after] = await visitor.cookies();
    assert.equal(after.value, before.value);
    assert.equal(await page.evaluate(() => document.cookie), "other=1");
    assert.equal(await visitor.sessionStatus(), 200);
  });

  world.test("cookies of a sign-in under way and of a sign-out are as well kept as the session's", async (visitor) => {
    const page = await visitor.open("/members/");
    const [attempt, ...others] = await visitor.cookies();
    assert.match(attempt.name, /^__Host-Http-lychgate-a-/);
    assert.deepEqual(others, []);
    mustBeSealedAway(attempt);
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, "/members/");
    await visitor.signOut(page);
    const [tombstone, ...more] = await visitor.cookies();
    assert.equal(tombstone.name, "__Host-Http-lychgate-x");
    assert.deepEqual(more, []);
    mustBeSealedAway(tombstone);
    assert.deepEqual(await readable(page), nothing);
  });

  world.test("signing in again gives another session", async (visitor) => {
    const page = await visitor.signIn("member");
    const [first] = await visitor.sessionCookies();
    await visitor.visit(page, "/auth/login");
    await visitor.arrivesAt(page, "/");
    const [second] = await visitor.sessionCookies();
    assert.notEqual(second.value, first.value);
    assert.equal(await visitor.sessionStatus(), 200);
  });
}
