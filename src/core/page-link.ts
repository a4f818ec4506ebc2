/**
 * Personal links to pages. A link says who may open what and until when, and a keyed hash covers all of it (HMAC-SHA-256,
 * RFC 2104): nobody makes or changes one without the key. The hash covers the page, too: whoever passes on a link to one
 * page passes on no other page.
 *
 *   WyIwMTliOTAwMC0wMDAw….3q2-7w…     the claims as a list in base64url, and their hash
 *
 * A JSON object in base64url begins with `eyJ`, as a JSON Web Token does: redaction would take it for a credential.
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

export const PAGE_NAMES = ['postmortem', 'timeline'] as const;

export type PageName = (typeof PAGE_NAMES)[number];

export type PageLinks = Readonly<{
  made(page: PageName, claims: PageClaims): string;
  /** Undefined for a text that no holder of the key made for this page. */
  read(page: PageName, token: string): PageClaims | undefined;
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
  const hashOf = (purpose: PageName | 'form', text: string) =>
    createHmac('sha256', key).update(`${purpose}:${text}`).digest('base64url');
  const formToken = (token: string) => hashOf('form', token);
  return {
    made(page, claims) {
      const { incidentId, workspaceId, userId, madeUs } = claims;
      const text = Buffer.from(JSON.stringify([incidentId, workspaceId, userId, madeUs])).toString('base64url');
      return `${text}.${hashOf(page, text)}`;
    },
    read(page, token) {
      const [text = '', hash = '', ...more] = token.length > MOST_CHARS ? [] : token.split('.');
      if (more.length > 0 || !isEqual(hash, hashOf(page, text))) return undefined;
      return claimsIn(JSON.parse(Buffer.from(text, 'base64url').toString()));
    },
    formToken,
    isFormToken: (token, given) => isEqual(given, formToken(token)),
  };
}

/** Undefined for a link of an earlier version. */
function claimsIn(list: unknown): PageClaims | undefined {
  if (!Array.isArray(list)) return undefined;
  const [incidentId, workspaceId, userId, madeUs] = list as [string, string, string, number];
  return { incidentId, workspaceId, userId, madeUs };
}

/** Takes the same time for every text of the same length. */
function isEqual(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
