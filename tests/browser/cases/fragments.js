// The fragment of an address, which a browser sends to no server: it is there again after signing in.
import assert from "node:assert/strict";

const target = "/members/report?year=2026&x=%2F";

/** Fragments that a site may use, as browsers spell them. */
const fragments = ["#visits-title", "#/route/1?x=%2F&y=a%20b//e.example", "#a=b;c='d'&e=%3Cf%3E#g", `#${"x".repeat(4095)}`];

/** The data that the tab keeps for the gateway's origin. */
function kept(page) {
  return page.evaluate(() => ({ ...sessionStorage }));
}

/** Every request of the tab that goes over the network, as it is sent. */
async function sentBy(page) {
  const session = await page.context().newCDPSession(page);
  const sent = [];
  session.on("Network.requestWillBeSentExtraInfo", ({ headers }) => sent.push(JSON.stringify(headers)));
  session.on("Network.requestWillBeSent", ({ request }) => sent.push(`${request.url} ${request.postData ?? ""}`));
  await session.send("Network.enable");
  return sent;
}

export function fragmentTests(world) {
  for (const fragment of fragments) {
    world.test(`the fragment ${fragment.slice(0, 40)} is there again after signing in`, async (person) => {
      const page = await person.context.newPage();
      const sent = await sentBy(page);
      await person.visit(page, target + fragment);
      await person.isAskedToSignIn(page);
      assert.equal(new URL(page.url()).hash, "", "the provider sees it");
      await person.answerForm(page, "member");
      await person.arrivesAt(page, target + fragment);
      await page.getByRole("heading", { name: "Report" }).waitFor();
      assert.deepEqual(await kept(page), {});
      assert.ok(sent.some((text) => text.includes("/auth/callback/")));
      // The browser tells of its own requests what it keeps from servers; a Referer and a cookie it would send.
      const leaks = sent.filter((text) => text.includes(fragment) || text.includes(encodeURIComponent(fragment)));
      assert.deepEqual(leaks, []);
    });
  }

  world.test("a fragment that is too long is left out and the page is shown", async (person) => {
    const page = await person.open(`${target}#${"x".repeat(4096)}`);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, target);
  });

  world.test("a site's own link to sign in keeps the fragment, too", async (person) => {
    const page = await person.open(`/auth/login?return_to=${encodeURIComponent(target)}#here`);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, `${target}#here`);
  });

  world.test("without scripts the page is shown without its fragment", async (person) => {
    const page = await person.open(`${target}#visits-title`);
    await person.answerForm(page, "member");
    await page.getByRole("heading", { name: "Report" }).waitFor();
    assert.equal(page.url().split("#")[0], world.gateway + target);
  }, { javaScriptEnabled: false });

  world.test("where the tab may store nothing, the sign-in goes on without the fragment", async (person) => {
    await person.context.addInitScript(() => {
      Object.defineProperty(window, "sessionStorage", {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    const page = await person.open(`${target}#visits-title`);
    await person.answerForm(page, "member");
    await person.arrivesAt(page, target);
  });

  world.test("what does not begin as a fragment is not followed", async (person) => {
    const prefix = "lychgate-fragment-";
    await person.context.addInitScript(({ origin, name }) => {
      if (location.origin !== origin || !location.pathname.startsWith("/auth/callback/")) return;
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(name)) sessionStorage.setItem(key, "@evil.example/");
      }
    }, { origin: world.gateway, name: prefix });
    const page = await person.open(`${target}#visits-title`);
    const [attempt] = await person.cookies();
    await person.answerForm(page, "member");
    await person.arrivesAt(page, target);
    assert.match(attempt.name, /^__Host-Http-lychgate-a-[\w-]{11}$/);
    assert.deepEqual(await kept(page), {});
  });

  world.test("no page on the way stays in the history", async (person) => {
    const page = await person.open("/");
    await page.evaluate((path) => location.assign(path), `${target}#visits-title`);
    await person.isAskedToSignIn(page);
    const [, form] = await person.history(page).then((entries) => entries.slice(-2));
    await person.answerForm(page, "member");
    await person.arrivesAt(page, `${target}#visits-title`);
    const entries = (await person.history(page)).filter((url) => url !== "about:blank");
    assert.deepEqual(entries, [`${world.gateway}/`, form, `${world.gateway}${target}#visits-title`]);
  });

  world.test("a window that the site opened to sign in is not parted from it", async (person) => {
    const page = await person.open("/");
    const opening = page.waitForEvent("popup");
    await page.evaluate((path) => void window.open(path, "sign-in"), `${target}#visits-title`);
    const popup = await opening;
    await person.answerForm(popup, "member");
    await person.arrivesAt(popup, `${target}#visits-title`);
    assert.equal(await popup.evaluate(() => opener?.location.pathname), "/");
  });

  world.test("what a browser fetches ahead begins no sign-in", async (person) => {
    const page = await person.open("/");
    for (const path of [target, `/auth/login?return_to=${encodeURIComponent(target)}`]) {
      const answered = page.waitForResponse(world.gateway + path);
      await page.evaluate((href) => document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href })), path);
      assert.equal((await answered).status(), 401, path);
    }
    assert.deepEqual(await person.cookies(), []);
  });

  world.testChanged(
    "with several providers",
    ({ provider }) => provider.push({ ...provider[0], id: "second", name: "Second" }),
    [
      ["the one that is chosen is told nothing of the fragment, and the page gets it", async (person) => {
        const page = await person.open(`${target}#visits-title`);
        await page.getByRole("link", { name: "demo" }).click();
        await person.isAskedToSignIn(page);
        assert.equal(new URL(page.url()).hash, "");
        await person.answerForm(page, "member");
        await person.arrivesAt(page, `${target}#visits-title`);
      }],
      ["without scripts there is a choice, too", async (person) => {
        const page = await person.open(`${target}#visits-title`);
        await page.getByRole("link", { name: "demo" }).click();
        await person.answerForm(page, "member");
        await page.getByRole("heading", { name: "Report" }).waitFor();
        assert.equal(page.url().split("#")[0], person.world.gateway + target);
      }, { javaScriptEnabled: false }],
    ],
  );
}
