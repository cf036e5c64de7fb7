// Stands in front of the built Worker in tests: counts what it asks of its bindings, and lets them fail.
//
// `GET /.test/calls` answers the calls since the last such request, `GET /.test/points` the points that were
// written to the data set; `POST /.test/faults` takes
// `{store?: "fail" | "missing" | "hang", ledger?: "fail" | "hang", log?: "fail"}`.
import worker, { Ledger } from "./index.js";

export { Ledger };

let calls = [];
let points = [];
let faults = {};

const failing = () => {
  throw new Error("the test says so");
};

for (const name of ["log", "warn", "error"]) {
  const write = console[name];
  console[name] = (...words) => (faults.log === "fail" ? failing() : write(...words));
}

const store = (real) => {
  const counted = (name, otherwise) => (...parameters) => {
    calls.push(`store ${name}`);
    if (faults.store === "fail") failing();
    if (faults.store === "hang") return new Promise(() => {});
    return faults.store === "missing" && otherwise ? otherwise() : real[name](...parameters);
  };
  return {
    get: counted("get", async () => null),
    getWithMetadata: counted("getWithMetadata", async () => ({ value: null, metadata: null })),
    put: counted("put"),
    delete: counted("delete"),
  };
};

const ledger = (real) => ({
  idFromName: (name) => real.idFromName(name),
  get: (...parameters) => {
    const object = real.get(...parameters);
    return {
      fetch: (...request) => {
        calls.push("ledger");
        if (faults.ledger === "fail") failing();
        if (faults.ledger === "hang") return new Promise(() => {});
        return object.fetch(...request);
      },
    };
  },
});

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/.test/calls") {
      const made = calls;
      calls = [];
      return Response.json(made);
    }
    if (pathname === "/.test/points") {
      return Response.json(points.splice(0));
    }
    if (pathname === "/.test/faults") {
      faults = await request.json();
      return Response.json(true);
    }
    const dataset = {
      writeDataPoint(point) {
        // The real one says whether it is a point at all.
        env.LYCHGATE_METRICS.writeDataPoint(point);
        points.push(point);
      },
    };
    const bindings = { ...env, LYCHGATE_METRICS: dataset, LYCHGATE_STORE: store(env.LYCHGATE_STORE), LYCHGATE_LEDGER: ledger(env.LYCHGATE_LEDGER) };
    return worker.fetch(request, bindings, context);
  },
};
