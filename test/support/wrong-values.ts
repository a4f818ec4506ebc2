/** Answers in which one place has a value that a broken or hostile backend may write there. */

const DEEP = 20_000;

/** As JSON, so that also what `JSON.stringify` cannot write is among them: `1e999` is infinite. */
const WRONG_VALUES: readonly string[] = [
  ...['null', 'true', '-1', '1e308', '1e999', '""', '[]', '{}', '[[null]]', '{"toString":null,"length":-1}'],
  ...['"\\u0000\\u001b[31m\\u202e\\ud800"', '"99999999999999999999999999"', '"275760-09-13T00:00:00.001Z"', '"NaN"'],
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}0${'}'.repeat(DEEP)}`,
  '{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
];

const HERE = '@@here@@';

/** `each`: how many of the values each place gets; over all places, each value has its turn. */
export function* wrongAnswers(valid: unknown, each = WRONG_VALUES.length): Generator<string> {
  let turn = 0;
  for (const path of placesIn(valid)) {
    const [before = '', after = ''] = JSON.stringify(replaced(valid, path)).split(`"${HERE}"`);
    for (let count = 0; count < each; count += 1) {
      yield `${before}${WRONG_VALUES[turn % WRONG_VALUES.length]}${after}`;
      turn += 1;
    }
  }
}

type Path = readonly (string | number)[];

function* placesIn(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (Array.isArray(value)) for (const [at, one] of value.entries()) yield* placesIn(one, [...path, at]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) yield* placesIn(one, [...path, name]);
}

function replaced(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return HERE;
  if (Array.isArray(value)) return value.map((one, at) => (at === first ? replaced(one, rest) : one));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, one]) => [name, name === first ? replaced(one, rest) : one]),
  );
}
