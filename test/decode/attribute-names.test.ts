import { describe, expect, test } from 'vitest';
import { attributeNames } from '#decode/attribute-names.ts';
import { byteTable } from '#decode/byte-table.ts';

function namesOfBody(...names: string[]) {
  const keys = byteTable();
  for (const name of names) keys.number(name);
  return { keys, names: attributeNames(keys) };
}

describe('the names of all attributes in a body', () => {
  test('show that no span has an attribute', () => {
    const { names } = namesOfBody('url.path', 'peer.port');
    expect(names.mayHold('url.path')).toBe(true);
    expect(names.mayHold('url.query')).toBe(false);
    expect(names.mayPass(/port$/)).toBe(true);
    expect(names.mayPass(/^queue/)).toBe(false);
  });

  test('count in every form that a sender uses', () => {
    const { names } = namesOfBody('http.target');
    expect(names.mayHold('url.query')).toBe(true);
  });

  test('that come later are known as well', () => {
    const { keys, names } = namesOfBody('job.name');
    const queued = /enqueued_at$/;
    expect([names.mayHold('faas.trigger'), names.mayPass(queued)]).toEqual([false, false]);
    keys.number('faas.trigger');
    keys.number('job.enqueued_at');
    expect([names.mayHold('faas.trigger'), names.mayPass(queued)]).toEqual([true, true]);
  });

  test('may be empty: a tag without a name has a value', () => {
    expect(namesOfBody().names.mayHold('')).toBe(true);
  });

  test('are each tested once', () => {
    const { names } = namesOfBody('one', 'two');
    let tested = 0;
    const counting = {
      test: () => {
        tested += 1;
        return false;
      },
    };
    for (let time = 0; time < 5; time += 1) expect(names.mayPass(counting)).toBe(false);
    expect(tested).toBe(3); // the empty name is one
  });

  test('that are too many to be tested may all pass', () => {
    const { names } = namesOfBody(...Array.from({ length: 2_500 }, (_, number) => `key.${number}`));
    expect(names.mayPass(/^nothing/)).toBe(true);
    expect(names.mayHold('nothing')).toBe(false);
  });
});
