// Express as it comes, in two versions: one page for everyone and some that are not, by the means that people use:
// routes, mounted routers and served files.
import { once } from "node:events";
import express5 from "express";
import express4 from "express4";
import { CLOSED, OPEN } from "./pages.mjs";

const app = (express, files) => {
  const app = express();
  const closed = (request, response) => response.type("html").send(CLOSED);
  app.get("/", (request, response) => response.type("html").send(OPEN));
  app.get("/ex/open/:name", (request, response) => response.type("html").send(OPEN));
  app.get("/ex/reports", closed);
  app.get("/ex/admin/:page", closed);
  const members = express.Router();
  members.get("/list", closed);
  app.use("/members", members);
  app.use("/files", express.static(files));
  return app;
};

const listen = async (made) => {
  const server = made.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, close: () => (server.close(), server.closeAllConnections()) };
};

/** Both versions; `files` is the folder of /files. */
export const start = async (files) => ({
  express5: await listen(app(express5, files)),
  express4: await listen(app(express4, files)),
});
