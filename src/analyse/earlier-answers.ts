/** What log stores answer of the days before, put together: since when they have lines of a service, and what they found. */
import type { EarlierAsk } from '#analyse/session.ts';
import { UnreadableInputError } from '#core/errors.ts';
import type { EvidenceFile } from '#model/incident/case.ts';
import { type EarlierLog, readEarlierLogs } from '#model/logs/earlier-logs.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';

export type EarlierAnswers = Readonly<{
  /** The lines that a store gave; how many. */
  add(source: string, asks: EarlierAsk, lines: readonly LogLine[]): number;
  /** As a case keeps them. Throws UnreadableInputError. */
  read(source: string, bytes: Uint8Array): number;
  all(): readonly EarlierLog[];
  /** The file of a case from which credentials were taken out, where some were. */
  restOn(file: EvidenceFile | undefined): void;
  clear(): void;
}>;

export function earlierAnswers(): EarlierAnswers {
  let answers: readonly EarlierLog[] = [];
  /** By source and service. */
  const sinceUs = new Map<string, number>();

  const read = (source: string, bytes: Uint8Array): number => {
    try {
      answers = readEarlierLogs(new TextDecoder().decode(bytes));
    } catch (error) {
      throw new UnreadableInputError(
        `${source} cannot be read: ${String(error)}`,
        'Spanhound writes this file. It may be damaged.',
      );
    }
    return answers.length;
  };
  return {
    add(source, { service, words, fromUs, toUs }, lines) {
      const key = `${source}\n${service}`;
      const [first] = lines;
      // Where a store has no line of a service at all, that it has none with these words says nothing.
      const since = sinceUs.get(key);
      if (words.length === 0 && first) sinceUs.set(key, Math.max(fromUs, epochUsOf(first)));
      if (words.length > 0 && since !== undefined) {
        answers = [...answers, { service, words, fromUs: since, toUs, seen: first !== undefined }];
      }
      return lines.length;
    },
    read,
    all: () => answers,
    restOn(file) {
      if (file) read(file.path, file.bytes);
    },
    clear() {
      answers = [];
      sinceUs.clear();
    },
  };
}
