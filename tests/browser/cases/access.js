// The rules of access, for pages and for scripts.
import assert from "node:assert/strict";

export function accessTests(world) {
  world.test("the staff's pages are refused to a member, who is told what is missing and not which group", async (person) => {
    const page = await person.signIn("member");
    const response = await person.visit(page, "/staff/");
    assert.equal(response.status(), 403);
    const text = await page.locator("main").innerText();
    assert.match(text, /Your account may not open this page/);
    assert.match(text, /needs a group that your account does not have/);
    assert.match(text, /Demo member/);
    assert.doesNotMatch(await page.content(), /staff/i);
    // Being refused there ends nothing.
    assert.equal((await person.visit(page, "/members/")).status(), 200);
  });

  world.test("the staff's pages are open to staff", async (person) => {
    const page = await person.open("/staff/");
    await person.answerForm(page, "staff");
    await person.arrivesAt(page, "/staff/");
    await page.getByRole("heading", { name: "Who keeps the gate" }).waitFor();
  });

  world.test("someone who was refused can come back with another account", async (person) => {
    const page = await person.signIn("member");
    await person.visit(page, "/staff/");
    await page.getByRole("link", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await person.arrivesAt(page, "/auth/signed-out");
    await person.visit(page, "/staff/");
    await person.answerForm(page, "staff");
    await person.arrivesAt(page, "/staff/");
    await page.getByRole("heading", { name: "Staff", exact: true }).waitFor();
  });

  world.test("a script without a session gets 401 as JSON and is sent nowhere", async (person) => {
    const page = await person.open("/");
    for (const path of ["/api/whoami", "/members/", "/staff/", "/members/handbook.pdf"]) {
      const answer = await person.fetch(page, path);
      assert.equal(answer.status, 401, path);
      assert.equal(answer.redirected, false, path);
      assert.match(answer.type, /^application\/json/, path);
      assert.equal(JSON.parse(answer.text).error, "login_required", path);
    }
    assert.deepEqual(await person.cookies(), []);
  });

  world.test("a script with a session reaches the API, which sees who asks and no cookie of ours", async (person) => {
    const page = await person.signIn("staff");
    const answer = await person.fetch(page, "/api/whoami?x=%2F&y=a%20b", {
      headers: { "Lychgate-User": "someone-else", "X-Forwarded-Host": "evil.example", "X-Note": "kept" },
    });
    assert.equal(answer.status, 200);
    const { method, url, headers } = JSON.parse(answer.text);
    assert.equal(method, "GET");
    assert.equal(url, "/api/whoami?x=%2F&y=a%20b");
    assert.equal(headers["lychgate-user"], "staff");
    assert.equal(headers["lychgate-issuer"], world.provider);
    assert.equal(headers["lychgate-email"], "staff@example.com");
    assert.equal(headers["lychgate-groups"], "members,staff");
    assert.equal(headers["x-forwarded-host"], new URL(world.gateway).host);
    assert.equal(headers["x-note"], "kept");
    // The provider's come along, since it stands on another port of the same host.
    assert.ok((await person.context.cookies()).some(({ name }) => name === "_session"));
    assert.doesNotMatch(headers.cookie ?? "", /lychgate|_session|_interaction/i);
    for (const { value } of await person.cookies()) assert.ok(!answer.text.includes(value));
  });

  world.test("the page that calls the API shows its answer", async (person) => {
    const page = await person.signIn("member");
    await page.getByRole("button", { name: "Call the API" }).click();
    const answer = page.locator("[data-answer]");
    await answer.getByText("lychgate-user").waitFor();
    assert.match(await answer.innerText(), /^200\n/);
  });
}
