// Every page of the demo that people meet, dark and light, wide and narrow: it keeps its own policy, axe finds nothing
// serious on it, and a picture of it is written to build/screenshots/demo.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { mustBeAccessible, mustFit } from "../axe.js";
import { root } from "../demo.js";
import { beginByPopup, isTold, signInByPopup } from "./hand-over.js";

const folder = `${root}build/screenshots/demo`;
const sizes = [
  ["wide", { width: 1280, height: 800 }],
  ["narrow", { width: 390, height: 800 }],
];

/** Checks what is true of every page, by any author. */
async function mustBeSound(page, name) {
  const facts = await page.evaluate(() => ({
    language: document.documentElement.lang,
    title: document.title.trim() !== "",
    headings: document.querySelectorAll("h1").length,
    main: document.querySelectorAll("main").length,
    unnamed: [...document.querySelectorAll("a, button")].filter((element) => element.textContent.trim() === "").length,
  }));
  assert.deepEqual(facts, { language: "en", title: true, headings: 1, main: 1, unnamed: 0 }, name);
}

async function photograph(page, name, scheme, scripts = true) {
  await mustBeSound(page, name);
  for (const [size, viewport] of sizes) {
    await page.setViewportSize(viewport);
    // axe waits for timers, which stand still where scripts do.
    if (scripts) await mustBeAccessible(page, `${name}, ${scheme}, ${size}`);
    await mustFit(page, `${name}, ${scheme}, ${size}`);
    await page.screenshot({ path: `${folder}/${name}-${scheme}-${size}.png`, fullPage: true });
  }
}

/** Waits until the site knows who is signed in, so that the picture shows it. */
function settled(page) {
  return page.locator('.account:not([data-state="asking"])').waitFor();
}

/** Addresses in the text that go on in another line in the middle of a part of them. */
function brokenAddresses(page) {
  return page.locator(".places code").evaluateAll((all) =>
    all.filter((code) => {
      const texts = [...code.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      return texts.some((text) => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
      });
    }).map((code) => code.textContent),
  );
}

function submitForm(page, url) {
  return page.evaluate((action) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action });
    document.body.append(form);
    form.submit();
  }, url);
}

/** Pages of the gateway that an address alone leads to. */
const plainPages = [
  ["sign-in-unknown", "/auth/callback/demo?code=x&state=nobody", 400, "This sign-in cannot go on"],
  ["sign-in-malformed", "/auth/callback/demo", 400, "This sign-in cannot go on"],
  ["sign-in-needed", "/auth/session", 401, "You need to sign in"],
  ["signed-out", "/auth/signed-out", 200, "You are signed out"],
  ["not-found", "/auth/nowhere", 404, "There is no such page"],
  ["malformed", "/a%2Fb", 400, "This request cannot be understood"],
];

/** Pages of a gateway that cannot open: the same for everything, public or not. */
function closedTest(world) {
  world.test("a gateway without its secrets shows one page for everything", async (person) => {
    const closed = await world.demo.startWithoutSecrets();
    try {
      await mkdir(folder, { recursive: true });
      const page = await person.context.newPage();
      for (const path of ["/", "/members/", "/staff/", "/api/whoami", "/auth/login", "/nowhere"]) {
        const response = await page.goto(closed.gateway + path);
        assert.equal(response.status(), 503, path);
        assert.equal(response.headers()["retry-after"], "5", path);
        await page.getByRole("heading", { name: "This site is not available right now" }).waitFor();
      }
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await photograph(page, "closed", colorScheme);
      }
      person.expectComplaint(/the server responded with a status of 503/);
      assert.deepEqual(await person.cookies(), []);
    } finally {
      await closed.stop();
    }
  });
}

