/** A way to a server that a test can cut or silence. */
import { connect, createServer, type Socket } from 'node:net';

export type TcpProxy = Readonly<{
  port: number;
  /** `away`: refuses and ends connections. `silent`: accepts bytes and passes none on, as a network that drops packets. */
  set(state: 'well' | 'away' | 'silent'): void;
  close(): Promise<void>;
}>;

export async function openTcpProxy(toPort: number): Promise<TcpProxy> {
  let state: 'well' | 'away' | 'silent' = 'well';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (state === 'away') return void socket.destroy();
    const inner = connect(toPort, '127.0.0.1');
    for (const [from, to] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (state === 'well') to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    set(next) {
      state = next;
      // What a silent network swallowed is lost: its connections cannot go on.
      if (next !== 'silent') cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
