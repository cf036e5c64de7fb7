// A real OpenID provider for the demo and the tests.
import { createServer } from "node:http";
import { once } from "node:events";
import { Provider } from "oidc-provider";
import { demoAccounts } from "./accounts.js";
import { configuration } from "./configuration.js";
import { answerInteraction } from "./interaction.js";

export { demoAccounts } from "./accounts.js";
export { demoClients } from "./configuration.js";

/**
 * Starts a provider on 127.0.0.1 whose issuer is `http://localhost:<port>`.
 *
 * - `port`: 0 takes any free one.
 * - `host`: another name of this machine for the issuer, such as `127.0.0.1`, which browsers take for another site.
 * - `clients`: a list, or a function that gets the issuer and returns one.
 * - `accounts`: by login, as in accounts.js.
 * - `algorithms`: one signing key for each; the first signs for clients that name none.
 * - `claimsInIdToken`: false leaves e-mail, name and groups to userinfo, as the standard has it.
 * - `ttl`: seconds by kind of token, as oidc-provider names them.
 * - `extra`: any other setting of oidc-provider; wins over ours.
 * - `readLog`: also answers `GET /test/token-requests` with the log, for tests in another process.
 *
 * Returns `issuer`, `port`, `provider`, `tokenRequests` (what the token endpoint was sent, in order, with
 * the status it answered) and `close()`.
 */
export async function startProvider({
  port = 0,
  host = "localhost",
  clients = [],
  accounts = demoAccounts,
  algorithms = ["RS256", "PS256", "ES256", "EdDSA"],
  claimsInIdToken = true,
  ttl = {},
  extra = {},
  readLog = false,
} = {}) {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://${host}:${server.address().port}`;
  const list = typeof clients === "function" ? clients(issuer) : clients;
  const signed = list.map((client) => ({ id_token_signed_response_alg: algorithms[0], ...client }));
  const provider = new Provider(issuer, configuration({ accounts, algorithms, claimsInIdToken, clients: signed, extra, ttl }));
  allowPlainHttp(provider);
  const tokenRequests = [];
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route === "token") {
      tokenRequests.push(tokenRequest(context));
    }
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });

  async function handle(request, response) {
    if (readLog && request.url === "/test/token-requests") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(tokenRequests));
      return;
    }
    if (!(await answerInteraction(provider, accounts, request, response))) {
      await answer(request, response);
    }
  }

  return {
    issuer,
    port: server.address().port,
    provider,
    tokenRequests,
    close: () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      return closed;
    },
  };
}

/**
 * A client that gets ID tokens without a code must have redirect URIs with https (OpenID Connect Registration, section
 * 2), which nothing on this machine has. All other rules hold.
 */
function allowPlainHttp(provider) {
  const schema = provider.Client.Schema.prototype;
  const { invalidate } = schema;
  schema.invalidate = function invalidateOther(message, code) {
    if (code !== "implicit-force-https" && code !== "implicit-forbid-localhost") invalidate.call(this, message, code);
  };
}

function tokenRequest(context) {
  return {
    authorization: context.get("authorization").split(" ")[0] || null,
    accept: context.get("accept") || null,
    parameters: { ...context.oidc.body },
    status: context.status,
  };
}
