const { to, attempt } = document.currentScript.dataset;
const { hash } = location;
try {
  if (hash && !hash[4096]) sessionStorage.setItem("lychgate-fragment-" + attempt, hash);
} catch {}
location.replace(to);
