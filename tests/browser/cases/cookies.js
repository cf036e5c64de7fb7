// The data that the browser keeps, and what its scripts can read of it.
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

function mustBeSealedAway(cookie, sameSite = "Lax") {
  const { name, domain, path, secure, httpOnly } = cookie;
  assert.match(name, /^__Host-Http-lychgate/);
  assert.deepEqual(
    { domain, path, secure, httpOnly, sameSite: cookie.sameSite },
    { domain: "localhost", path: "/", secure: true, httpOnly: true, sameSite },
    name,
  );
}

const session = "__Host-Http-lychgate";
const [predecessor, rounds] = [`${session}-p`, `${session}-r`];

export function cookieTests(world) {
  world.test("no script can read a cookie, and nothing else of ours is kept in the browser", async (person) => {
    const page = await person.signIn("member");
    const held = await person.cookies();
    assert.deepEqual(held.map(({ name }) => name).sort(), [session, predecessor, rounds]);
    held.forEach((cookie) => mustBeSealedAway(cookie));
    assert.deepEqual(await readable(page), nothing);
    await person.visit(page, "/");
    assert.deepEqual(await readable(page), nothing);
    await person.visit(page, "/auth/logout");
    assert.deepEqual(await readable(page), nothing);
  });

  world.test("a script can neither set nor clear a cookie of ours", async (person) => {
    const page = await person.signIn("member");
    const [before] = await person.sessionCookies();
    await page.evaluate(() => {
      document.cookie = "__Host-Http-lychgate=forged; Path=/; Secure";
      document.cookie = "__Host-Http-lychgate=; Path=/; Secure; Max-Age=0";
      document.cookie = "other=1; Path=/; Secure";
    });
    const [after] = await person.sessionCookies();
    assert.equal(after.value, before.value);
    assert.equal(await page.evaluate(() => document.cookie), "other=1");
    assert.equal(await person.sessionStatus(), 200);
  });

  world.test("cookies of a sign-in under way and of a sign-out are as well kept as the session's", async (person) => {
    const page = await person.open("/members/");
    const [attempt, ...others] = await person.cookies();
    assert.match(attempt.name, /^__Host-Http-lychgate-a-/);
    assert.deepEqual(others, []);
    mustBeSealedAway(attempt);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/members/");
    await person.signOut(page);
    const [tombstone, ...more] = await person.cookies();
    assert.equal(tombstone.name, "__Host-Http-lychgate-x");
    assert.deepEqual(more, []);
    mustBeSealedAway(tombstone);
    assert.deepEqual(await readable(page), nothing);
  });

  world.test("signing in again gives another session", async (person) => {
    const page = await person.signIn("member");
    const [first] = await person.sessionCookies();
    await person.visit(page, "/auth/login");
    await person.arrivesAt(page, "/");
    const [second] = await person.sessionCookies();
    assert.notEqual(second.value, first.value);
    assert.equal(await person.sessionStatus(), 200);
  });

  const page = "/members/report?a=%2F";
  const fragment = "#visits-title";

  /** A tab that comes to that page from a link on another site. */
  async function fromElsewhere(person) {
    const tab = await person.context.newPage();
    const href = person.world.gateway + page + fragment;
    const body = `<!doctype html><title>Another site</title><a href="${href}">There</a>`;
    await tab.route(`${world.otherSite.foreign}/`, (route) => route.fulfill({ contentType: "text/html", body }));
    await tab.goto(world.otherSite.foreign);
    await tab.getByRole("link", { name: "There" }).click();
    return tab;
  }

  /** Someone who is signed in follows the link, and is shown the page with that fragment. */
  const followsLink = (kept) => async (person) => {
    const own = await person.open("/members/");
    await person.answerForm(own, "member");
    await own.getByRole("heading", { name: "Members", exact: true }).waitFor();
    const [before] = await person.sessionCookies();
    const tab = await fromElsewhere(person);
    await tab.getByRole("heading", { name: "Report" }).waitFor();
    assert.equal(tab.url(), person.world.gateway + page + kept);
    // It is the session from before: nobody signed in on the way, and going back meets none of it.
    const [after] = await person.sessionCookies();
    assert.equal(after.value, before.value);
    assert.deepEqual((await person.history(tab)).filter((url) => url.includes("/auth/")), []);
  };

  world.testChanged(
    "with a strict session cookie",
    (configuration) => void (configuration.session = { ...configuration.session, same_site: "strict" }),
    [
      ["a sign-in ends at the page, and the cookie is strict", async (person) => {
        await person.signIn("member");
        const [cookie] = await person.sessionCookies();
        mustBeSealedAway(cookie, "Strict");
      }],
      ["a link on another site leads to the page with its fragment, without a second sign-in", followsLink(fragment)],
      ["the same without scripts, and without the fragment", followsLink(""), { javaScriptEnabled: false }],
      ["a person without a session signs in when coming from another site", async (person) => {
        const tab = await fromElsewhere(person);
        await person.answerForm(tab, "member");
        await person.arrivesAt(tab, page + fragment);
      }],
    ],
  );
}
