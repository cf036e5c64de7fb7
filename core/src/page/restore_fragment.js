const { to, attempt } = document.currentScript.dataset;
const prefix = "lychgate-fragment-";
let hash;
try {
  hash = sessionStorage.getItem(prefix + attempt);
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
} catch {}
location.replace(hash?.startsWith("#") ? to + hash : to);
