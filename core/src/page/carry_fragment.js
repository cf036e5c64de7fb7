const { to } = document.currentScript.dataset;
location.replace(to + location.hash);
