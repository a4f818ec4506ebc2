/** `spanhound audit`: verifies the audit log, shows it, and replaces the key that signs it. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { readOnce } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openStore } from '#cli/store.ts';
import { textOf } from '#cli/text-file.ts';
import { composeSigning } from '#compose/signing.ts';
import { loadConfig } from '#config/load.ts';
import { isoFromUs, systemClock } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';
import { checkAudit, isProved, showEntries } from '#workflows/audit/check-audit.ts';
import { typedInstant } from '#workflows/times/typed-instant.ts';

const NO_LOG = 'so there is no audit log to check';

export type VerifyOptions = Readonly<{
  /** The head of an earlier day, stored outside of the store. */
  head?: string;
  /** A file with the public key. */
  key?: string;
  /** A file with anchored heads. */
  anchors?: string;
  /** A file with the certificates of timestamp servers that are trusted. */
  timestampCa?: string;
}>;

export async function verifyAudit(
  call: Call,
  { head, key, anchors, timestampCa }: VerifyOptions = {},
): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  if (head !== undefined && !/^[0-9a-f]{64}$/i.test(head)) {
    throw new UsageError(
      '--head is not the head of an audit log',
      'A head is the 64 hexadecimal digits that this command prints.',
    );
  }
  const config = loadConfig(call.env, call.options.config);
  const { publicKeyIn, stampCheck } = await composeSigning(config.dataFolder);
  const keyText = key === undefined ? await publicKeyIn() : await textOf(key);
  const anchorText = anchors === undefined ? '' : await textOf(anchors);
  const checkStamp = await stampCheck(timestampCa === undefined ? '' : await textOf(timestampCa));
  const store = await openStore(config, NO_LOG);
  const asked = { head, keyText, anchorText, mayBeUnsigned: key === undefined, checkStamp };
  const state = await readOnce(store, 'audit check', checkAudit(store, asked));
  await output.write(
    `${output.form === 'json' ? JSON.stringify(state) : stateText(state, timestampCa !== undefined)}\n`,
  );
  return isProved(state) ? EXIT.done : EXIT.checkFailed;
}

type AuditState = Awaited<ReturnType<typeof checkAudit>>;
type Signatures = AuditState['signatures'];

/** If the log was altered, the other parts are mentioned only if they are wrong too. */
function stateText(state: AuditState, hasAuthority: boolean): string {
  const { signatures, timelines, actionItems, feedback, stamps } = state;
  const said = state.ok
    ? `The audit log is intact: ${state.entries} ${entries(state.entries)}.${state.head && ` Head: ${state.head}`}`
    : `The audit log was altered, first at entry ${state.firstTouched}: ${state.problem}. Intact entries before it: ${state.entries}.`;
  const ofSignatures = state.ok || signatures?.ok === false ? signatureText(signatures) : '';
  const ofTimelines = state.ok || timelines?.ok === false ? timelineText(timelines) : '';
  const ofItems = state.ok || actionItems?.ok === false ? rowsText(actionItems, ITEMS) : '';
  const ofFeedback = state.ok || feedback?.ok === false ? rowsText(feedback, FEEDBACK) : '';
  const ofStamps = state.ok || stamps?.ok === false ? stampsText(stamps, hasAuthority) : '';
  return `${said}${ofStamps}${ofSignatures}${ofTimelines}${ofItems}${ofFeedback}`;
}

function stampsText(stamps: AuditState['stamps'], hasAuthority: boolean): string {
  if (stamps?.ok === false) return `\nIts timestamps do not prove it: ${stamps.problem}.`;
  if (stamps?.newest === undefined) return '';
  const { seq, atUs, by } = stamps.newest;
  const unchecked = hasAuthority
    ? ''
    : ' Its certificate was not checked: name the one that you trust with --timestamp-ca.';
  return `\nEntry ${seq} and all before it existed at ${readableSecond(atUs)}, says the timestamp server ${shown(by)}.${unchecked}`;
}

