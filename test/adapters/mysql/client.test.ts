import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mysql } from '#adapters/mysql/client.ts';
import { databaseAddress, databaseAddressProblem } from '#model/sql/database-address.ts';

const PASSWORD = 'hunter2-S3CR3T';

/** A server that greets every connection with these bytes, or never. */
async function listening(greeting: Uint8Array | undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (greeting) socket.write(greeting);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : expect.fail();
}

const source = (port: number) =>
  mysql({
    address: databaseAddress(`mysql://me:${PASSWORD}@127.0.0.1:${port}?sslmode=disable`, 'mysql'),
    connectMs: 200,
  });

/** The packet of an error, in place of a greeting. */
function refusal(number: number, message: string): Uint8Array {
  const body = Buffer.concat([Buffer.from([0xff, number & 0xff, number >> 8]), Buffer.from(message)]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
}

describe('a MySQL', () => {
  test('that never answers is given up with the time to connect, and with the signal', async () => {
    const port = await listening(undefined);
    for (const signal of [new AbortController().signal, AbortSignal.abort(new Error('done'))]) {
      const error = await source(port)
        .openStatistics({ pauseMs: undefined }, signal)
        .then(() => expect.fail('it should have failed'))
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'SH_UNREACHABLE' });
      expect(`${error} ${JSON.stringify(error)}`).not.toContain(PASSWORD);
    }
  });

  test('that has no connection left has said something about itself', async () => {
    const port = await listening(refusal(1040, 'Too many connections'));
    const body = await source(port).openStatistics({ pauseMs: 1 }, new AbortController().signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.chunks) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString('utf8'))).toMatchObject({
      reading: 'mysql',
      source: 'mysql 127.0.0.1',
      refusal: 'Too many connections',
    });
  });

  test('that refuses says what to check', async () => {
    const port = await listening(refusal(1045, "Access denied for user 'me'"));
    expect(await source(port).check(new AbortController().signal)).toMatchObject({
      ok: false,
      remedy: 'Check the user and the password in MYSQL_STATISTICS_URL.',
    });
  });

  test('has an address of its own kind', () => {
    expect(databaseAddressProblem('mariadb://me@db3', 'mysql')).toBe('');
    expect(databaseAddressProblem('postgresql://me@db3/shop', 'mysql')).toContain(
      'mysql://user:password@host/database',
    );
  });
});
