/**
 * Signed heads of the audit log. A signature over the hash of an entry covers that entry and, through the chain, all
 * before it. A head that was anchored outside of the store reveals a cut end, whoever has the private key.
 *
 *   entry 1 ◄── … ◄── entry 40 ◄── … ◄── entry 90     90 is not signed yet
 *                        ▲ signed
 */
import { isSigned, publicKeyOf, type Signature, type Signer, type TrustedKeys, trusted } from '#core/signature.ts';
import { audit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import { signedEntriesProblem } from '#record/signed-entries.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export type SignedHead = Readonly<{ seq: number; hash: string; atUs: number; signature: Signature }>;

/** The two entries that announce a key: it replaces another one, or a second installation on the store has its own. */
const KEY_ROTATED = 'key.rotated';
const KEY_JOINED = 'key.joined';

/** Another replica signs within a minute. If none does, its key is lost or it is gone. */
const VOUCHED_WITHIN_US = 5 * 60 * 1_000_000;

/** The exact text that a signature covers. */
function headText({ seq, hash, atUs }: Pick<SignedHead, 'seq' | 'hash' | 'atUs'>): string {
  return JSON.stringify(['spanhound.audit-head/1', seq, hash, atUs]);
}

/**
 * Signs the present head. Returns undefined if it is signed already, there is none, or the key may not sign yet: replicas
 * with folders of their own have keys of their own, and a key that the log does not know yet announces itself first. So
 * whoever trusts the first key can trust all of them.
 *
 *   first key: ─ sign 40 ────────────── sign 51 ──────
 *   new key:              key.joined 51          sign 60
 */
export async function signHead(tx: Tx, signer: Signer): Promise<SignedHead | undefined> {
  await tx.lock('audit');
  if (!(await maySign(tx, signer))) return undefined;
  const head = await tx.db.selectFrom('audit_head').selectAll().executeTakeFirst();
  if (head === undefined) return undefined;
  const unsigned = { seq: head.seq, hash: head.hash, atUs: tx.nowUs };
  const { keyId, value } = signer.sign(headText(unsigned));
  const inserted = await tx.db
    .insertInto('audit_signatures')
    .values({ seq: head.seq, hash: head.hash, at_us: tx.nowUs, key_id: keyId, signature: value })
    .onConflict((conflict) => conflict.column('seq').doNothing())
    .returning('seq')
    .executeTakeFirst();
  return inserted === undefined ? undefined : { ...unsigned, signature: { keyId, value } };
}

async function maySign(tx: Tx, signer: Signer): Promise<boolean> {
  const { db, nowUs } = tx;
  const signed = await db
    .selectFrom('audit_signatures')
    .select((row) => ['key_id', row.fn.max('seq').as('seq')])
    .groupBy('key_id')
    .execute();
  const announced = await db
    .selectFrom('audit')
    .select(['action', 'subject', 'seq', 'at_us'])
    .where('action', 'in', [KEY_ROTATED, KEY_JOINED])
    .orderBy('seq')
    .execute();
  const mine = announced.find(({ subject }) => subject === signer.keyId);
  const hasSigned = signed.some(({ key_id }) => key_id === signer.keyId);
  // The first key announces itself when another one joins: whoever has only the other one can then trust it too.
  const isAlone = signed.length === 0 || (hasSigned && announced.every(({ action }) => action === KEY_ROTATED));
  if (mine === undefined && !isAlone) {
    const detail = { publicKey: signer.publicKey };
    await audit(tx, { workspaceId: '', actor: 'spanhound', action: KEY_JOINED, subject: signer.keyId, detail });
    return hasSigned;
  }
  if (mine === undefined || hasSigned) return true;
  return signed.some(({ seq }) => Number(seq) >= mine.seq) || nowUs - mine.at_us > VOUCHED_WITHIN_US;
}

/**
 * The log says which key comes next, and the old key signs that. So whoever trusts the old public key can trust the new
 * one.
 */
export async function rotateKey(tx: Tx, old: Signer, next: Signer, actor: string): Promise<void> {
  const detail = { from: old.keyId, to: next.keyId, publicKey: next.publicKey };
  await audit(tx, { workspaceId: '', actor, action: KEY_ROTATED, subject: next.keyId, detail });
  await signHead(tx, old);
}

export async function newestSignedHead({ db }: Reader): Promise<SignedHead | undefined> {
  const row = await db.selectFrom('audit_signatures').selectAll().orderBy('seq', 'desc').executeTakeFirst();
  return row && signedHeadOf(row);
}

export type SignatureState = Readonly<{
  ok: boolean;
  /** The last entry that a valid signature covers; 0 if none. */
  signedThrough: number;
  /** Who could have signed: the ids of all keys that are trusted at the end. */
  keys: readonly string[];
  problem: string;
}>;

export type SignatureCheck = Readonly<{
  /** Public keys, as PEM or base64: the first key of the installation, or a later one. */
  keys: readonly string[];
  /** Heads that were anchored outside of the store. */
  anchors: readonly SignedHead[];
  /** The bot may not have run since it wrote the last entries. Else entries without a signature are a problem. */
  mayBeUnsigned?: boolean | undefined;
}>;

/** An entry is signed within a minute. Older ones without a signature were written by somebody else. */
const SIGNED_WITHIN_US = 10 * 60 * 1_000_000;

/** The chain itself is checked by `verifyAudit`. */
export async function verifySignatures(
  store: Store,
  { keys, anchors, mayBeUnsigned = false }: SignatureCheck,
): Promise<SignatureState> {
  const known = trusted(keys.flatMap((text) => publicKeyOf(text) ?? []));
  const { signedFrom, signedThrough, problem: ofHeads } = await checkHeads(store, known);
  const problem =
    ofHeads ||
    (signedFrom === 0 ? '' : await signedEntriesProblem(store, signedFrom, known)) ||
    (await anchorProblem(store, anchors, known)) ||
    (mayBeUnsigned ? '' : await unsignedProblem(store, signedThrough));
  return { ok: problem === '', signedThrough, keys: [...known.keys()], problem };
}

/** `signedFrom`: the first entry that a trusted key signed; 0 if none. */
type CheckedHeads = Pick<SignatureState, 'signedThrough' | 'problem'> & Readonly<{ signedFrom: number }>;

/** Adds to `known` each key that a trusted key announced. */
async function checkHeads(store: Store, known: ReturnType<typeof trusted>): Promise<CheckedHeads> {
  const announcements = await announcedKeys(store);
  const rows = await store.db.selectFrom('audit_signatures').selectAll().orderBy('seq').execute();
  let [signedFrom, signedThrough] = [0, 0];
  for (const head of rows.map(signedHeadOf)) {
    // A check may begin with a later key. The chain holds what only earlier keys signed.
    if (signedThrough === 0 && !known.has(head.signature.keyId)) continue;
    const problem = await headProblem(store, head, known);
    if (problem !== '') return { signedFrom, signedThrough, problem };
    signedFrom ||= head.seq;
    signedThrough = head.seq;
    const announced = announcements
      .filter(({ seq }) => seq <= head.seq)
      .flatMap(({ publicKey }) => publicKeyOf(publicKey) ?? []);
    for (const [id, key] of trusted(announced)) known.set(id, key);
  }
  return { signedFrom, signedThrough, problem: '' };
}

async function headProblem(store: Store, head: SignedHead, known: TrustedKeys): Promise<string> {
  if (!known.has(head.signature.keyId)) return `signature of entry ${head.seq}: the key is not trusted`;
  if (!isSigned(headText(head), head.signature, known))
    return `signature of entry ${head.seq}: the signature is not valid`;
  return (await hashAt(store, head.seq)) === head.hash ? '' : `entry ${head.seq} is not the one that was signed`;
}

async function anchorProblem(store: Store, anchors: readonly SignedHead[], known: TrustedKeys): Promise<string> {
  for (const anchor of anchors) {
    if (!isSigned(headText(anchor), anchor.signature, known))
      return `the anchor of entry ${anchor.seq} has no valid signature of a trusted key`;
    if ((await hashAt(store, anchor.seq)) !== anchor.hash)
      return `entry ${anchor.seq} was anchored elsewhere, and the log does not contain it any more`;
  }
  return '';
}

async function unsignedProblem(store: Store, signedThrough: number): Promise<string> {
  const unsigned = await oldestAfter(store, signedThrough);
  const isLate = unsigned !== undefined && (await store.nowUs()) - unsigned.at_us > SIGNED_WITHIN_US;
  return isLate ? `entry ${unsigned.seq} and those after it are not signed` : '';
}

type Announced = Readonly<{ seq: number; publicKey: string }>;

async function announcedKeys({ db }: Reader): Promise<readonly Announced[]> {
  const rows = await db
    .selectFrom('audit')
    .select(['seq', 'detail'])
    .where('action', 'in', [KEY_ROTATED, KEY_JOINED])
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, detail }) => ({ seq, publicKey: `${JSON.parse(detail).publicKey}` }));
}

async function hashAt({ db }: Reader, seq: number): Promise<string | undefined> {
  return (await db.selectFrom('audit').select('hash').where('seq', '=', seq).executeTakeFirst())?.hash;
}

async function oldestAfter({ db }: Reader, seq: number) {
  return await db.selectFrom('audit').select(['seq', 'at_us']).where('seq', '>', seq).orderBy('seq').executeTakeFirst();
}

function signedHeadOf(row: Schema['audit_signatures']): SignedHead {
  return {
    seq: row.seq,
    hash: row.hash,
    atUs: row.at_us,
    signature: { keyId: row.key_id, value: row.signature },
  };
}
