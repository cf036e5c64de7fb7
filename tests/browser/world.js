// What all browser tests share: one demo, one browser, one other site.
import { test } from "node:test";
import { startDemo } from "./demo.js";
import { startOtherSite } from "./other-site.js";
import { Visitor, startBrowser } from "./visitor.js";

/** No step of a person takes this long, even on a slow machine. */
const patience = 20_000;

export class World {
  #parts = [];

  /** Starts everything, or nothing. */
  static async start() {
    const world = new World();
    try {
      const demo = await world.#keep(startDemo());
      const otherSite = await world.#keep(startOtherSite());
      const browser = await startBrowser();
      world.#parts.push({ stop: () => browser.close() });
      Object.assign(world, { gateway: demo.gateway, provider: demo.provider, demo, otherSite, browser });
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  async #keep(starting) {
    const part = await starting;
    this.#parts.push(part);
    return part;
  }

  /** A test with a visitor of its own, whose pages must not have complained at its end. */
  test(name, steps, options = {}) {
    test(name, async () => {
      const visitor = await this.visitor(options);
      try {
        await steps(visitor);
        visitor.mustNotComplain();
      } finally {
        await visitor.close();
      }
    });
  }

  /** A visitor with an empty browser profile. */
  async visitor(options = {}) {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(patience);
    context.setDefaultNavigationTimeout(patience);
    return new Visitor(this, context);
  }

  async stop() {
    for (const part of this.#parts.splice(0).reverse()) await part.stop();
  }
}
