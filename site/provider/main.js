// Starts the provider: `node site/provider/main.js`.
//
// PORT, GATEWAY (the gateway's origin) and DEMO_CLIENT_SECRET describe the demo; instead of them,
// PROVIDER_OPTIONS may hold the options of `startProvider` as JSON. The first line printed is
// `listening <issuer>`.
import { demoClients, startProvider } from "./index.js";

const { PORT, GATEWAY, DEMO_CLIENT_SECRET, PROVIDER_OPTIONS } = process.env;
const { issuer } = await startProvider(
  PROVIDER_OPTIONS
    ? JSON.parse(PROVIDER_OPTIONS)
    : { port: Number(PORT), clients: demoClients({ gateway: GATEWAY, clientSecret: DEMO_CLIENT_SECRET }) },
);
console.log(`listening ${issuer}`);
