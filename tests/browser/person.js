// A person with a browser of their own: what they do, and what their browser complains about.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { everyInstanceKnows } from "./demo.js";

const ours = /^__Host-Http-lychgate/;

/** Starts the browser that `CHROME` names, else Debian's. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROME || "/usr/bin/chromium",
    // One that does not start ends and says why; how long a good start takes is the machine's affair.
    timeout: 600_000,
    // Going back shall find what it would find for a person.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
    ],
  });
}

/** A browser profile without cookies, and the steps that several tests take with it. */
export class Person {
  constructor(world, context) {
    this.world = world;
    this.context = context;
    this.complaints = [];
    context.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} at ${message.location().url}`);
    });
    context.on("weberror", (error) => this.complaints.push(String(error.error())));
  }

  /** Opens a path of the gateway in a new tab. */
  async open(path) {
    const page = await this.context.newPage();
    await this.visit(page, path);
    return page;
  }

  /** Goes to a path of the gateway; `response` is the last one on the way. */
  async visit(page, path) {
    return page.goto(this.world.gateway + path);
  }

  /** Fills in the provider's form, wherever it may lead. */
  async answerForm(page, login, password = login) {
    await page.getByLabel("Login").fill(login);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Opens a path, signs in on the way and arrives there. */
  async signIn(login, path = "/members/") {
    const page = await this.open(path);
    await this.answerForm(page, login);
    await this.arrivesAt(page, path);
    return page;
  }

  /** Begins a sign-in and stops at the provider; returns the `state` that the gateway sent along. */
  async beginAttempt(page, path) {
    const asked = page.waitForRequest((request) => request.url().startsWith(`${this.world.provider}/auth?`));
    await this.visit(page, path);
    await this.isAskedToSignIn(page);
    return new URL((await asked).url()).searchParams.get("state");
  }

  /** The addresses in the tab's history. */
  async history(page) {
    const session = await this.context.newCDPSession(page);
    const { entries } = await session.send("Page.getNavigationHistory");
    await session.detach();
    return entries.map(({ url }) => url);
  }

  /** Uses the site's own button and waits for the end of the way. */
  async signOut(page) {
    await this.leave(page);
    await everyInstanceKnows(this.world.gateway);
  }

  /** The same, while other instances may not know of it yet. */
  async leave(page) {
    await page.getByRole("button", { name: "Sign out" }).click();
    await this.arrivesAt(page, "/auth/signed-out");
  }

  /** Waits until the tab shows this path of the gateway, byte for byte. */
  async arrivesAt(page, path) {
    await page.waitForURL((url) => url.href === this.world.gateway + path);
  }

  /** Waits until the tab shows the provider's form. */
  async isAskedToSignIn(page) {
    await page.waitForURL(`${this.world.provider}/interaction/**`);
    await page.getByLabel("Password").waitFor();
  }

  /** The answer that a script of the page gets from a path of the gateway. */
  async fetch(page, path, init = {}) {
    return page.evaluate(
      async ([url, options]) => {
        const answer = await fetch(url, options);
        return {
          status: answer.status,
          redirected: answer.redirected,
          type: answer.headers.get("content-type"),
          text: await answer.text(),
        };
      },
      [path, init],
    );
  }

  /** The status of "who am I?", asked by a script of the public page in a tab of its own. */
  async sessionStatus() {
    const page = await this.open("/");
    const { status } = await this.fetch(page, "/auth/session");
    await page.close();
    return status;
  }

  /** The back button, to a page that is not loaded again where the browser kept it aside. */
  async back(page, path) {
    await page.goBack({ waitUntil: "commit" });
    await page.waitForFunction((url) => location.href === url, this.world.gateway + path);
  }

  /** The gateway's cookies that the browser holds. */
  async cookies() {
    return (await this.context.cookies()).filter(({ name }) => ours.test(name));
  }

  /** The session cookie, if there is one. */
  async sessionCookies() {
    return (await this.cookies()).filter(({ name }) => name === "__Host-Http-lychgate");
  }

  /** Forgets the gateway's cookies, and those alone. */
  async forgetGateway() {
    await this.context.clearCookies({ name: ours });
  }

  /** Some complaints are what a test is about: at least one must be there, and none of them counts later. */
  expectComplaint(pattern) {
    assert.ok(this.complaints.some((text) => pattern.test(text)), `${pattern} among ${this.complaints}`);
    this.complaints = this.complaints.filter((text) => !pattern.test(text));
  }

  /** Fails where a page broke its own policy or a script failed. Refusals that a test provokes are no complaint. */
  mustNotComplain() {
    const refused = /^Failed to load resource: the server responded with a status of 4\d\d/;
    assert.deepEqual(
      this.complaints.filter((text) => !refused.test(text)),
      [],
    );
  }

  /** Fails where the console has any error at all. */
  mustHaveACleanConsole() {
    assert.deepEqual(this.complaints, []);
  }

  async close() {
    await this.context.close();
  }
}
