/** Scores as Markdown that is readable as it is. */
import type { Judged } from './judged.ts';
import type { Bin, Ratio, Scores } from './scores.ts';

/** What has to be reached; a number that is not is marked. */
const MUST = { recall: 0.95, falseAlarms: 0.03, verdicts: 0.9, pairs: 0.85, tooSure: 0.02 } as const;

export function scoreTables(scores: Scores): string {
  return [
    `${scores.traces} generated traces. ✗ marks values below the target: recall ≥ ${MUST.recall}, false alarms ≤ ${MUST.falseAlarms}, verdicts ≥ ${MUST.verdicts}.`,
    table([
      ['detector', 'expected', 'recall', 'near misses', 'fires there', 'elsewhere', 'precision', 'verdict right'],
      ...scores.detectors.map(({ id, recall, nearMisses, falseAlarms, precision, verdicts }) => [
        id,
        `${recall.of}`,
        atLeast(recall, MUST.recall),
        `${nearMisses.of}`,
        atMost(nearMisses, MUST.falseAlarms),
        atMost(falseAlarms, MUST.falseAlarms),
        shown(precision.share),
        atLeast(verdicts, MUST.verdicts),
      ]),
    ]),
    table([
      ['all together', 'traces', 'share', 'must'],
      [
        'verdict right (kind and service)',
        `${scores.verdicts.of}`,
        atLeast(scores.verdicts, MUST.verdicts),
        `≥ ${MUST.verdicts}`,
      ],
      ['two problems: the larger first', `${scores.pairs.of}`, atLeast(scores.pairs, MUST.pairs), `≥ ${MUST.pairs}`],
      [
        'healthy, with a finding above medium',
        `${scores.healthyAlarmed.of}`,
        atMost(scores.healthyAlarmed, MUST.falseAlarms),
        `≤ ${MUST.falseAlarms}`,
      ],
      ['healthy, with any finding of a problem', `${scores.healthyFound.of}`, shown(scores.healthyFound.share), ''],
      [
        'surer than right',
        `${scores.reliability.reduce((sum, { count }) => sum + count, 0)}`,
        `${shown(scores.tooSure)}${scores.tooSure > MUST.tooSure ? ' ✗' : ''}`,
        `≤ ${MUST.tooSure}`,
      ],
    ]),
    reliabilityTable(scores.reliability),
  ].join('\n\n');
}

export function reliabilityTable(bins: readonly Bin[]): string {
  return table([
    ['confidence', 'verdicts', 'mean', 'right'],
    ...bins
      .filter(({ count }) => count > 0)
      .map(({ from, to, count, confidence, right }) => [`${from}–${to}`, `${count}`, shown(confidence), shown(right)]),
  ]);
}

/** Which scenarios fail, the most often failing first. */
export function scenarioTable(all: readonly Judged[]): string {
  const rows = [...Map.groupBy(all, ({ id }) => id.slice(0, id.lastIndexOf('/')))]
    .map(([scenario, traces]) => {
      const misses = traces.filter(({ recalled }) => recalled.some(({ isFound }) => !isFound)).length;
      const wrong = traces.filter(({ isRight }) => isRight === false).length;
      const alarms = Map.groupBy(
        traces.flatMap(({ falseAlarms }) => falseAlarms),
        (kind) => kind,
      );
      const named = [...alarms].map(([kind, { length }]) => `${kind} ${length}`).join(', ');
      return {
        scenario,
        of: traces.length,
        misses,
        wrong,
        alarms: named,
        weight: (misses + wrong + alarms.size) / traces.length,
      };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.scenario < b.scenario ? -1 : 1));
  return table([
    ['scenario', 'traces', 'missed', 'wrong verdict', 'false alarms'],
    ...rows.map(({ scenario, of, misses, wrong, alarms }) => [scenario, `${of}`, `${misses}`, `${wrong}`, alarms]),
  ]);
}

/** One failing trace, expected and actual. */
export function failureText({ id, format, label, recalled, falseAlarms, verdict, isRight, found }: Judged): string {
  const missed = recalled.filter(({ isFound }) => !isFound).map(({ expected }) => named(expected));
  return [
    `${id} (${format})`,
    ...(missed.length > 0 ? [`  missed       ${missed.join('; ')}`] : []),
    ...(falseAlarms.length > 0 ? [`  false alarms ${falseAlarms.join(', ')}`] : []),
    ...(isRight === false ? [`  wants        ${label.verdicts.map(named).join('; ') || 'no such verdict'}`] : []),
    `  verdict      ${verdict ? `${verdict.kind} @ ${verdict.service} (${verdict.confidence.toFixed(2)})` : 'none'}`,
    `  found        ${found.map(({ kind, service, severity }) => `${kind} @ ${service} (${severity})`).join('; ') || 'nothing'}`,
  ].join('\n');
}

export function hasFailed({ recalled, falseAlarms, isRight }: Judged): boolean {
  return falseAlarms.length > 0 || isRight === false || recalled.some(({ isFound }) => !isFound);
}

function named({ kind, services }: Readonly<{ kind: string; services: readonly string[] }>): string {
  return `${kind} @ ${services.join(' or ')}`;
}

function atLeast({ share }: Ratio, must: number): string {
  return `${shown(share)}${share < must ? ' ✗' : ''}`;
}

function atMost({ share }: Ratio, must: number): string {
  return `${shown(share)}${share > must ? ' ✗' : ''}`;
}

export function shown(share: number): string {
  return Number.isNaN(share) ? '–' : share.toFixed(3);
}

export function table(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.slice(1)].join('\n');
}
