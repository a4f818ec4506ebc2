import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { postgres } from '#adapters/postgres/client.ts';
import { databaseAddress, databaseAddressProblem } from '#model/sql/database-address.ts';

const PASSWORD = 'hunter2-S3CR3T';

/** A server that answers every connection with these bytes, or never. */
async function listening(answer: Uint8Array | undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => answer && socket.write(answer));
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

const source = (port: number, more = '?sslmode=disable') =>
  postgres({
    address: databaseAddress(`postgresql://me:${PASSWORD}@127.0.0.1:${port}/shop${more}`, 'postgresql'),
    connectMs: 200,
  });

/** Of the protocol: `E`, its length, fields that end with a zero. */
function refusal(code: string, message: string): Uint8Array {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => expect.fail('it should have failed'),
    (reason: unknown) => reason,
  );
  expect(`${error} ${JSON.stringify(error)}`).not.toContain(PASSWORD);
  return error;
}

describe('a Postgres', () => {
  test('that never answers is given up with the time to connect, and with the signal', async () => {
    const port = await listening(undefined);
    const open = (signal: AbortSignal) => source(port).openStatistics({ pauseMs: undefined }, signal);
    expect(await failureOf(open(new AbortController().signal))).toMatchObject({ code: 'SH_UNREACHABLE' });
    expect(await failureOf(open(AbortSignal.abort(new Error('done'))))).toMatchObject({ code: 'SH_UNREACHABLE' });
  });

  test('that refuses the password says what to check', async () => {
    const port = await listening(refusal('28P01', 'password authentication failed for user "me"'));
    const error = await failureOf(source(port).openStatistics({ pauseMs: 1 }, new AbortController().signal));
    expect(error).toMatchObject({ code: 'SH_DATABASE_REFUSED', advice: expect.stringContaining('pg_hba.conf') });
  });

  test('that has no connection left has said something about itself', async () => {
    const port = await listening(refusal('53300', 'sorry, too many clients already'));
    const body = await source(port).openStatistics({ pauseMs: 1 }, new AbortController().signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.chunks) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString('utf8'))).toMatchObject({
      reading: 'postgresql',
      source: 'postgres 127.0.0.1/shop',
      refusal: 'sorry, too many clients already',
    });
  });

  test('that cannot encrypt is not asked in the clear', async () => {
    const port = await listening(Buffer.from('N'));
    const { ok, remedy } = await source(port, '').check(new AbortController().signal);
    expect({ ok, remedy }).toEqual({ ok: false, remedy: expect.stringContaining('?sslmode=disable') });
  });
});

describe('the address of a database', () => {
  test.each([
    ['https://db1/shop', 'must be an address such as postgresql://user:password@host/database'],
    ['postgresql://db1/shop', 'has no user'],
    ['postgresql://me@db1/shop?sslmode=prefer', 'sslmode must be disable, require'],
    ['postgresql://me@db1/shop?options=-c', 'only sslmode and sslrootcert'],
    ['postgresql://me:a%zz@db1/shop', 'percent-encoded'],
  ])('%s is refused', (text, problem) => {
    expect(databaseAddressProblem(text, 'postgresql')).toContain(problem);
  });

  test('is read with what is left out', () => {
    const text = 'postgres://me:a%40b%2C@[::1]/shop?sslrootcert=/ca.pem';
    expect(databaseAddressProblem(text, 'postgresql')).toBe('');
    expect(databaseAddress(text, 'postgresql')).toEqual({
      host: '::1',
      port: 5432,
      user: 'me',
      password: 'a@b,',
      database: 'shop',
      tls: 'verify',
      authorities: '/ca.pem',
    });
  });
});
