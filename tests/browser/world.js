// The common part of all browser tests: one demo, one browser, one other site.
import { test } from "node:test";
import { startDemo } from "./demo.js";
import { startOtherSite } from "./other-site.js";
import { Person, startBrowser } from "./person.js";

/** No step of a person takes this long, however busy the machine is; a test that hangs is to end at some time. */
const timeout = 300_000;

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

  /** A test with a person of its own, whose pages must not have complained at its end. */
  test(name, steps, options = {}) {
    test(name, () => this.#run(steps, options, this));
  }

  /** Such tests, as pairs of name and steps, at a gateway whose configuration `change` has edited. */
  testChanged(name, change, cases) {
    test(name, async (context) => {
      const place = await this.demo.startChanged(change);
      try {
        for (const [what, steps, options = {}] of cases) {
          await context.test(what, () => this.#run(steps, options, place));
        }
      } finally {
        await place.stop();
      }
    });
  }

  async #run(steps, options, place) {
    const person = await this.person(options, place);
    try {
      await steps(person);
      person.mustNotComplain();
    } finally {
      await person.close();
    }
  }

  /** A person with an empty browser profile, of the demo's gateway or another one. */
  async person(options = {}, place = this) {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(timeout);
    context.setDefaultNavigationTimeout(timeout);
    return new Person(place, context);
  }

  async stop() {
    for (const part of this.#parts.splice(0).reverse()) await part.stop();
  }
}
