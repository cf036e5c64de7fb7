// axe finds nothing serious: on any page that the core can make, in all its looks, and on those of a real gateway
// that has a theme and a chooser.
import assert from "node:assert/strict";
import { mustBeAccessible, mustFit } from "../axe.js";
import { host } from "../demo.js";
import { schemes, sizes, startGallery } from "../gallery.js";

/** Both schemes and both widths: colours and room do not depend on each other. */
async function inAllLooks(page, name, check) {
  for (const [place, colorScheme] of schemes.entries()) {
    const [size, viewport] = sizes[place];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await check(page, `${name}, ${colorScheme}, ${size}`);
  }
}

async function mustBeFine(page, name) {
  await mustBeAccessible(page, name);
  await mustFit(page, name);
}

/** Shows page after page in two tabs at a time. */
async function walk(gallery, context, check) {
  const left = [...gallery.pages];
  const walker = async () => {
    for (let exhibit = left.pop(); exhibit; exhibit = left.pop()) {
      const page = await gallery.show(context, exhibit);
      await check(page, `${exhibit.name} in ${exhibit.language}, ${exhibit.theme}`);
      await page.close();
    }
  };
  await Promise.all([walker(), walker()]);
}

/** Rules of axe, how a page breaks one of them, and how it keeps it again. */
const flaws = [
  ["color-contrast", "document.body.style.color = '#bbb'", "document.body.style.color = ''"],
  ["html-has-lang", "document.documentElement.lang = ''", "document.documentElement.lang = 'en'"],
  ["image-alt", "document.images[0].removeAttribute('alt')", "document.images[0].alt = 'Example Docs'"],
  ["link-name", "document.links[0].textContent = ''", "document.links[0].textContent = 'Go on'"],
];

/** The same pages on both hosts, so that one of them is enough. */
function galleryTests(world) {
  world.test("every page of the gallery is accessible in all its looks", async (person) => {
    const gallery = await startGallery();
    try {
      assert.ok(gallery.pages.length > 200, String(gallery.pages.length));
      await walk(gallery, person.context, (page, name) => inAllLooks(page, name, mustBeFine));
      person.expectComplaint(/the server responded with a status of 50\d/);
      // The scripts of pages that lead on are kept from it.
      person.expectComplaint(/Executing inline script violates/);
    } finally {
      await gallery.stop();
    }
  });

  world.test("a page of the gallery that is broken in one way is found", async (person) => {
    const gallery = await startGallery();
    try {
      const exhibit = gallery.pages.find(({ name, theme }) => name === "signed_out" && theme === "yellow");
      const page = await gallery.show(person.context, exhibit);
      for (const [rule, breaking, mending] of flaws) {
        await inAllLooks(page, "sound", mustBeFine);
        await page.evaluate(breaking);
        const failure = { message: new RegExp(`broken, light, wide: ${rule} at `, "u") };
        await assert.rejects(inAllLooks(page, "broken", mustBeFine), failure);
        await page.evaluate(mending);
      }
      await inAllLooks(page, "sound", mustBeFine);
      await page.evaluate(() => (document.querySelector("h1").style.width = "2000px"));
      await assert.rejects(inAllLooks(page, "broken", mustBeFine), /broken, light, wide needs 2\d\d\d pixels/u);
    } finally {
      await gallery.stop();
    }
  });
}

/** A theme, and a second provider. */
function withTheme(configuration) {
  configuration.page = { name: "Example Docs", logo: "/logo.svg", color: "#ffcc00" };
  configuration.provider.push({ ...configuration.provider[0], id: "second", name: "Second" });
}

const shown = [
  ["/auth/login?return_to=%2Fmembers%2F", 200],
  ["/auth/signed-out", 200],
  ["/auth/nowhere", 404],
  ["/auth/callback/demo", 400],
  ["/auth/session", 401],
];

/** The logo has loaded, so the policy allows it; the button has the configured colour. */
async function mustShowTheme(page, name) {
  const looks = await page.evaluate(async () => {
    const logo = document.querySelector("img");
    await logo.decode();
    const button = getComputedStyle(document.querySelector(".button"));
    return { alt: logo.alt, button: button.backgroundColor, label: button.color };
  });
  assert.deepEqual(looks, { alt: "Example Docs", button: "rgb(255, 204, 0)", label: "rgb(0, 0, 0)" }, name);
}

async function mustBeThemed(page, name) {
  await mustShowTheme(page, name);
  await inAllLooks(page, name, mustBeFine);
}

function themeTests(world) {
  const cases = ["en", "de"].map((language) => [
    `in ${language}`,
    async (person) => {
      const page = await person.context.newPage();
      const mustBe = async (path, status) => {
        assert.equal((await person.visit(page, path)).status(), status, path);
        assert.equal(await page.evaluate(() => document.documentElement.lang), language, path);
        await mustBeThemed(page, path);
      };
      for (const [path, status] of shown) await mustBe(path, status);
      await person.visit(page, "/members/");
      await page.getByRole("link", { name: "demo" }).click();
      await person.answerForm(page, "member");
      await person.arrivesAt(page, "/members/");
      await mustBe("/staff/", 403);
      await mustBe("/auth/logout", 200);
    },
    { locale: language },
  ]);
  world.testChanged("a gateway with a theme shows accessible pages with it", withTheme, cases);
}

export function accessibilityTests(world) {
  if (host === "workers") galleryTests(world);
  themeTests(world);
}
