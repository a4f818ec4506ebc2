/** Reads one body of a session while its bytes arrive. */
import type { BodyCount, BodyHead } from '#analyse/session.ts';
import type { BodyDecoder, Damage } from '#decode/body-decoder.ts';

export type BodyReader = Readonly<{
  push(chunk: Uint8Array): void;
  /** `isCut`: it broke off, and a gap already says so. Throws UnreadableInputError. */
  end(isCut: boolean): BodyCount;
}>;

export type OpenBody = (head: BodyHead) => BodyReader;

/** A body that is complete. */
export function decoded<T>(decoder: BodyDecoder<T>, bytes: Uint8Array): T {
  decoder.push(bytes);
  return decoder.end();
}

/** The problems in a body. */
export function problemsOf({ isCut, damagedLines, lines, firstDamaged }: Damage, isAbandoned: boolean): string[] {
  const problems: string[] = [];
  if (damagedLines > 0) {
    const are = damagedLines === 1 ? 'is' : 'are';
    problems.push(`${damagedLines} of ${lines} lines ${are} damaged, the first is line ${firstDamaged}`);
  }
  if (isCut && !isAbandoned) problems.push('is truncated or damaged; the intact part was read');
  return problems;
}
