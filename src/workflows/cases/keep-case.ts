/**
 * Stores the evidence of an investigation with its answer.
 *
 *   evidence ──► cases/<investigation>/ ──► one transaction: the answer, and that the case is kept
 *
 * If the process dies before the transaction, the job runs again and rewrites the folder. A folder in the record is
 * never rewritten. Each case contains the seal of the case before it in its workspace, so a removed or changed case
 * breaks the chain.
 */
import { isoFromUs } from '#core/clock.ts';
import { gzipped } from '#core/gzip.ts';
import type { Log } from '#core/log.ts';
import { sha256 } from '#core/sha256.ts';
import type { Signer } from '#core/signature.ts';
import {
  CASE_MANIFEST,
  CASE_SCHEMA,
  type CaseManifest,
  type CaseStore,
  type CaseSubject,
  isPlainName,
  type KeptEvidence,
  manifestText,
  sealedText,
} from '#model/incident/case.ts';
import { redact } from '#model/redaction/redaction.ts';
import { caseOf, latestSeal, noteCase } from '#record/evidence.ts';
import type { Store, Tx } from '#record/store.ts';
import { signatureFile } from '#workflows/cases/sign-case.ts';

export type KeepCaseRequest = Readonly<{
  investigationId: string;
  workspaceId: string;
  /** The report's. */
  subject: CaseSubject;
  evidence(): Promise<KeptEvidence>;
}>;

/** `answer` is always stored, in the transaction that records the case if there is one. */
export type KeepCase = (request: KeepCaseRequest, answer: (tx: Tx) => Promise<void>) => Promise<void>;

export type CaseKeeperOptions = Readonly<{
  store: Store;
  cases: Pick<CaseStore, 'write'>;
  /** The program and its version. */
  sealedBy: string;
  /** Signs each seal. The key may be replaced meanwhile, so it is asked for each time. */
  signer?: (() => Signer) | undefined;
  log: Log;
}>;

/** A case, as it was written and as it stands in the record. */
type Sealed = Readonly<{ folder: string; seal: string; files: number; bytes: number }>;

export function caseKeeper({ store, cases, sealedBy, signer, log }: CaseKeeperOptions): KeepCase {
  let last: Promise<unknown> = Promise.resolve();

  /** False if another process has stored a case in the meantime: the chain continues from that one. */
  async function keptInChain(
    { investigationId, workspaceId, subject }: KeepCaseRequest,
    evidence: KeptEvidence,
    answer: (tx: Tx) => Promise<void>,
  ): Promise<boolean> {
    const previousSeal = await latestSeal(store, workspaceId);
    const collectedAt = isoFromUs(await store.nowUs());
    const manifest = sealedManifest({ subject, evidence, collectedAt, sealedBy, previousSeal });
    const sealed = await written(investigationId, evidence, manifest);
    return await store.transaction(async (tx) => {
      await tx.lock(`cases/${workspaceId}`);
      if (sealed !== undefined && (await latestSeal(tx, workspaceId)) !== previousSeal) return false;
      await answer(tx);
      if (sealed !== undefined) await noteCase(tx, { investigationId, ...sealed });
      return true;
    });
  }

  async function written(
    investigationId: string,
    { files }: KeptEvidence,
    manifest: CaseManifest,
  ): Promise<Sealed | undefined> {
    const folder = `${CASES_FOLDER}/${investigationId}`;
    const text = Buffer.from(manifestText(manifest));
    try {
      if (!isPlainName(investigationId))
        throw new Error(`${JSON.stringify(investigationId)} is not a valid folder name`);
      await cases.write(folder, [
        ...files.map(({ path, bytes }) => ({ name: path, bytes })),
        { name: CASE_MANIFEST, bytes: text },
        ...(signer === undefined ? [] : [signatureFile(manifest.seal, signer())]),
      ]);
    } catch (err) {
      log.error({ err, investigationId }, 'the evidence of an investigation could not be kept');
      return undefined;
    }
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    return { folder, seal: manifest.seal, files: files.length, bytes };
  }

  /** People wait for the answer, not for the case. If the case fails, the answer is sent without it. */
  async function evidenceOf({ evidence, investigationId }: KeepCaseRequest): Promise<KeptEvidence | undefined> {
    if (await caseOf(store, investigationId)) return undefined;
    try {
      return await packed(await evidence());
    } catch (err) {
      log.error({ err, investigationId }, 'the evidence of an investigation could not be kept');
      return undefined;
    }
  }

  return async (request, answer) => {
    const evidence = await evidenceOf(request);
    if (evidence === undefined) return await store.transaction(answer);
    // One after another, so that each reads the seal of the one before it.
    const mine = last.then(async () => {
      while (!(await keptInChain(request, evidence, answer)));
    });
    last = mine.catch(() => undefined);
    return await mine;
  };
}

const CASES_FOLDER = 'cases';

/** Traces and logs shrink to less than a tenth. Below this, a file stays readable without a tool. */
const PACKED_FROM_BYTES = 16_384;

async function packed({ files, ...rest }: KeptEvidence): Promise<KeptEvidence> {
  const written = files.map(async (file) =>
    file.bytes.length < PACKED_FROM_BYTES
      ? file
      : { ...file, path: `${file.path}.gz`, bytes: await gzipped(file.bytes) },
  );
  return { ...rest, files: await Promise.all(written) };
}

type Seal = Readonly<{
  subject: CaseSubject;
  evidence: KeptEvidence;
  collectedAt: string;
  sealedBy: string;
  previousSeal: string;
}>;

function sealedManifest({ subject, evidence, collectedAt, sealedBy, previousSeal }: Seal): CaseManifest {
  const { files, gaps, alert, judged } = evidence;
  const manifest = {
    schema: CASE_SCHEMA,
    subject,
    window: { from: subject.from, to: subject.to },
    ...(alert && { alert: { ...alert, title: redact(alert.title), service: redact(alert.service) } }),
    ...(judged && { judged: { ...judged, service: redact(judged.service) } }),
    files: files.map(({ path, bytes, source, query, sample }) => ({
      path,
      sha256: sha256(bytes),
      bytes: bytes.length,
      source,
      query: redact(query),
      collectedAt,
      ...(sample !== undefined && { sample }),
    })),
    redactions: files.flatMap(({ path, redactions }) => redactions.map((one) => ({ path, ...one }))),
    gaps: gaps.map(({ source, problem, consequence, cutOff }) => ({
      source,
      problem: redact(problem),
      consequence: redact(consequence),
      ...(cutOff && { cutOff }),
    })),
    sealedBy,
    previousSeal,
  } as const;
  return { ...manifest, seal: sha256(sealedText(manifest)) };
}
