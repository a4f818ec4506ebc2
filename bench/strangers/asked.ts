/** Reads what strangers asked the bot in sentences, and counts what was understood. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { serviceOfAlert } from '#model/incident/alert-service.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import { timesOf } from '#workflows/sentences/ask-question.ts';
import { readQuestion } from '#workflows/sentences/read-question.ts';

type Meaning = Readonly<{ kind: string; service?: string; time?: string; id?: string }>;
type Case = Readonly<{ id: string; text: string; expect: Meaning; why: string }>;

/** At 23:30 in UTC, so that every clock time of a case is past. */
const NOW_US = Date.UTC(2026, 10, 22, 23, 30) * 1_000;
const parts = {
  store: { nowUs: async () => NOW_US },
  directory: { person: async () => undefined, permalink: async () => '' },
};

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const cases = JSON.parse(readFileSync(positionals[0] ?? '', 'utf8')) as readonly Case[];
/** As the trace store lists them: the services of all cases. */
const known = cases.flatMap(({ expect }) => expect.service ?? []);
const counts = new Map<string, { all: number; right: number }>();
for (const { id, text, expect, why } of cases) {
  const got = await readAs(text);
  const count = counts.get(expect.kind) ?? { all: 0, right: 0 };
  const isRight = (['kind', 'service', 'time', 'id'] as const).every((key) => got[key] === expect[key]);
  counts.set(expect.kind, { all: count.all + 1, right: count.right + Number(isRight) });
  if (!isRight && values.show)
    console.log(`── ${id}: ${text}\n   ${JSON.stringify(got)}\n   want ${JSON.stringify(expect)}: ${why}`);
}
for (const [kind, { all, right }] of counts) console.log(`${kind}: ${right} of ${all}`);

async function readAs(text: string): Promise<Meaning> {
  const [reference] = tracesIn({ text });
  if (reference?.kind === 'trace') return { kind: 'trace', id: reference.id };
  const question = readQuestion(text);
  if (question === undefined) return { kind: 'examples' };
  if (question.kind === 'problem') return { kind: 'problem' };
  const { sentence, time } = question;
  const service = serviceOfAlert({ title: sentence, service: question.service, labels: {} }, known) ?? '';
  const times = await timesOf(parts, 'U1', time);
  return 'problem' in times ? { kind: 'problem' } : { kind: 'service', service, time: time.kind };
}
