// Starts the API: `node site/api/main.js` with PORT, and DEMO_API_SECRET, which every client has to show.
import { startApi } from "./index.js";

const { origin } = await startApi({ port: Number(process.env.PORT), sharedSecret: process.env.DEMO_API_SECRET });
console.log(`listening ${origin}`);
