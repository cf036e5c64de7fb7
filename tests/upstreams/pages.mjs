// The pages that all servers have, told from each other by what they say.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const OPEN = "<p>a page for everyone</p>";
export const CLOSED = "<p>a PROTECTED page</p>";

/** The files of a site, where `lychgate.toml` protects /ex/admin/**, /ex/reports, /members/** and /files/closed/**. */
const FILES = {
  "index.html": OPEN,
  "ex/open/x": OPEN,
  "ex/admin/x": CLOSED,
  "ex/reports": CLOSED,
  "members/list": CLOSED,
  "files/closed/x": CLOSED,
  "files/x": OPEN,
};

/** Writes them into a folder. */
export const write = (folder) => {
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
};
