/** Asks a timestamp server (RFC 3161, over HTTP) to stamp a text. */
import { createHash, randomBytes } from 'node:crypto';
import { Integer, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq, TimeStampResp } from 'pkijs';
import { request } from 'undici';
import { BackendError, NotABackendError, UnreachableError } from '#core/errors.ts';
import type { StampText } from '#model/incident/timestamp.ts';
import { checkedToken } from './token.ts';

const NAME = 'the timestamp server';
const CHECK = { address: 'TIMESTAMP_URL', credentials: 'TIMESTAMP_URL' };
const SHA_256 = '2.16.840.1.101.3.4.2.1';
/** RFC 3161, section 2.4.2: granted, and granted with changes. */
const GRANTED = [0, 1];
const NONCE_BYTES = 8;
const TIMEOUT_MS = 15_000;
/** A token has a few kilobytes, with its certificates. */
const MAX_BYTES = 100_000;

export function timeStampServer(url: URL): StampText {
  return async (text, signal) => {
    const nonce = randomBytes(NONCE_BYTES);
    // DER allows no leading zeros, and a set first bit would be a negative number.
    nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
    const answer = await asked(url, queryFor(text, nonce), signal);
    const { status, timeStampToken } = responseIn(answer);
    if (timeStampToken === undefined || !GRANTED.includes(status.status)) {
      throw new BackendError(NAME, 200, 'a query', { reason: `status ${status.status}`, check: CHECK });
    }
    const token = Buffer.from(timeStampToken.toSchema().toBER()).toString('base64');
    // It may have stamped something else.
    const { problem } = await checkedToken(token, text, '');
    if (problem !== '') throw new BackendError(NAME, 200, 'a query', { reason: problem, check: CHECK });
    return token;
  };
}

/** Asks for the certificate, so that the token can be checked without the server. */
function queryFor(text: string, nonce: Uint8Array): Uint8Array {
  const hashedMessage = new OctetString({
    valueHex: Uint8Array.from(createHash('sha256').update(text).digest()).buffer,
  });
  const hashAlgorithm = new AlgorithmIdentifier({ algorithmId: SHA_256 });
  const query = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({ hashAlgorithm, hashedMessage }),
    nonce: new Integer({ valueHex: Uint8Array.from(nonce).buffer }),
    certReq: true,
  });
  return new Uint8Array(query.toSchema().toBER());
}

function responseIn(bytes: Uint8Array): TimeStampResp {
  try {
    return TimeStampResp.fromBER(Uint8Array.from(bytes).buffer);
  } catch {
    throw new NotABackendError(NAME, 'a query', CHECK);
  }
}

async function asked(url: URL, query: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: query,
      signal,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of body as AsyncIterable<Uint8Array>) {
      bytes += part.length;
      if (bytes > MAX_BYTES) throw new BackendError(NAME, statusCode, 'a query', { reason: 'too large', check: CHECK });
      parts.push(part);
    }
    if (statusCode !== 200) throw new BackendError(NAME, statusCode, 'a query', { check: CHECK });
    return Buffer.concat(parts);
  } catch (error) {
    if (error instanceof BackendError) throw error;
    throw new UnreachableError(NAME, error instanceof Error ? error.message : `${error}`, { check: CHECK });
  }
}
