/** How a diff can cause a kind of failure: what an engineer looks for in it. */
import type { Change } from '#model/changes/change.ts';
import type { CodeChange, Limit } from '#model/changes/code-change.ts';
import type { FailureKind } from '#model/logs/complaint.ts';

type Mechanism = Readonly<{
  kinds: readonly FailureKind[];
  /** Empty where the diff does not do this. */
  says(code: CodeChange): string;
}>;

/** The first mechanism that fits, as a clause; empty where none does. */
export function mechanismOf(kinds: ReadonlySet<FailureKind>, change: Change, code: CodeChange | undefined): string {
  if (code === undefined || change.diff === '') return withoutLines(kinds, change);
  for (const { kinds: of, says } of MECHANISMS) {
    const said = of.some((kind) => kinds.has(kind)) ? says(code) : '';
    if (said !== '') return said;
  }
  return '';
}

/** `replicas 8 -> 2` */
const SCALED = /(\d{1,6})\s{0,3}(?:->|→|to)\s{0,3}(\d{1,6})/;
const OF_TOO_FEW: readonly FailureKind[] = ['capacity', 'slow', 'memory', 'timeout', 'refused'];
const OF_TABLES: readonly FailureKind[] = ['missing', 'format', 'slow'];

function withoutLines(kinds: ReadonlySet<FailureKind>, { kind, text }: Change): string {
  const [, before, after] = SCALED.exec(text) ?? [];
  if (kind === 'scale' && Number(after) < Number(before) && OF_TOO_FEW.some((one) => kinds.has(one)))
    return `it scales from ${before} down to ${after}`;
  if (kind === 'migration' && OF_TABLES.some((one) => kinds.has(one)))
    return 'a migration changes what the failing statements expect';
  return '';
}

const MECHANISMS: readonly Mechanism[] = [
  {
    kinds: ['null'],
    says: ({ guardsGone }) => (guardsGone > 0 ? 'it removes a check for a missing value' : ''),
  },
  {
    kinds: ['timeout'],
    says: ({ limits }) => limitText(limits.find((limit) => isMuchLess(limit) && has(limit.words, OF_TIME))),
  },
  { kinds: ['memory'], says: ({ grows }) => (grows.length > 0 ? `it fills ${grows[0]} and never empties it` : '') },
  {
    kinds: ['memory', 'capacity', 'refused', 'slow', 'timeout'],
    says: ({ limits }) => limitText(limits.find((limit) => isMuchLess(limit) && has(limit.words, OF_SIZE))),
  },
  {
    kinds: ['memory', 'capacity'],
    says: ({ limits }) => limitText(limits.find((limit) => isMuchMore(limit) && has(limit.words, OF_SIZE))),
  },
  {
    kinds: ['slow', 'timeout', 'capacity', 'refused'],
    says: ({ callsInLoop }) => (callsInLoop.length > 0 ? `it calls ${callsInLoop[0]} for each item of a loop` : ''),
  },
  {
    kinds: ['refused', 'capacity', 'memory'],
    says: ({ closesGone }) => (closesGone ? 'it no longer releases what it acquires' : ''),
  },
  { kinds: ['missing'], says: ({ callsGone }) => (callsGone.length > 0 ? `it no longer calls ${callsGone[0]}` : '') },
  {
    kinds: ['access'],
    says: ({ words, pathWords }) =>
      has(words, OF_ACCESS) || has(pathWords, OF_ACCESS) ? 'it changes credentials or permissions' : '',
  },
  {
    kinds: ['slow', 'timeout', 'capacity'],
    says: ({ fewer }) => {
      const shortcut = [...fewer].find((word) => OF_SHORTCUTS.has(word));
      return shortcut === undefined ? '' : `it uses less of “${shortcut}”`;
    },
  },
];

const OF_TIME = wordSet(
  'timeout deadline budget ttl expire expiry expiration wait interval delay keepalive backoff lease',
);
const OF_SIZE = wordSet(
  'max min pool size limit connection conn worker thread capacity batch buffer concurrency replica queue cache memory heap entry rate burst qps shard partition cpu retry',
);
const OF_ACCESS = wordSet(
  'token secret auth role scope permission policy cert certificate credential password signature tls ssl audience issuer grant jwt oauth acl iam truststore keystore',
);
/** Words for techniques that save work. */
const OF_SHORTCUTS = wordSet('cache cached batch bulk index prefetch preload memoize memo paginate eager');

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

function has(words: Iterable<string>, set: ReadonlySet<string>): boolean {
  for (const word of words) if (set.has(word)) return true;
  return false;
}

/** Smaller changes of a limit are tuning. */
const MUCH = 1.5;

function isMuchLess({ before, after }: Limit): boolean {
  return after * MUCH <= before;
}

function isMuchMore({ before, after }: Limit): boolean {
  return after >= before * MUCH;
}

function limitText(limit: Limit | undefined): string {
  return limit === undefined ? '' : `it changes a limit from ${limit.before} to ${limit.after}`;
}
