// Waits until a program that was started for a test serves.
import { createInterface } from "node:readline";

/**
 * How long it may take. Nobody waits so long for one that starts, however busy the machine is, or for one that ends; a
 * test whose program hangs is to end at some time.
 */
const LIMIT = 600_000;

/**
 * Resolves at the first line for which `serves(line)` is true, on either stream. All lines go to `log`.
 *
 * Rejects where the program ends or hangs, with what it said.
 */
export function untilServing(name, child, serves, log = []) {
  return new Promise((resolve, reject) => {
    const fail = (what) => {
      clearTimeout(timer);
      reject(new Error(`${name} did not start: it ${what} and said:\n${log.join("\n")}`));
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(`did not serve after ${LIMIT / 1_000} s`);
    }, LIMIT);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        log.push(line);
        if (!serves(line)) return;
        clearTimeout(timer);
        resolve();
      });
    }
    child.once("error", (error) => fail(`cannot be run (${error.message})`));
    // Not `exit`: by now all that it said has come.
    child.once("close", (code, signal) => fail(`ended (${signal ?? code})`));
  });
}