export function pageTests(world) {
  closedTest(world);
  for (const scheme of ["light", "dark"]) {
    const pageTest = (name, steps, options = {}) =>
      world.test(
        `${name}, ${scheme}`,
        async (person) => {
          await mkdir(folder, { recursive: true });
          const page = await person.context.newPage();
          await steps(person, page, (picture) => photograph(page, picture, scheme, options.javaScriptEnabled));
        },
        { colorScheme: scheme, ...options },
      );

    pageTest("the gateway's pages", async (person, page, photo) => {
      for (const [name, path, status, heading] of plainPages) {
        const response = await person.visit(page, path);
        assert.equal(response.status(), status, path);
        await page.getByRole("heading", { name: heading }).waitFor();
        await photo(name);
      }
    });

    pageTest("the pages of a sign-in that fails", async (person, page, photo) => {
      for (const [name, answer, status, heading] of [
        ["sign-in-cancelled", { error: "access_denied" }, 403, "You were not signed in"],
        ["sign-in-over", { code: "no-code-of-yours" }, 400, "This sign-in is over"],
        ["sign-in-unavailable", { error: "temporarily_unavailable" }, 502, "The sign-in service does not answer"],
      ]) {
        const state = await person.beginAttempt(page, "/members/");
        const query = new URLSearchParams({ ...answer, state, iss: world.provider });
        const response = await person.visit(page, `/auth/callback/demo?${query}`);
        assert.equal(response.status(), status, name);
        await page.getByRole("heading", { name: heading }).waitFor();
        await page.getByText(/give this number/).waitFor();
        await photo(name);
        assert.deepEqual(await person.cookies(), []);
      }
      person.expectComplaint(/the server responded with a status of 502/);
    });

    pageTest("the pages of refusals", async (person, page, photo) => {
      await person.visit(page, "/");
      await submitForm(page, `${world.gateway}/auth/callback/demo`);
      await page.getByRole("heading", { name: "This cannot be done here" }).waitFor();
      await photo("method-not-allowed");
      await page.goto(world.otherSite.foreign);
      await submitForm(page, `${world.gateway}/auth/logout`);
      await page.getByRole("heading", { name: "This request was refused" }).waitFor();
      await photo("refused");
    });

    pageTest("the page of a service that does not answer", async (person, page, photo) => {
      await person.visit(page, "/members/");
      await person.answerForm(page, "member");
      await person.arrivesAt(page, "/members/");
      const response = await person.visit(page, "/api/hang-up");
      assert.equal(response.status(), 502);
      await page.getByRole("heading", { name: "A service behind this site does not answer" }).waitFor();
      await photo("unreachable");
      assert.equal((await person.visit(page, "/api/whoami")).status(), 200);
      person.expectComplaint(/the server responded with a status of 502/);
    });

    pageTest("the provider's form", async (person, page, photo) => {
      await person.visit(page, "/members/");
      await photo("provider-form");
      await person.answerForm(page, "member", "wrong");
      await page.getByRole("alert").waitFor();
      await photo("provider-form-again");
    });

    pageTest("the site's public pages", async (person, page, photo) => {
      await person.visit(page, "/");
      await settled(page);
      await photo("site-start");
      const response = await person.visit(page, "/nowhere");
      assert.equal(response.status(), 404);
      await settled(page);
      await photo("site-not-found");
    });

    pageTest("the page that hands a token over", async (person, page, photo) => {
      const narrowest = async (name) => {
        await page.setViewportSize({ width: 320, height: 640 });
        await mustFit(page, `${name}, ${scheme}, 320 pixels`);
      };
      await person.visit(page, "/handover/done");
      await photo("site-hand-over-done");
      await narrowest("site-hand-over-done");
      await person.visit(page, "/handover/");
      await settled(page);
      await photo("site-hand-over");
      const { popup } = await beginByPopup(person, page);
      await popup.close();
      await isTold(page, "The window was closed");
      await photo("site-hand-over-closed");
      await signInByPopup(person, page, "staff");
      await page.getByRole("banner").getByText("Demo staff").waitFor();
      await photo("site-hand-over-signed-in");
      await narrowest("site-hand-over-signed-in");
    });

    pageTest("a person who just looks around has a clean console", async (person, page) => {
      await person.visit(page, "/");
      await settled(page);
      assert.equal(await page.locator(".account").getAttribute("data-state"), "out");
      const icon = await person.fetch(page, "/favicon.ico");
      assert.equal(icon.status, 200);
      person.mustHaveACleanConsole();
      // A script that asks without care shows there.
      const complaint = page.waitForEvent("console");
      assert.equal((await person.fetch(page, "/auth/session")).status, 401);
      await complaint;
      person.expectComplaint(/the server responded with a status of 401/);
    });

    pageTest("addresses break between their parts on the narrowest screens", async (person, page) => {
      await person.visit(page, "/members/");
      await person.answerForm(page, "member");
      await person.arrivesAt(page, "/members/");
      await page.setViewportSize({ width: 320, height: 640 });
      for (const path of ["/members/", "/"]) {
        await person.visit(page, path);
        await settled(page);
        assert.deepEqual(await brokenAddresses(page), [], path);
      }
    });

    pageTest("a member's pages", async (person, page, photo) => {
      await person.visit(page, "/members/");
      await person.answerForm(page, "member");
      await person.arrivesAt(page, "/members/");
      await settled(page);
      await photo("site-members");
      await page.getByRole("button", { name: "Call the API" }).click();
      await page.locator("[data-answer]").getByText("lychgate-user").waitFor();
      await photo("site-members-api");
      await person.visit(page, "/members/report?year=2026&tag=a%20b&x=%2F");
      await settled(page);
      await photo("site-report");
      await person.visit(page, "/");
      await settled(page);
      await photo("site-start-signed-in");
      await person.visit(page, "/staff/");
      await photo("forbidden");
      await person.visit(page, "/auth/logout");
      await photo("sign-out");
    });

    pageTest("the staff's page", async (person, page, photo) => {
      await person.visit(page, "/staff/");
      await person.answerForm(page, "staff");
      await person.arrivesAt(page, "/staff/");
      await settled(page);
      await photo("site-staff");
    });

    pageTest(
      "the site and the provider's sign-out without scripts",
      async (person, page, photo) => {
        await person.visit(page, "/members/");
        await person.answerForm(page, "member");
        await person.arrivesAt(page, "/members/");
        await photo("site-members-scriptless");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.waitForURL(`${world.provider}/session/end**`);
        await photo("provider-sign-out");
      },
      { javaScriptEnabled: false },
    );
  }
}
