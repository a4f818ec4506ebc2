/** Merges the log stores' answers about earlier days: since when they have lines of a service, and what they found. */
import type { EarlierAsk } from '#analyse/session.ts';
import { UnreadableInputError } from '#core/errors.ts';
import type { EvidenceFile } from '#model/incident/case.ts';
import { type EarlierLog, readEarlierLogs } from '#model/logs/earlier-logs.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';

export type EarlierAnswers = Readonly<{
  /** Adds the lines of a store; returns how many. */
  add(source: string, asks: EarlierAsk, lines: readonly LogLine[]): number;
  /** In the format of a case. Throws UnreadableInputError. */
  read(source: string, bytes: Uint8Array): number;
  all(): readonly EarlierLog[];
  /** The redacted file of the case, if credentials were removed. */
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
      // If a store has no lines of the service at all, missing lines with these words mean nothing.
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
