/** The log lines as a text file (time, level, service, line), and how they were matched to the request. */
import type { Correlation } from '#model/finding/analysis.ts';
import type { ClockOffset } from '#model/logs/log-clock.ts';
import { RUNGS, type RungCount } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { redactionsIn } from '#model/redaction/redaction.ts';
import { countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { isoInstant } from '#present/words/instant.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';
import { takenText } from '#present/words/redaction-text.ts';

/** As wide as `ERROR` and `DEBUG`, so that the services align. */
const LEVEL_WIDTH = 5;

export function logText(lines: readonly LogLine[]): string {
  const text = lines.map((line) => `${entry(line)}\n`).join('');
  const taken = takenText(redactionsIn(text));
  return taken === '' ? text : `${text}\nRedacted: ${taken}\n`;
}

/** `42 lines matched by trace id, 7 by request id req-91 (cart), 3 by time alone (stock; unsure)`, then corrected clocks. */
export function correlationText({ rungs, offsets }: Correlation): string[] {
  if (rungs.length === 0) return [];
  return [rungs.map((rung, at) => rungText(rung, at === 0)).join(', '), ...offsets.map(offsetText)];
}

/** More make the sentence unreadable; the JSON has all. */
const NAMED = 3;

function rungText({ rung, lines, services, ids }: RungCount, isFirst: boolean): string {
  const { words = rung, surety = 'unsure' } = RUNGS.find((one) => one.rung === rung) ?? {};
  const unit = isFirst ? ` ${lines === 1 ? 'line' : 'lines'} matched` : '';
  const by = [words, listOf(ids)].filter((part) => part !== '').join(' ');
  const about = [rung === 'trace-id' ? '' : listOf(services), surety === 'certain' ? '' : surety];
  const note = about.filter((part) => part !== '').join('; ');
  return `${countText(lines)}${unit} by ${by}${note === '' ? '' : ` (${note})`}`;
}

function listOf(names: readonly string[]): string {
  const named = names.slice(0, NAMED).map(shown).join(', ');
  return names.length > NAMED ? `${named} and ${names.length - NAMED} more` : named;
}

function offsetText({ service, against, offsetUs, agreeing, pairs }: ClockOffset): string {
  const which = `${durationText(Math.abs(offsetUs))} ${offsetUs < 0 ? 'ahead of' : 'behind'}`;
  const whose = against === '' ? 'its span clock' : `the log clock of ${shown(against)}`;
  const why = against === '' ? 'lines that name their span' : 'requests that both logged';
  return `The log clock of ${shown(service)} is ${which} ${whose}, by ${agreeing} of ${pairs} ${why}: the times of its lines were corrected`;
}

function entry({ timeNs, level, service, line }: LogLine): string {
  const instant = isoInstant(Number(timeNs) / 1_000);
  const label = shown(level).toUpperCase().padEnd(LEVEL_WIDTH);
  // A stack trace stays one entry: its further lines are indented.
  const text = shownLines(line).trimEnd().replaceAll('\n', '\n    ');
  return `${instant} ${label} ${shown(service)}  ${text}`;
}
