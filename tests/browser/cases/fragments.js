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
    world.test(`the fragment ${fragment.slice(0, 40)} is there again after signing in`, async (visitor) => {
      const page = await visitor.context.newPage();
      const sent = await sentBy(page);
      await visitor.visit(page, target + fragment);
      await visitor.isAskedToSignIn(page);
      assert.equal(new URL(page.url()).hash, "", "the provider sees it");
      await visitor.answerForm(page, "member");
      await visitor.arrivesAt(page, target + fragment);
      await page.getByRole("heading", { name: "Report" }).waitFor();
      assert.deepEqual(await kept(page), {});
      assert.ok(sent.some((text) => text.includes("/auth/callback/")));
      // The browser tells of its own requests what it keeps from servers; a Referer and a cookie it would send.
      const leaks = sent.filter((text) => text.includes(fragment) || text.includes(encodeURIComponent(fragment)));
      assert.deepEqual(leaks, []);
    });
  }

  world.test("a fragment that is too long is left out and the page is shown", async (visitor) => {
    const page = await visitor.open(`${target}#${"x".repeat(4096)}`);
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, target);
  });

  world.test("a site's own link to sign in keeps the fragment, too", async (visitor) => {
    const page = await visitor.open(`/auth/login?return_to=${encodeURIComponent(target)}#here`);
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, `${target}#here`);
  });

  world.test("without scripts the page is shown without its fragment", async (visitor) => {
    const page = await visitor.open(`${target}#visits-title`);
    await visitor.answerForm(page, "member");
    await page.getByRole("heading", { name: "Report" }).waitFor();
    assert.equal(page.url().split("#")[0], world.gateway + target);
  }, { javaScriptEnabled: false });

  world.test("where the tab may store nothing, the sign-in goes on without the fragment", async (visitor) => {
    await visitor.context.addInitScript(() => {
      Object.defineProperty(window, "sessionStorage", {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    const page = await visitor.open(`${target}#visits-title`);
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, target);
  });

  world.test("what does not begin as a fragment is not followed", async (visitor) => {
    const prefix = "lychgate-fragment-";
    await visitor.context.addInitScript(({ origin, name }) => {
      if (location.origin !== origin || !location.pathname.startsWith("/auth/callback/")) return;
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(name)) sessionStorage.setItem(key, "@evil.example/");
      }
    }, { origin: world.gateway, name: prefix });
    const page = await visitor.open(`${target}#visits-title`);
    const [attempt] = await visitor.cookies();
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, target);
    assert.match(attempt.name, /^__Host-Http-lychgate-a-[\w-]{11}$/);
    assert.deepEqual(await kept(page), {});
  });

  world.test("no page on the way stays in the history", async (visitor) => {
    const page = await visitor.open("/");
    await page.evaluate((path) => location.assign(path), `${target}#visits-title`);
    await visitor.isAskedToSignIn(page);
    const [, form] = await visitor.history(page).then((entries) => entries.slice(-2));
    await visitor.answerForm(page, "member");
    await visitor.arrivesAt(page, `${target}#visits-title`);
    const entries = (await visitor.history(page)).filter((url) => url !== "about:blank");
    assert.deepEqual(entries, [`${world.gateway}/`, form, `${world.gateway}${target}#visits-title`]);
  });

  world.test("a window that the site opened to sign in is not parted from it", async (visitor) => {
    const page = await visitor.open("/");
    const opening = page.waitForEvent("popup");
    await page.evaluate((path) => void window.open(path, "sign-in"), `${target}#visits-title`);
    const popup = await opening;
    await visitor.answerForm(popup, "member");
    await visitor.arrivesAt(popup, `${target}#visits-title`);
    assert.equal(await popup.evaluate(() => opener?.location.pathname), "/");
  });

  world.test("what a browser fetches ahead begins no sign-in", async (visitor) => {
    const page = await visitor.open("/");
    for (const path of [target, `/auth/login?return_to=${encodeURIComponent(target)}`]) {
      const answered = page.waitForResponse(world.gateway + path);
      await page.evaluate((href) => document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href })), path);
      assert.equal((await answered).status(), 401, path);
    }
    assert.deepEqual(await visitor.cookies(), []);
  });

  world.testChanged(
    "with several providers",
    ({ provider }) => provider.push({ ...provider[0], id: "second", name: "Second" }),
    [
      ["the one that is chosen is told nothing of the fragment, and the page gets it", async (visitor) => {
        const page = await visitor.open(`${target}#visits-title`);
        await page.getByRole("link", { name: "demo" }).click();
        await visitor.isAskedToSignIn(page);
        assert.equal(new URL(page.url()).hash, "");
        await visitor.answerForm(page, "member");
        await visitor.arrivesAt(page, `${target}#visits-title`);
      }],
      ["without scripts there is a choice, too", async (visitor) => {
        const page = await visitor.open(`${target}#visits-title`);
        await page.getByRole("link", { name: "demo" }).click();
        await visitor.answerForm(page, "member");
        await page.getByRole("heading", { name: "Report" }).waitFor();
        assert.equal(page.url().split("#")[0], visitor.world.gateway + target);
      }, { javaScriptEnabled: false }],
    ],
  );
}
