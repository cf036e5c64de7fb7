// How oidc-provider is set up: PKCE for every code, no consent page, and every claim in the ID token.
import { randomBytes } from "node:crypto";
import { interactionPolicy } from "oidc-provider";
import { accountFinder } from "./accounts.js";
import { signingKeys } from "./keys.js";
import { contentSecurityPolicy, errorPage, logoutPage, signedOutPage } from "./pages.js";

const claims = {
  openid: ["sub"],
  email: ["email", "email_verified"],
  profile: ["name", "preferred_username", "department"],
  groups: ["groups", "realm_access"],
};

/**
 * The clients of the demo, for a gateway at `gateway`, an origin: two of the gateway's, and a program's. As the first,
 * a page of the site may ask for an ID token, which comes to `/handover/done`.
 */
export function demoClients({ gateway, clientSecret }) {
  const shared = {
    redirect_uris: [`${gateway}/auth/callback/demo`],
    post_logout_redirect_uris: [`${gateway}/auth/signed-out`],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  };
  return [
    {
      ...shared,
      redirect_uris: [...shared.redirect_uris, `${gateway}/handover/done`],
      grant_types: [...shared.grant_types, "implicit"],
      response_types: [...shared.response_types, "id_token"],
      client_id: "lychgate-demo",
      client_secret: clientSecret,
      token_endpoint_auth_method: "client_secret_basic",
    },
    { ...shared, client_id: "lychgate-public", token_endpoint_auth_method: "none" },
    {
      client_id: "demo-service",
      client_secret: "demo-service-secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ];
}

/** The configuration for `new Provider`; every option is explained at `startProvider`. */
export function configuration({ accounts, algorithms, claimsInIdToken, clients, extra, ttl }) {
  return {
    accessTokenFormat: "opaque",
    acrValues: ["gold"],
    claims,
    clients,
    conformIdTokenClaims: !claimsInIdToken,
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    enabledJWA: { idTokenSigningAlgValues: algorithms, userinfoSigningAlgValues: algorithms },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: show(logoutPage), postLogoutSuccessSource: show(signedOutPage) },
    },
    findAccount: accountFinder(accounts),
    interactions: { policy: policyWithoutConsent(), url: (_context, { uid }) => `/interaction/${uid}` },
    jwks: signingKeys(algorithms),
    loadExistingGrant: grantEverythingAsked,
    pkce: { required: () => true },
    responseTypes: ["code", "id_token"],
    renderError: async (context, out) => show(errorPage)(context, out),
    scopes: ["openid", "offline_access"],
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, RefreshToken: 86400, Session: 86400, Grant: 86400, ...ttl },
    ...extra,
  };
}

function policyWithoutConsent() {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return policy;
}

async function grantEverythingAsked(context) {
  const { client, params, provider, session } = context.oidc;
  const held = session.grantIdFor(client.clientId);
  const grant = (held && (await provider.Grant.find(held))) || new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

function show(page) {
  return async (context, content) => {
    context.type = "html";
    context.set("content-security-policy", contentSecurityPolicy);
    context.set("cache-control", "no-store");
    context.body = page(content);
  };
}
