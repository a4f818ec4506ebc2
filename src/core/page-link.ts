/**
 * Personal links to pages. A link says who may open what and until when, and a keyed hash covers all of it (HMAC-SHA-256,
 * RFC 2104): nobody makes or changes one without the key.
 *
 *   eyJpbmNpZGVudElkIjoi….3q2-7w…     the claims in base64url, and their hash
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export type PageClaims = Readonly<{
  incidentId: string;
  workspaceId: string;
  /** The person for whom the link was made. */
  userId: string;
  /** Microseconds since the epoch. */
  madeUs: number;
}>;

export type PageLinks = Readonly<{
  made(claims: PageClaims): string;
  /** Undefined for a text that no holder of the key made. */
  read(token: string): PageClaims | undefined;
  /** Proves that a form came from the page of this link. */
  formToken(token: string): string;
  isFormToken(token: string, given: string): boolean;
}>;

const KEY_BYTES = 32;
/** Ours have about 250 characters. */
const MOST_CHARS = 1_000;

/** The same `secret` reads the links of every replica and of an earlier process. */
export function pageLinks(secret: string): PageLinks {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'spanhound.page-link/1', KEY_BYTES));
  const hashOf = (purpose: 'link' | 'form', text: string) =>
    createHmac('sha256', key).update(`${purpose}:${text}`).digest('base64url');
  const formToken = (token: string) => hashOf('form', token);
  return {
    made(claims) {
      const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `${text}.${hashOf('link', text)}`;
    },
    read(token) {
      const [text = '', hash = '', ...more] = token.length > MOST_CHARS ? [] : token.split('.');
      if (more.length > 0 || !isEqual(hash, hashOf('link', text))) return undefined;
      return JSON.parse(Buffer.from(text, 'base64url').toString()) as PageClaims;
    },
    formToken,
    isFormToken: (token, given) => isEqual(given, formToken(token)),
  };
}

/** Takes the same time for every text of the same length. */
function isEqual(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
