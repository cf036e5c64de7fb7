// Shows who is signed in and what the gate and the API answer. Every page works without it.

// Nobody is an answer like any other here: a 401 would stand as an error in the console of every browser.
const SESSION = "/auth/session?optional";

async function json(url) {
  const answer = await fetch(url, {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    cache: "no-store",
  });
  let body = null;
  try {
    body = await answer.json();
  } catch {
    // Not JSON: the status alone counts.
  }
  return { status: answer.status, body };
}

/** "in" with the answer, "out" where nobody is signed in, "unknown" for everything else. */
async function session() {
  try {
    const { status, body } = await json(SESSION);
    if (status === 200 && body !== null && typeof body === "object") {
      return body.signed_in === false ? { state: "out" } : { state: "in", body };
    }
    return { state: status === 401 ? "out" : "unknown" };
  } catch {
    return { state: "unknown" };
  }
}

/** The best name the answer has, at its top level or among the claims. */
function displayName(body) {
  const places = [body, body.user, body.claims];
  for (const member of ["name", "preferred_username", "email", "sub", "subject"]) {
    for (const place of places) {
      const value = place?.[member];
      if (typeof value === "string" && value !== "") return value;
    }
  }
  return "someone";
}

/** Members of the answer that hold seconds since 1970. */
const TIMES = ["auth_time", "created", "expires"];

function readable(value, name) {
  if (TIMES.includes(name) && Number.isFinite(value)) return new Date(value * 1000).toLocaleString();
  if (Array.isArray(value)) return value.map((item) => readable(item)).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A nested object becomes rows of its own, so that claims read like the rest; what stands twice is shown once. */
function rows(body) {
  const found = Object.entries(body).flatMap(([name, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? rows(value)
      : [[name, readable(value, name)]],
  );
  return [...new Map(found)];
}

function fillList(list, entries) {
  list.replaceChildren(
    ...entries.flatMap(([name, value]) => {
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = name;
      detail.textContent = value;
      return [term, detail];
    }),
  );
}

async function showSession() {
  const { state, body } = await session();
  for (const account of document.querySelectorAll("[data-state]")) {
    account.dataset.state = state;
    const who = account.querySelector("[data-who] b");
    if (who && body) who.textContent = displayName(body);
  }
  const list = document.querySelector("[data-session]");
  if (list && body) fillList(list, rows(body));
  if (list && !body) fillList(list, [["session", state === "out" ? "none" : "no answer"]]);
  return state;
}

function showQuery() {
  const list = document.querySelector("[data-query]");
  if (!list) return;
  const query = location.search;
  const parameters = [...new URLSearchParams(query)];
  fillList(list, [["as it arrived", query === "" ? "no query" : query], ...parameters]);
}

function offerApi() {
  const button = document.querySelector("[data-call]");
  const output = document.querySelector("[data-answer]");
  if (!button || !output) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    output.hidden = false;
    output.textContent = "Waiting for the API.";
    try {
      const { status, body } = await json(button.dataset.call);
      output.textContent = `${status}\n${JSON.stringify(body, null, 2)}`;
    } catch {
      output.textContent = "The API gave no answer. Check the connection and call it again.";
    }
  });
}

showQuery();
offerApi();
showSession();

// A script of a page has signed someone in.
document.addEventListener("signed-in", showSession);

// A page brought back by the back button may be older than the session: ask again, and where the
// page itself is for members, let the gate decide anew.
addEventListener("pageshow", async (event) => {
  if (!event.persisted) return;
  const state = await showSession();
  if (state !== "in" && document.documentElement.dataset.protected !== undefined) location.reload();
});
