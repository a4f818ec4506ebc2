/** What servers under strain say of a change: which kinds of trouble they show, and by which names it may call them. */
import type { StrainedServer } from '#detect/signs/servers/strained-servers.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { FAILURE_KINDS, type FailureKind } from '#model/logs/complaint.ts';

export function strainSymptoms(
  strained: readonly StrainedServer[],
): Readonly<{ kinds: readonly ChangeSymptom[]; servers: NonNullable<ChangeSymptoms['servers']> }> {
  return { kinds: strained.flatMap(kindsOf), servers: new Set(strained.flatMap(({ names }) => names)) };
}

const SAID: readonly (readonly [ChangeSymptom, RegExp])[] = [
  ['slow-statement', /quer(?:y|ies)|statement|scan(?:s\b|ned)|range_slice|\bread(?:s|stage)?\b/i],
  ['lock', /\block|deadlock|conflict|contention/i],
  ['pool', /\bpool\b|sessions|connections/i],
  ['disk', /\bdisk|fsync|\bwal\b|compaction|storage|volume/i],
  ['cache', /\bmiss|evict/i],
  // RabbitMQ, NATS, ActiveMQ.
  ['retries', /\bredeliver|\brequeue/i],
  ['backlog', /backlog|\bqueue|\blag\b/i],
  // Aerospike, Elasticsearch and OpenSearch, Redis, MySQL, CockroachDB, etcd.
  [
    'read-only',
    /\bstop(?:s|ped)? writ(?:es?|ing)\b|\bread[-_ ]?only\b|\bwrites? (?:are |is )?(?:blocked|stalled|stopped)\b/i,
  ],
  ['cpu', /\bcpu\b|\bload average\b|\brun queue/i],
];

/** What its numbers say, and that a lower limit refuses. */
function kindsOf({ numbers }: StrainedServer): readonly ChangeSymptom[] {
  const said = numbers.map(({ what }) => what).join('\n');
  const kinds = (Object.keys(FAILURE_KINDS) as FailureKind[]).filter((kind) => FAILURE_KINDS[kind].test(said));
  const others = SAID.flatMap(([kind, words]) => (words.test(said) ? [kind] : []));
  const isRefusing = numbers.some(({ how }) => how === 'lowered' || how === 'full');
  return [...kinds, ...others, ...(isRefusing ? (['capacity'] as const) : [])];
}
