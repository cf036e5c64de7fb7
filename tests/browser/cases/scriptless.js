// The same way for people whose browser runs no script.
import assert from "node:assert/strict";

export function scriptlessTests(world) {
  world.test(
    "without scripts people sign in, read a page and sign out",
    async (person) => {
      const page = await person.open("/");
      await page.getByRole("link", { name: "Sign in" }).click();
      await person.answerForm(page, "staff");
      await person.arrivesAt(page, "/");
      await person.visit(page, "/staff/");
      await page.getByRole("heading", { name: "Who keeps the gate" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${world.provider}/session/end**`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await person.arrivesAt(page, "/auth/signed-out");
      assert.deepEqual(await person.sessionCookies(), []);
      await person.visit(page, "/staff/");
      await page.waitForURL(`${world.provider}/interaction/**`);
      assert.equal(await page.getByLabel("Password").count(), 1);
    },
    { javaScriptEnabled: false },
  );
}
