// The login form: the one page between the authorization request and the code.
import { passwordFits } from "./accounts.js";
import { contentSecurityPolicy, loginPage } from "./pages.js";

/** More than any login and password need. */
const bodyLimit = 8 * 1024;

/** Answers `/interaction/...` and says so; false leaves the request to the provider. */
export async function answerInteraction(provider, accounts, request, response) {
  const { pathname } = new URL(request.url, "http://provider.invalid");
  if (!pathname.startsWith("/interaction/")) {
    return false;
  }
  let details;
  try {
    details = await provider.interactionDetails(request, response);
  } catch {
    send(response, 400, "This sign-in has expired. Go back to the site and start again.\n", "text/plain; charset=utf-8");
    return true;
  }
  if (request.method !== "POST") {
    sendForm(response, 200, { action: pathname, login: details.params.login_hint });
    return true;
  }
  const form = await readForm(request);
  const login = form.get("login") ?? "";
  if (!passwordFits(accounts, login, form.get("password") ?? "")) {
    sendForm(response, 401, { action: pathname, login, wrong: true });
    return true;
  }
  // A password is all there is, and passes for whatever way to authenticate was asked for.
  const acr = details.params.acr_values?.split(" ")[0];
  const result = { login: { accountId: login, amr: ["pwd"], acr } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  return true;
}

async function readForm(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > bodyLimit) {
      return new URLSearchParams();
    }
  }
  return new URLSearchParams(text);
}

function sendForm(response, status, content) {
  send(response, status, loginPage(content), "text/html; charset=utf-8");
}

function send(response, status, body, type) {
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy,
    "content-type": type,
    "referrer-policy": "no-referrer",
  });
  response.end(body);
}
