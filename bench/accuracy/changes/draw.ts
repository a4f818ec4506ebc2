/** Stories as the bodies of a case: metrics, lines, and among many changes the one that did it, or none. */
import { type Random, randomOf } from '../random.ts';
import type { WindowBodies } from '../windows/report.ts';
import { BESIDE, HARMLESS, STORIES, type Story } from './stories.ts';

export type DrawnChanges = Readonly<{
  story: string;
  /** The id of the change that did it, or `none`. */
  culprit: string;
  service: string;
  fromUs: number;
  toUs: number;
  bodies: WindowBodies;
}>;

const NOON_S = Date.UTC(2026, 2, 11, 12) / 1000;
/** Metrics reach so far back, in minutes; the alert comes a few minutes after the onset and asks for a quarter of an hour. */
const PAST = 240;
const WINDOW = 15;
const CALLERS = ['web', 'mobile-bff', 'batch'];

type Line = Readonly<{ s: number; service: string; level: string; text: string }>;
type Listed = Readonly<{
  at: string;
  kind: string;
  service: string;
  id: string;
  text: string;
  url: string;
  files: readonly string[];
  diff: string;
}>;

export function drawChanges(seed: string, perStory: number): DrawnChanges[] {
  return STORIES.flatMap((story) => {
    const random = randomOf(`${seed} ${story.name}`);
    return Array.from({ length: perStory }, () => drawn(story, random));
  });
}

function drawn(story: Story, random: Random): DrawnChanges {
  const alert = NOON_S + random.whole(0, 3600);
  const onset = alert - random.whole(150, 500);
  const { culprit, listed } = changesOf(story, onset, random);
  const from = alert - WINDOW * 60;
  return {
    story: story.name,
    culprit,
    service: story.service,
    fromUs: from * 1e6,
    toUs: alert * 1e6,
    bodies: {
      changes: JSON.stringify(listed),
      metrics: JSON.stringify(
        metricsOf(story, { alert, onset, culpritAt: listed.find(({ id }) => id === culprit)?.at }, random),
      ),
      'baseline-logs': jsonl(healthyLines(story, alert - PAST * 60, from, 400, random)),
      logs: jsonl([...healthyLines(story, from, onset, 40, random), ...failingLines(story, onset, alert, random)]),
    },
  };
}

function changesOf(
  story: Story,
  onset: number,
  random: Random,
): Readonly<{ culprit: string; listed: readonly Listed[] }> {
  const listed: Listed[] = [];
  const add = (s: number, service: string, change: Omit<Listed, 'at' | 'service' | 'url'>) => {
    listed.push({ ...change, at: iso(s), service, url: '' });
  };
  let culprit = 'none';
  const { change } = story;
  if (change !== undefined) {
    const gap = story.slow === undefined ? random.whole(5, 480) : random.whole(100, 180) * 60;
    const id = change.id ?? hash(random);
    culprit = id;
    add(onset - gap, story.service, {
      kind: change.kind,
      id,
      text: change.text,
      files: change.files ?? [],
      diff: change.diff ?? '',
    });
  }
  for (let count = random.whole(2, 6); count > 0; count -= 1) {
    const harmless = random.pick(HARMLESS);
    const service = random.chance(0.5) ? story.service : random.pick(CALLERS);
    // Some within minutes before the onset, some after it, most at any time of the day.
    const s = random.chance(0.5) ? onset - random.whole(-240, 600) : onset - random.whole(600, 4 * 3600);
    add(s, service, { kind: 'deploy', id: hash(random), ...harmless });
  }
  if (random.chance(0.5)) {
    const beside = random.pick(BESIDE);
    const word = random.pick(wordsOf(story));
    const [text, diff] = [beside.text, beside.diff].map((part) => part.replaceAll('{word}', word));
    const files = beside.files.map((file) => file.replaceAll('{word}', word));
    add(onset - random.whole(20, 900), story.service, {
      kind: 'deploy',
      id: hash(random),
      text: text ?? '',
      diff: diff ?? '',
      files,
    });
  }
  if (random.chance(0.5)) {
    const id = random.pick(['new-banner', 'beta-menu', 'dark-mode', 'faster-sync']);
    add(onset - random.whole(60, 3600), story.service, {
      kind: 'flag',
      id,
      text: `${id}: off -> on`,
      files: [],
      diff: '',
    });
  }
  return { culprit, listed };
}

/** Plain words of what fails. */
function wordsOf({ failing }: Story): readonly string[] {
  return failing.flatMap(({ line }) => line.match(/(?<![\w.$])[a-z]{5,}(?![\w.$])/g) ?? []);
}

type Times = Readonly<{ alert: number; onset: number; culpritAt: string | undefined }>;

function metricsOf(story: Story, { alert, onset, culpritAt }: Times, random: Random): object[] {
  const { metric, slow, load, service } = story;
  const start = alert - PAST * 60;
  const minutes = Array.from({ length: PAST + 1 }, (_, minute) => start + minute * 60);
  const series = (name: string, at: (s: number) => number) => ({
    metric: { __name__: name, service },
    values: minutes.map((s) => [s, `${at(s)}`]),
  });
  const noisy = (value: number, spread = 0.08) => value * (1 + spread * (random.next() * 2 - 1));
  const reached = (s: number) => Math.min(1, (s - onset) / 120);
  const since = culpritAt === undefined ? 0 : Date.parse(culpritAt) / 1000;
  return [
    series(metric.name, (s) =>
      noisy(s < onset ? metric.usual : metric.usual + (metric.failing - metric.usual) * Math.max(0.2, reached(s))),
    ),
    series('requests_per_second', (s) => noisy(s < onset ? 120 : 120 * (load ?? 1))),
    series('process_cpu_ratio', () => noisy(0.4)),
    ...(slow === undefined
      ? []
      : [
          series(slow.metric, (s) =>
            noisy(s < since ? slow.from : slow.from + ((slow.to - slow.from) * (s - since)) / (alert - since), 0.03),
          ),
        ]),
  ];
}

function healthyLines({ healthy, service }: Story, from: number, to: number, count: number, random: Random): Line[] {
  return Array.from({ length: count }, (_, n) => {
    const s = from + ((to - from) * n) / count;
    return { s, service, level: 'info', text: filled(random.pick(healthy), random) };
  });
}

function failingLines({ failing, service }: Story, onset: number, to: number, random: Random): Line[] {
  const caller = random.pick(CALLERS);
  const lines = failing.flatMap((line) =>
    Array.from({ length: random.whole(8, 30) }, () => ({
      s: onset + random.next() * (to - onset),
      service: line.caller ? caller : service,
      level: line.level,
      text: filled(line.line, random),
    })),
  );
  return lines.sort((a, b) => a.s - b.s);
}

function filled(text: string, random: Random): string {
  return text
    .replaceAll('$id', () => `${random.pick(['a', 'b', 'c'])}-${hash(random).slice(0, 8)}`)
    .replaceAll('$n', () => `${random.whole(10, 9000)}`);
}

function jsonl(lines: readonly Line[]): string {
  return lines
    .map(
      ({ s, service, level, text }) =>
        `${JSON.stringify({ ts: `${Math.round(s * 1e6)}000`, labels: { service_name: service, level }, line: text })}\n`,
    )
    .join('');
}

function hash(random: Random): string {
  return random.hex(40);
}

function iso(s: number): string {
  return new Date(s * 1000).toISOString();
}
