/** The length of a wait, from attributes and sentences. */
import type { Attributes } from '#model/trace/columns.ts';

export type Amount = Readonly<{ us: number; text: string }>;

const US_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  ms: 1000,
  milliseconds: 1000,
  s: 1_000_000,
  seconds: 1_000_000,
};

/**
 * The longest duration in attributes with these names. The pattern's groups capture the unit; a number without one
 * counts something else.
 */
export function longestAmount(attributes: Attributes, names: RegExp): Amount | undefined {
  let longest: Amount | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    const unit = names
      .exec(name)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (unit === undefined || typeof value === 'boolean' || !(Number(value) > 0)) continue;
    const us = Math.round(Number(value) * (US_PER_UNIT[unit.toLowerCase()] ?? 1000));
    if (us > (longest?.us ?? 0)) longest = { us, text: `${name} = ${value}` };
  }
  return longest;
}

/** `waited 2700 ms`, `after 1000.123 ms`, `for 2.7 s`: microseconds, 0 where there is none. */
export function saidAmountUs(text: string): number {
  const [, amount, unit = 'ms'] = SAID.exec(text) ?? [];
  return amount === undefined ? 0 : Math.round(Number(amount) * (US_PER_UNIT[unit.toLowerCase()] ?? 1000));
}

const SAID = /\b(?:after|for|of|wait(?:ed|ing)?)(?: waiting)?:? ([\d.]+) ?(ms|s|seconds)\b/i;
