// Attempts of other sites in the browser of someone who is signed in here.
import assert from "node:assert/strict";
import { host } from "../demo.js";

/** Someone who is signed in and opens the other site in a second tab. */
async function lured(person, origin) {
  const own = await person.signIn("member");
  const page = await person.context.newPage();
  await page.goto(origin);
  return { own, page };
}

/** Lets the other site's page send a request, and returns the status that the gateway answered. */
async function statusOf(page, url, send) {
  const answered = page.waitForResponse(url);
  await page.evaluate(send, url);
  return (await answered).status();
}

function submitForm(url) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: url });
  document.body.append(form);
  form.submit();
}

/** Resolves once the image has failed: what it was sent is no image. */
function showImage(url) {
  return new Promise((resolve, reject) => {
    const image = Object.assign(new Image(), { src: url });
    image.addEventListener("error", () => resolve());
    image.addEventListener("load", () => reject(new Error("the answer is an image")));
    document.body.append(image);
  });
}

function postBlindly(url) {
  fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "x" }).catch(() => {});
}

/** How the browser's attempt at a WebSocket ended. */
/** The first message of a WebSocket of that page. */
function firstMessage(page, url) {
  return page.evaluate(
    (at) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(at);
        socket.onmessage = ({ data }) => resolve(data);
        socket.onerror = () => reject(new Error("the WebSocket failed"));
      }),
    url,
  );
}

async function webSocketFailure(page, url) {
  const opened = page.waitForEvent("websocket");
  await page.evaluate((address) => void new WebSocket(address), url);
  return (await opened).waitForEvent("socketerror");
}

export function crossSiteTests(world) {
  const { gateway } = world;
  const { foreign, neighbour } = world.otherSite;
  for (const [who, origin] of [["another site", foreign], ["a neighbour on the same host", neighbour]]) {
    world.test(`an image of ${who} signs nobody out`, async (person) => {
      const { own, page } = await lured(person, origin);
      await page.evaluate(showImage, `${gateway}/auth/logout`);
      assert.equal(await person.sessionStatus(), 200);
    });

    world.test(`a form of ${who} signs nobody out`, async (person) => {
      const { own, page } = await lured(person, origin);
      assert.equal(await statusOf(page, `${gateway}/auth/logout`, submitForm), 403);
      await page.getByRole("heading", { name: "This request was refused" }).waitFor();
      assert.equal(await person.sessionStatus(), 200);
      await person.signOut(own);
    });

    world.test(`a link on ${who} opens a protected page and no more`, async (person) => {
      const { page } = await lured(person, origin);
      await page.evaluate((url) => location.assign(url), `${gateway}/members/`);
      await person.arrivesAt(page, "/members/");
      await page.getByRole("heading", { name: "Members", exact: true }).waitFor();
    });

    world.test(`${who} cannot read the API's answer`, async (person) => {
      const { own, page } = await lured(person, origin);
      const read = (url) => fetch(url, { credentials: "include" }).then((answer) => answer.text(), () => "unreadable");
      assert.equal(await page.evaluate(read, `${gateway}/api/whoami`), "unreadable");
      assert.equal(await page.evaluate(read, `${gateway}/auth/session`), "unreadable");
      assert.match(await own.evaluate(read, `${gateway}/api/whoami`), /lychgate-user/);
      person.expectComplaint(/blocked by CORS policy|net::ERR_FAILED/);
    });

    world.test(`${who} cannot frame a page of ours`, async (person) => {
      const { page } = await lured(person, origin);
      // The site's files are protected by one of them, `_headers`, which Cloudflare alone reads.
      const files = host === "workers" ? ["/", "/members/"] : [];
      for (const path of [...files, "/auth/logout", "/auth/signed-out"]) {
        const framed = await page.evaluate(async (url) => {
          const frame = Object.assign(document.createElement("iframe"), { src: url });
          const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
          document.body.append(frame);
          await loaded;
          return frame.contentWindow.length;
        }, gateway + path);
        assert.equal(framed, 0);
        const urls = page.frames().map((frame) => frame.url());
        assert.ok(!urls.includes(gateway + path), `${path}: ${urls}`);
      }
      person.expectComplaint(/frame-ancestors|X-Frame-Options|Framing/);
    });
  }

  // The browser leaves the cookie out for another site, and sends it along for a neighbour.
  for (const [who, origin, status, failure] of [
    ["another site", foreign, 401, /HTTP Authentication failed/],
    ["a neighbour", neighbour, 403, /response code: 403/],
  ]) {
    world.test(`a script of ${who} changes nothing at the API`, async (person) => {
      const { own, page } = await lured(person, origin);
      assert.equal(await statusOf(page, `${gateway}/api/echo`, postBlindly), status);
      const answer = await person.fetch(own, "/api/echo", { method: "POST", body: "from our own page" });
      assert.deepEqual([answer.status, answer.text], [200, "from our own page"]);
    });

    world.test(`a form of ${who} changes nothing at the API`, async (person) => {
      const { page } = await lured(person, origin);
      assert.equal(await statusOf(page, `${gateway}/api/echo`, submitForm), status);
    });

    world.test(`a WebSocket of ${who} is refused`, async (person) => {
      const { own, page } = await lured(person, origin);
      const url = `${gateway.replace("http", "ws")}/api/whoami`;
      assert.match(await webSocketFailure(page, url), failure);
      // From a page of ours it passes, where the host has WebSockets at all.
      if (process.env.HOST === "spin") {
        assert.match(await webSocketFailure(own, url), /response code: (?!403)\d+/);
      } else {
        assert.match(await firstMessage(own, url), /"lychgate-user"/);
      }
      person.expectComplaint(/WebSocket connection to .* failed/);
    });
  }
}
