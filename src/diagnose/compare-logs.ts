/**
 * Log templates that only the failing requests have, or only the healthy ones. Templates, because no two lines are
 * equal.
 */
import { differenceOf, ENOUGH, middle } from '#diagnose/differs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { type LogTemplate, logTemplates } from '#model/logs/log-templates.ts';
import type { LogChange, Told } from '#model/requests/comparison.ts';

/** Shares of a side's traces with lines: nearly all, and hardly any. */
const NEARLY_ALL = 0.9;
const HARDLY_ANY = 0.1;

/** The lines of each trace. Undefined where one side has no lines at all, because then nothing can be compared. */
export function logChanges(
  healthy: readonly (readonly LogLine[])[],
  failing: readonly (readonly LogLine[])[],
): LogChange[] | undefined {
  const [one, other] = [healthy, failing].map((side) => side.filter((lines) => lines.length > 0));
  if (one === undefined || other === undefined || one.length === 0 || other.length === 0) return undefined;
  const traces = [...one, ...other];
  const lines = traces.flat();
  const templates = logTemplates(lines);
  const traceOf = traces.flatMap((ofTrace, trace) => ofTrace.map(() => trace));
  return templates.all
    .flatMap((template) => {
      const counts = new Array<number>(traces.length).fill(0);
      for (const line of templates.linesOf(template)) {
        const trace = traceOf[line] ?? 0;
        counts[trace] = (counts[trace] ?? 0) + 1;
      }
      const seen = changeOf(counts.slice(0, one.length), counts.slice(one.length));
      return seen === undefined ? [] : [logChange(template, seen, lines[template.example])];
    })
    .sort(byWeight);
}

type Seen = Pick<LogChange, 'change' | 'told' | 'healthyCount' | 'failingCount' | 'healthyTraces'>;

function changeOf(healthy: readonly number[], failing: readonly number[]): Seen | undefined {
  const told: Told = healthy.length >= ENOUGH ? 'clear' : 'uncertain';
  const [before, now] = [middle(healthy), middle(failing)];
  const counts = {
    healthyCount: before,
    failingCount: now,
    healthyTraces: healthy.filter((count) => count > 0).length,
  };
  const [inHealthy, inFailing] = [shareOf(healthy), shareOf(failing)];
  if (inFailing >= NEARLY_ALL && inHealthy <= HARDLY_ANY) return { change: 'appeared', told, ...counts };
  if (inHealthy >= NEARLY_ALL && inFailing <= HARDLY_ANY) return { change: 'vanished', told, ...counts };
  if (Math.abs(now - before) < 2 || Math.max(now, before) < 2 * Math.min(now, before)) return undefined;
  const differs = differenceOf(healthy, failing, 1);
  return differs && { change: now > before ? 'more' : 'fewer', told: differs, ...counts };
}

function shareOf(counts: readonly number[]): number {
  return counts.filter((count) => count > 0).length / counts.length;
}

function logChange({ text, level, services }: LogTemplate, seen: Seen, example: LogLine | undefined): LogChange {
  return { ...seen, template: text, example: example?.line ?? '', service: services.join(', '), level };
}

const LEVELS: readonly string[] = ['fatal', 'critical', 'error', 'warn', 'warning'];
const CHANGES: readonly LogChange['change'][] = ['appeared', 'vanished', 'more', 'fewer'];

/** The most severe first. */
function byWeight(a: LogChange, b: LogChange): number {
  return (
    CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) ||
    severity(a) - severity(b) ||
    (a.template < b.template ? -1 : Number(a.template > b.template))
  );
}

function severity({ level }: LogChange): number {
  const at = LEVELS.indexOf(level);
  return at < 0 ? LEVELS.length : at;
}
