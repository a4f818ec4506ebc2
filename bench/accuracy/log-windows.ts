/** How often verdicts that rest on log lines alone are right: on drawn windows, and on drawn requests without a trace. */
import { drawnRequests, drawnWindows, INJECTED } from '#test/log-corpus.ts';
import { windowReport } from '#test/window.ts';
import { calibrationErrorOf, reliabilityOf, type ToldVerdict } from './scores.ts';
import { reliabilityTable, shown, table } from './tables.ts';

type Told = ToldVerdict & Readonly<{ kind: string }>;

type Seen = Readonly<{ kind: string; miss: boolean; found: ReadonlySet<string>; told: Told | undefined }>;

const SECTION = '## Logs alone';
const NEXT = '\n## ';

/** The page with this section written anew; at its end where it has none. */
export function withLogSection(page: string, section: string): string {
  const from = page.indexOf(SECTION);
  if (from < 0) return `${page.trimEnd()}\n\n${section}`;
  const next = page.indexOf(NEXT, from + SECTION.length);
  return `${page.slice(0, from)}${section}${next < 0 ? '' : page.slice(next)}`;
}

export async function logSection(seed: number, perKind: number, requests: number): Promise<string> {
  const windows = await seenWindows(seed, perKind);
  const told = windows.flatMap(({ told }) => told ?? []);
  const ofRequests = await toldRequests(seed, requests);
  const failing = ofRequests.filter(({ origin }) => origin !== '');
  const toldOrigins = failing.flatMap(({ told }) => told ?? []);
  const falseAlarms = ofRequests.filter(({ origin, told }) => origin === '' && told !== undefined).length;
  return `${SECTION}
Verdicts without a trace, on ${windows.length} generated windows with known answers: half an hour of one service, with the line formats of five runtimes. Each has one fault, a near miss, or nothing. They are not the windows behind \`src/diagnose/log-calibration.ts\`.

${table([
  ['kind', 'windows', 'recall', 'precision', 'near misses', 'fires there'],
  ...INJECTED.map((kind) => {
    const own = windows.filter((window) => window.kind === kind);
    const found = windows.filter((window) => window.found.has(kind));
    const near = windows.filter(({ miss }) => miss);
    const hits = own.filter((window) => window.found.has(kind)).length;
    return [
      kind,
      `${own.length}`,
      shown(hits / own.length),
      shown(hits / Math.max(1, found.length)),
      `${near.length}`,
      shown(near.filter((window) => window.found.has(kind)).length / near.length),
    ];
  }),
])}

${told.length} verdicts, expected calibration error ${shown(calibrationErrorOf(reliabilityOf(told)))}. A verdict is right if its kind is the generated one. The confidence is lower than the accuracy, for two reasons. Unexplained error lines lower it, because they may contain a second fault. Each kind also counts as if twenty more verdicts had been coin tosses. These windows contain one fault each; real ones often contain more.

${reliabilityTable(reliabilityOf(told))}

**A request without a trace**, reconstructed from its lines: ${ofRequests.length} requests through three to five services, with and without the callee's name in the caller's lines, with silent origins and wrong clocks. Among the ${failing.length} that failed, ${toldOrigins.filter(({ isRight }) => isRight).length} verdicts name the service that failed first; of ${ofRequests.length - failing.length} that did not fail, ${falseAlarms} get a verdict. Expected calibration error ${shown(calibrationErrorOf(reliabilityOf(toldOrigins)))}.

${reliabilityTable(reliabilityOf(toldOrigins))}
`;
}

async function seenWindows(seed: number, perKind: number): Promise<Seen[]> {
  const all: Seen[] = [];
  for (const { name, kind, lines, baseline } of drawnWindows(seed, perKind)) {
    const { findings, diagnosis } = await windowReport(lines, { baseline });
    const found = new Set(findings.map(({ detector }) => detector));
    const told = diagnosis ? { verdict: diagnosis, isRight: diagnosis.kind === kind, kind: diagnosis.kind } : undefined;
    all.push({ kind, miss: name.startsWith('like '), found, told });
  }
  return all;
}

async function toldRequests(seed: number, count: number) {
  const all: Readonly<{ origin: string; told: Told | undefined }>[] = [];
  for (const { id, origin, lines } of drawnRequests(seed, count)) {
    const { diagnosis } = await windowReport(lines, { requestId: id });
    const isRight = diagnosis?.service === origin;
    all.push({ origin, told: diagnosis ? { verdict: diagnosis, isRight, kind: diagnosis.kind } : undefined });
  }
  return all;
}