function signatureText(signatures: Signatures): string {
  if (signatures === undefined) return '\nIt is not signed yet: the bot creates the key and signs within a minute.';
  const { ok, problem, signedThrough, keys } = signatures;
  if (!ok) return `\nIts signatures do not prove it: ${problem}. Signed through entry ${signedThrough}.`;
  if (signedThrough === 0)
    return '\nThe present key has not signed it yet: the bot signs new entries within a minute of its start.';
  return `\nSigned through entry ${signedThrough}, by ${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}.`;
}

function timelineText(timelines: AuditState['timelines']): string {
  if (timelines === undefined || (timelines.ok && timelines.entries === 0)) return '';
  if (!timelines.ok) {
    return `\nThe timelines differ from the audit log:\n${timelines.problems.map((one) => `  ${shown(one)}`).join('\n')}`;
  }
  const { entries: rows, incidents, withoutDigest } = timelines;
  const open = openText(withoutDigest, 'within an hour');
  return `\nThe timelines match it: ${rows} ${entries(rows)} of ${incidents} ${incidents === 1 ? 'incident' : 'incidents'}.${open}`;
}

type Rows = Readonly<{ matches: string; differs: string; one: string; many: string; sealed: string }>;

const ITEMS: Rows = {
  matches: 'The action items match it',
  differs: 'The action items differ from the audit log',
  one: 'action item',
  many: 'action items',
  sealed: 'within an hour',
};
const FEEDBACK: Rows = {
  matches: 'The feedback matches it',
  differs: 'The feedback differs from the audit log',
  one: 'answer',
  many: 'answers',
  sealed: 'a day after the upgrade',
};

function rowsText(proof: AuditState['feedback'], { matches, differs, one, many, sealed }: Rows): string {
  if (proof === undefined || (proof.ok && proof.rows === 0)) return '';
  const { ok, rows, withoutDigest, problems } = proof;
  if (!ok) return `\n${differs}:\n${problems.map((said) => `  ${shown(said)}`).join('\n')}`;
  return `\n${matches}: ${rows} ${rows === 1 ? one : many}.${openText(withoutDigest, sealed)}`;
}

function openText(count: number, when: string): string {
  return count === 0 ? '' : ` An earlier version wrote ${count} of them: the bot adds their checksums ${when}.`;
}

export type ShowOptions = Readonly<{
  actor?: string;
  action?: string;
  subject?: string;
  since?: string;
  until?: string;
  limit?: string;
}>;

const LIMIT = 100;

export async function showAudit(call: Call, options: ShowOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const limit = Number(options.limit ?? LIMIT);
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError('--limit is not a number above 0', 'Write --limit 50.');
  const config = loadConfig(call.env, call.options.config);
  const store = await openStore(config, NO_LOG);
  const nowUs = systemClock.nowUs();
  const entries = showEntries(store, {
    ...options,
    sinceUs: options.since === undefined ? undefined : typedInstant('--since', options.since, nowUs),
    untilUs: options.until === undefined ? undefined : typedInstant('--until', options.until, nowUs),
    limit,
  });
  const found = await readOnce(store, 'audit', entries);
  const lines = found.map(({ seq, atUs, actor, action, subject, detail }) =>
    shown(`${seq}  ${readableSecond(atUs)}  ${actor}  ${action}  ${subject}  ${JSON.stringify(detail)}`),
  );
  const nothing = 'No entry of the audit log matches.';
  await output.write(
    output.form === 'json'
      ? `${JSON.stringify(found.map(({ atUs, ...entry }) => ({ ...entry, at: isoFromUs(atUs) })))}\n`
      : `${lines.length === 0 ? nothing : lines.join('\n')}\n`,
  );
  return EXIT.done;
}

export async function rotateKey(call: Call): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const store = await openStore(config, NO_LOG);
  const { rotate } = await composeSigning(config.dataFolder);
  const { from, to } = await rotate(store).finally(() => store.close());
  const said = `The key ${to} signs from now on; ${from} is deleted. Give the new signing.pub to whoever checks the log, or let them keep the old one: the log proves the change.`;
  await output.write(`${output.form === 'json' ? JSON.stringify({ from, to }) : said}\n`);
  return EXIT.done;
}

function entries(count: number): string {
  return count === 1 ? 'entry' : 'entries';
}
