// Runs Cloudflare's asset server alone over a folder, for the suite that compares ours with it.
//
// The arguments are the folder and, where they are not those of the demo, `html_handling` and `not_found_handling`. It prints one line of JSON, `{port}`, once it serves, and ends when its standard
// input does, so that nothing outlives the suite.
import { once } from "node:events";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";

const [folder, html_handling = "auto-trailing-slash", not_found_handling = "404-page"] = process.argv.slice(2);
const miniflare = new Miniflare(convertV4MiniflareOptions({
  host: "127.0.0.1",
  port: 0,
  cf: false,
  log: new Log(LogLevel.ERROR),
  modules: [
    {
      type: "ESModule",
      path: "index.js",
      contents: "export default { fetch: (request, env) => env.ASSETS.fetch(request) };",
    },
  ],
  compatibilityDate: "2026-04-01",
  assets: {
    directory: folder,
    binding: "ASSETS",
    routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
    assetConfig: { html_handling, not_found_handling },
  },
}));
const { port } = await miniflare.ready;
console.log(JSON.stringify({ port: Number(port) }));

process.stdin.resume();
await once(process.stdin, "end");
await miniflare.dispose();
process.exit(0);
