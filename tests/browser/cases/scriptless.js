// The same way for people whose browser runs no script.
import assert from "node:assert/strict";

export function scriptlessTests(world) {
  world.test(
    "without scripts people sign in, read a page and sign out",
    async (visitor) => {
      const page = await visitor.open("/");
      await page.getByRole("link", { name: "Sign in" }).click();
      await visitor.answerForm(page, "staff");
      await visitor.arrivesAt(page, "/");
      await visitor.visit(page, "/staff/");
      await page.getByRole("heading", { name: "Who keeps the gate" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${world.provider}/session/end**`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await visitor.arrivesAt(page, "/auth/signed-out");
      assert.deepEqual(await visitor.sessionCookies(), []);
      await visitor.visit(page, "/staff/");
      await page.waitForURL(`${world.provider}/interaction/**`);
      assert.equal(await page.getByLabel("Password").count(), 1);
    },
    { javaScriptEnabled: false },
  );
}
