/** A timestamp server on the loopback address: `openssl ts` with a certificate of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TimeStampServer = Readonly<{
  url: URL;
  /** The certificate of its authority, and of another one. PEM. */
  authority: string;
  stranger: string;
  /** The next answer has this status, or this body. */
  answerNext(how: number | string): void;
  close(): Promise<void>;
}>;

const isThere = (() => {
  try {
    return execFileSync('openssl', ['version']).includes('OpenSSL');
  } catch {
    return false;
  }
})();

/** Undefined if there is no `openssl` on this machine. */
export async function openTimeStampServer(): Promise<TimeStampServer | undefined> {
  if (!isThere) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-tsa-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  for (const name of ['ca', 'stranger'])
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=The ${name}`,
    );
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test clock');
  writeFileSync(file('ext'), 'extendedKeyUsage=critical,timeStamping\n');
  writeFileSync(file('serial'), '01\n');
  writeFileSync(
    file('tsa.cnf'),
    '[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\ness_cert_id_alg=sha256\n',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'tsa.pem',
    '-extfile',
    'ext',
  );

  let next: number | string | undefined;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const how = next;
    next = undefined;
    if (typeof how === 'number') return response.writeHead(how).end('no');
    if (how !== undefined) return response.writeHead(200).end(how);
    writeFileSync(file('query'), Buffer.concat(parts));
    openssl(
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-queryfile',
      'query',
      '-inkey',
      'tsa.key',
      '-signer',
      'tsa.pem',
      '-out',
      'reply',
    );
    return response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(readFileSync(file('reply')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`),
    authority: readFileSync(file('ca.pem'), 'utf8'),
    stranger: readFileSync(file('stranger.pem'), 'utf8'),
    answerNext(how) {
      next = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
      }),
  };
}
