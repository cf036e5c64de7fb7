// Ports of this machine that the system gives to nobody else, for programs that have to be told one.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Reserves `wanted` on 127.0.0.1, or any port that is free. Returns `port` and `release()`.
 *
 * A connection that was accepted on it stays open: for as long as it does, the system hands the port out to nobody who
 * asks for any free one, and a server that is given this one listens on it, as one that was started anew does beside
 * the connections of the one before. So there is no moment at which it is free, also while that server is started anew.
 * It keeps no process from ending.
 */
export async function reservePort(wanted = 0) {
  const server = createServer();
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const asking = connect(port, "127.0.0.1");
  const [[accepted]] = await Promise.all([once(server, "connection"), once(asking, "connect")]);
  server.close();
  const held = [asking, accepted];
  for (const socket of held) socket.unref();
  return { port, release: () => held.forEach((socket) => socket.destroy()) };
}

/** Reserves `count` ports in a row; the first of them. */
export async function reserveRow(count) {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const row = [];
    try {
      row.push(await reservePort());
      while (row.length < count) row.push(await reservePort(row[0].port + row.length));
      return row[0].port;
    } catch {
      // Somebody has one of them.
      for (const { release } of row) release();
    }
  }
  throw new Error(`no ${count} free ports in a row`);
}
