import type { KeptBody } from '#analyse/kept-evidence.ts';
import { bySource } from '#analyse/session/by-source.ts';
import type { BodyHead } from '#analyse/session.ts';
import type { BodyDecoder } from '#decode/body-decoder.ts';
import type { EvidenceFile } from '#model/incident/case.ts';

export type HeldAnswers<Answer, Told> = Readonly<{
  add(head: BodyHead, found: readonly Answer[]): number;
  /** Undefined if there was no answer. */
  read(): Told | undefined;
  /** For the case: a list of all answers. */
  kept(): KeptBody[];
  /** Their redacted form in the case, if a credential was removed. */
  restOn(file: EvidenceFile | undefined): void;
  clear(): void;
}>;

/** Answers of one kind, merged when they are read, independent of their order. `cleaned`: without credentials. */
export function heldAnswers<Answer, Told>({
  body,
  cleaned = (all) => all,
  together,
}: Readonly<{
  body(source: string): BodyDecoder<readonly Answer[]>;
  cleaned?: (answers: readonly Answer[]) => readonly Answer[];
  together(answers: readonly Answer[]): Told;
}>): HeldAnswers<Answer, Told> {
  const answers: Readonly<{ source: string; query: string; found: readonly Answer[] }>[] = [];
  let restsOn: readonly Answer[] | undefined;
  let told: Told | undefined;
  const all = () => restsOn ?? cleaned(answers.toSorted(bySource).flatMap(({ found }) => found));
  return {
    add({ source, query }, found) {
      answers.push({ source, query: query.text, found });
      told = undefined;
      restsOn = undefined;
      return found.length;
    },
    read() {
      if (answers.length > 0) told ??= together(all());
      return told;
    },
    kept() {
      if (answers.length === 0) return [];
      const texts = all().map((answer) => JSON.stringify(answer));
      const named = (what: 'source' | 'query') => [...new Set(answers.toSorted(bySource).map((one) => one[what]))];
      const bytes = Buffer.from(`[${texts.join(',\n')}]\n`);
      return [{ source: named('source').join(', '), query: named('query').join('\n'), chunks: [bytes] }];
    },
    restOn(file) {
      if (file === undefined) return;
      const decoder = body(file.source);
      decoder.push(file.bytes);
      restsOn = decoder.end();
      told = undefined;
    },
    clear() {
      answers.length = 0;
      restsOn = undefined;
      told = undefined;
    },
  };
}
