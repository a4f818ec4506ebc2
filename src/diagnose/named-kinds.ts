/**
 * Keeps a report from contradicting itself: what the verdict or a finding names is not ruled out. A detector that found
 * nothing did not see it recorded; where a sentence names the same thing all the same (a failure quotes it, a gap could
 * be it, a slow query holds the connection), its silence rules nothing out.
 */
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';

/** By which words a sentence names what a detector looks for. */
const NAMED_BY: readonly (readonly [kind: string, words: RegExp])[] = [
  ['slow-query', /\bslow quer|\bmissing index\b|\bholds one for\b|\btable scan\b|\bseq scan\b/i],
  ['lock-contention', /\bdeadlock|\block(?:s|ed)?\b/i],
  ['pool-exhaustion', /\bpools?\b|\bfor a (?:free )?connection\b|\btoo many connections\b/i],
  ['gc-pause', /\bgarbage collect|\bcollector\b|\bGC\b/i],
  [
    'resource-exhausted',
    /\bout ?of ?memory|\bOOM\b|\bexhausted\b|\btoo many (?:open files|connections)\b|\bno space left\b|\bquota\b|\bno free thread\b|\bno thread free\b|\bfull queue\b/i,
  ],
  ['retry-storm', /\bretr(?:y|ies|ied|ying)\b|\b\d+ attempts\b|\bfailed \d+ times\b/i],
  ['timeout-cascade', /\btime(?:d|s)?[- ]?out|\bdeadline exceeded\b|\bdid not answer within\b/i],
  ['circuit-open', /\bcircuit\b|\bbreaker\b/i],
  ['cache-miss-cascade', /\bcache reads? miss|\bcache miss/i],
  ['cold-start', /\bcold start/i],
  ['data-corruption', /\bcorrupt|\bchecksum\b/i],
];

/** Sentences of more findings are not read: the report shows the first ones. */
const READ_AT_MOST = 50;

/** What was found, and what the sentences about it name. */
export function namedKinds({ diagnosis, findings }: Judgement): ReadonlySet<string> {
  if (diagnosis === undefined) return NONE;
  const kinds = new Set([diagnosis.kind, ...findings.map(({ detector }) => detector)]);
  const sentences = [diagnosis.verdict, ...findings.slice(0, READ_AT_MOST).flatMap(sentencesOf)].join('\n');
  for (const [kind, words] of NAMED_BY) if (words.test(sentences)) kinds.add(kind);
  return kinds;
}

const NONE: ReadonlySet<string> = new Set();

/** The same, without what it names among what is ruled out. */
export function withoutNamed(judgement: Judgement): Judgement {
  const { diagnosis, findings } = judgement;
  if (diagnosis === undefined || diagnosis.ruledOut.length === 0) return judgement;
  const found = new Set(findings.map(({ detector, service }) => `${detector}\n${service}`));
  const kinds = namedKinds(judgement);
  const ruledOut = diagnosis.ruledOut.filter(({ kind, service }) => {
    return service === '' ? !kinds.has(kind) : !found.has(`${kind}\n${service}`);
  });
  // Many traces of a file share what is ruled out.
  return ruledOut.length === diagnosis.ruledOut.length
    ? judgement
    : { ...judgement, diagnosis: { ...diagnosis, ruledOut } };
}

function sentencesOf({ title, explanation, couldBe = [] }: JudgedFinding): string[] {
  return [title, explanation, ...couldBe.map(({ what }) => what)];
}
