// The least that can stand between a browser and an upstream: each request goes there as it came.
export default {
  fetch(request, env) {
    if (env.ASSETS) return env.ASSETS.fetch(request);
    const { pathname, search } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname + search, request);
  },
};
