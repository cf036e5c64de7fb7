// `node tests/browser/photograph.js [PART-OF-A-NAME]`: a picture of each page of ours, in every look, language, scheme
// and width, in build/screenshots/gallery. `CHROME` names another browser than Debian's.
import { mkdir, rm } from "node:fs/promises";
import { root, schemes, sizes, startGallery } from "./gallery.js";
import { startBrowser } from "./person.js";

const [wanted = ""] = process.argv.slice(2);
const folder = `${root}build/screenshots/gallery`;
const gallery = await startGallery();
const browser = await startBrowser();
const context = await browser.newContext();
if (wanted === "") await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const chosen = gallery.pages.filter(({ name }) => name.includes(wanted));
for (const exhibit of chosen) {
  const page = await gallery.show(context, exhibit);
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const [size, viewport] of sizes) {
      await page.setViewportSize(viewport);
      const { theme, name, language } = exhibit;
      await page.screenshot({ path: `${folder}/${name}.${theme}.${language}.${colorScheme}.${size}.png`, fullPage: true });
    }
  }
  await page.close();
}
await browser.close();
await gallery.stop();
console.log(`${chosen.length} pages, ${chosen.length * schemes.length * sizes.length} pictures in ${folder}`);
