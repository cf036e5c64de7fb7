// Signing in: from a protected address to the provider and back to the very same address.
import assert from "node:assert/strict";

export function signInTests(world) {
  world.test("a public page needs no session", async (person) => {
    const page = await person.context.newPage();
    const response = await person.visit(page, "/");
    assert.equal(response.status(), 200);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await person.sessionStatus(), 401);
    assert.deepEqual(await person.cookies(), []);
  });

  world.test("a protected page is shown after signing in and not before", async (person) => {
    const page = await person.open("/members/");
    await person.isAskedToSignIn(page);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/members/");
    await page.getByRole("heading", { name: "Members", exact: true }).waitFor();
    await page.getByText("Demo member").first().waitFor();
  });

  const query = "?year=2026&tag=a%20b&x=%2F&y=%C3%A9&&=&z=1+1&r=//e.example";
  world.test("a deep link keeps its path and query byte for byte", async (person) => {
    const page = await person.signIn("member", `/members/report${query}`);
    assert.equal(await page.evaluate(() => location.pathname + location.search), `/members/report${query}`);
  });

  world.test("a deep link to a file name keeps its query where the site's own redirect leads", async (person) => {
    const page = await person.open(`/members/report.html${query}`);
    await person.answerForm(page, "member");
    await page.getByRole("heading", { name: "Report" }).waitFor();
    const { pathname, search } = await page.evaluate(() => ({ pathname: location.pathname, search: location.search }));
    assert.equal(search, query);
    // The asset server answers for `report.html` under the name without its ending.
    assert.ok(["/members/report", "/members/report.html"].includes(pathname), pathname);
  });

  world.test("a wrong password shows the form again and the right one goes on", async (person) => {
    const page = await person.open("/members/");
    await person.answerForm(page, "member", "wrong");
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await person.sessionCookies(), []);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/members/");
    assert.equal((await person.sessionCookies()).length, 1);
  });

  world.test("going back from the form leaves no session", async (person) => {
    const page = await person.open("/");
    await person.visit(page, "/members/");
    await person.isAskedToSignIn(page);
    await person.back(page, "/");
    assert.deepEqual(await person.sessionCookies(), []);
    assert.equal(await person.sessionStatus(), 401);
    await page.goForward({ waitUntil: "commit" });
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/members/");
    assert.equal(await person.sessionStatus(), 200);
  });

  world.test("a sign-in that the provider cancelled leaves no session and can be tried again", async (person) => {
    const page = await person.context.newPage();
    const state = await person.beginAttempt(page, "/members/report?again=1");
    const answer = new URLSearchParams({ error: "access_denied", state, iss: world.provider });
    const response = await person.visit(page, `/auth/callback/demo?${answer}`);
    assert.equal(response.status(), 403);
    await page.getByRole("heading", { name: "You were not signed in" }).waitFor();
    assert.deepEqual(await person.cookies(), []);
    await page.getByRole("link", { name: "Sign in again" }).click();
    await person.answerForm(page, "member");
    await person.arrivesAt(page, "/members/report?again=1");
  });

  world.test("ten tabs that wait for the same person all end on their own page", async (person) => {
    const paths = Array.from({ length: 10 }, (_, tab) => `/members/report?tab=${tab}&x=%2F#tab=${tab}`);
    const pages = await Promise.all(paths.map((path) => person.open(path)));
    await Promise.all(pages.map((page) => person.isAskedToSignIn(page)));
    await Promise.all(pages.map((page) => person.answerForm(page, "member")));
    await Promise.all(pages.map((page, tab) => person.arrivesAt(page, paths[tab])));
    for (const page of pages) await page.getByRole("heading", { name: "Report" }).waitFor();
    const names = (await person.cookies()).map(({ name }) => name);
    assert.ok(names.includes("__Host-Http-lychgate"));
    // A session that replaced another leaves that one's tombstone; of the attempts nothing is left.
    assert.deepEqual(names.filter((name) => name.includes("-a-")), []);
  });

  world.test("a browser that loses its session cookie goes round three times and is told", async (person) => {
    const page = await person.context.newPage();
    let asked = 0;
    await page.route(`${world.gateway}/members/`, async (route) => {
      asked += 1;
      await person.context.clearCookies({ name: "__Host-Http-lychgate" });
      await route.continue();
    });
    await person.visit(page, "/members/");
    await person.answerForm(page, "member");
    await page.getByRole("heading", { name: "Signing in does not get you there" }).waitFor();
    // Before signing in, and after each of three sign-ins.
    assert.equal(asked, 4);
    await page.unroute(`${world.gateway}/members/`);
    await page.getByRole("link", { name: "Sign in again" }).click();
    await person.arrivesAt(page, "/members/");
    await page.getByRole("heading", { name: "Members", exact: true }).waitFor();
  });
}
