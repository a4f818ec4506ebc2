/** Reads one body of a session while its bytes arrive. */
import type { BodyCount, BodyHead } from '#analyse/session.ts';
import type { BodyDecoder, Damage } from '#decode/body-decoder.ts';
import type { Gap } from '#model/finding/gap.ts';

export type BodyReader = Readonly<{
  push(chunk: Uint8Array): void;
  /** `isCut`: it broke off, and a gap already says so. Throws UnreadableInputError. */
  end(isCut: boolean): BodyEnd;
}>;

/** `cutOff`: what broke off, if the report rests on it. */
export type BodyEnd = BodyCount & Pick<Gap, 'cutOff'>;

export type OpenBody = (head: BodyHead) => BodyReader;

/** A body that is complete. */
export function decoded<T>(decoder: BodyDecoder<T>, bytes: Uint8Array): T {
  decoder.push(bytes);
  return decoder.end();
}

/** The problems in a body; `isCut`: behind this, nothing was read. */
export function problemsOf(
  { isCut, damagedLines, lines, firstDamaged }: Damage,
  isAbandoned: boolean,
): readonly Readonly<{ problem: string; isCut: boolean }>[] {
  const problems: { problem: string; isCut: boolean }[] = [];
  if (damagedLines > 0) {
    const are = damagedLines === 1 ? 'is' : 'are';
    const problem = `${damagedLines} of ${lines} lines ${are} damaged, the first is line ${firstDamaged}`;
    problems.push({ problem, isCut: false });
  }
  if (isCut && !isAbandoned)
    problems.push({ problem: 'is truncated or damaged; the intact part was read', isCut: true });
  return problems;
}
