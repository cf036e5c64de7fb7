// The work of Lychgate on a route that needs a session and a group, done with Auth.js: the session stands in its
// encrypted cookie, the group in the session, and the upstream learns who asks and that we say so.
//
// READS says how the session is read: "session", as the integrations of Auth.js with frameworks do it, through its
// own endpoint, which also writes the cookie anew; "token", by the one function that opens the cookie and does
// nothing else.
import { Auth } from "@auth/core";
import { getToken } from "@auth/core/jwt";

const GROUPS = { members: "members", staff: "staff" };

/** The answers of one deployment to what Auth.js asks. */
const configured = (env) => ({
  basePath: "/auth",
  secret: env.AUTH_SECRET,
  session: { strategy: "jwt" },
  trustHost: true,
  providers: [
    {
      id: "demo",
      name: "demo",
      type: "oidc",
      issuer: env.ISSUER,
      clientId: "lychgate-demo",
      clientSecret: env.DEMO_CLIENT_SECRET,
      authorization: { params: { scope: "openid email profile groups" } },
      checks: ["pkce", "state", "nonce"],
      profile: ({ sub, name, email, groups }) => ({ id: sub, name, email, groups }),
    },
  ],
  callbacks: {
    jwt: ({ token, profile }) =>
      profile ? { ...token, sub: profile.sub, issuer: profile.iss, groups: profile.groups } : token,
    session: ({ session, token: { sub, issuer, groups } }) => ({ ...session, sub, issuer, groups, email: session.user.email }),
  },
});

let configuration;

/** `{sub, issuer, email, groups}` and the cookies to set, or nothing. */
const visitor = async (request, env) => {
  if (env.READS === "token") {
    const token = await getToken({ req: request, secret: env.AUTH_SECRET, secureCookie: false });
    return { who: token, cookies: [] };
  }
  const asked = new Request(new URL("/auth/session", request.url), {
    headers: { cookie: request.headers.get("cookie") ?? "" },
  });
  const response = await Auth(asked, configuration);
  return { who: await response.json(), cookies: response.headers.getSetCookie() };
};

const unless = (request, { pathname }) => {
  if (request.headers.get("sec-fetch-mode") !== "navigate") return new Response("not signed in\n", { status: 401 });
  const location = `/auth/signin?callbackUrl=${encodeURIComponent(pathname)}`;
  return new Response(null, { status: 302, headers: { location } });
};

/** Without the cookies of Auth.js. */
const others = (cookie) =>
  cookie
    .split("; ")
    .filter((pair) => !pair.startsWith("authjs."))
    .join("; ");

export default {
  async fetch(request, env) {
    configuration ??= configured(env);
    const url = new URL(request.url);
    if (url.pathname.startsWith("/auth/")) return Auth(request, configuration);
    const { who, cookies } = await visitor(request, env);
    if (!who) return unless(request, url);
    const group = GROUPS[url.pathname.split("/")[1]];
    if (!who.groups.includes(group)) return new Response("not permitted\n", { status: 403 });

    const headers = new Headers(request.headers);
    const rest = others(headers.get("cookie") ?? "");
    if (rest) headers.set("cookie", rest);
    else headers.delete("cookie");
    headers.set("lychgate-user", who.sub);
    headers.set("lychgate-issuer", who.issuer);
    headers.set("lychgate-email", who.email);
    headers.set("lychgate-groups", who.groups.join(","));
    headers.set("lychgate-secret", env.API_SECRET);
    const { method, body } = request;
    const target = env.UPSTREAM + url.pathname + url.search;
    const response = await fetch(target, { method, headers, body, redirect: "manual", cache: "no-store" });
    const answer = new Response(response.body, response);
    answer.headers.set("cache-control", "private, no-store");
    for (const field of cookies) answer.headers.append("set-cookie", field);
    return answer;
  },
};
