// A real issuer of access tokens: oidc-provider with the client credentials grant (RFC 6749, section 4.4), whose keys can
// be changed and which can be taken down. With a resource indicator (RFC 8707) they are JWTs, without one opaque, and its
// introspection endpoint tells about those (RFC 7662), signed where it is asked to sign (RFC 9701).
//
// Prints its port on a line of its own, and ends when its standard input does. Beside the provider's endpoints it answers
//
// - POST /test/rotate   signs with a new key from here on, and publishes no other
// - POST /test/down     answers everything else with an error page
// - POST /test/up       the provider again
// - GET  /test/keys     how often the key set was asked for
// - GET  /test/asked    how often it was asked about a token
import { once } from "node:events";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";
import { signingKeys } from "../../site/provider/keys.js";

const audience = "https://api.example.com";
const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

let generation = 0;
let answer;
let down = false;
let keyRequests = 0;
let questions = 0;

const rotate = () => {
  generation += 1;
  const { keys } = signingKeys(["ES256"]);
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [
      {
        client_id: "robot",
        client_secret: "robot-secret",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: "ES256",
        introspection_signed_response_alg: "ES256",
      },
      {
        client_id: "edge",
        client_secret: "edge-secret",
        grant_types: [],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: "ES256",
        introspection_signed_response_alg: "ES256",
      },
    ],
    enabledJWA: {
      idTokenSigningAlgValues: ["ES256"],
      introspectionSigningAlgValues: ["ES256"],
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          audience,
          scope: "read items:write",
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    jwks: { keys: keys.map((key) => ({ ...key, kid: `generation-${generation}` })) },
  });
  answer = provider.callback();
};
rotate();

const controls = {
  "POST /test/rotate": rotate,
  "POST /test/down": () => (down = true),
  "POST /test/up": () => (down = false),
  "GET /test/keys": () => keyRequests,
  "GET /test/asked": () => questions,
};

server.on("request", (request, response) => {
  const control = controls[`${request.method} ${request.url}`];
  if (control !== undefined) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ said: control() ?? null }));
    return;
  }
  if (request.url === "/jwks") keyRequests += 1;
  if (request.url === "/token/introspection") questions += 1;
  if (down) {
    response.writeHead(502, { "content-type": "text/html" });
    response.end("<h1>Bad gateway</h1>");
    return;
  }
  answer(request, response);
});

console.log(port);

process.stdin.resume();
await once(process.stdin, "end");
process.exit(0);
