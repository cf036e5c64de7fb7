// Lychgate as people meet it: the demo with its real provider, in a real Chromium.
import { after } from "node:test";
import { accessTests } from "./cases/access.js";
import { accessibilityTests } from "./cases/accessibility.js";
import { cookieTests } from "./cases/cookies.js";
import { crossSiteTests } from "./cases/cross-site.js";
import { fragmentTests } from "./cases/fragments.js";
import { handOverTests } from "./cases/hand-over.js";
import { pageTests } from "./cases/pages.js";
import { programTests } from "./cases/programs.js";
import { scriptlessTests } from "./cases/scriptless.js";
import { signInTests } from "./cases/sign-in.js";
import { signOutTests } from "./cases/sign-out.js";
import { unreadBodyTests } from "./cases/unread-bodies.js";
import { World } from "./world.js";

const world = await World.start();
after(() => world.stop());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => world.stop().finally(() => process.exit(1)));
}

signInTests(world);
fragmentTests(world);
accessTests(world);
cookieTests(world);
signOutTests(world);
crossSiteTests(world);
programTests(world);
handOverTests(world);
scriptlessTests(world);
pageTests(world);
accessibilityTests(world);
unreadBodyTests(world);
