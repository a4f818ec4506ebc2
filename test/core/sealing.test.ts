import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keyIdIn, sealingWith } from '#core/sealing.ts';

const newKey = () => randomBytes(32).toString('base64');
const PURPOSE = 'test/1';

describe('a sealed text', () => {
  test('opens for its owner, and says nothing of itself', () => {
    const sealing = sealingWith([newKey()], PURPOSE);
    const sealed = sealing.seal('xoxb-secret ✓', 'T1');
    expect(sealed).not.toContain('xoxb');
    expect(sealing.open(sealed, 'T1')).toBe('xoxb-secret ✓');
    expect(sealing.seal('xoxb-secret ✓', 'T1')).not.toBe(sealed);
  });

  test('does not open for another owner', () => {
    const sealing = sealingWith([newKey()], PURPOSE);
    const sealed = sealing.seal('xoxb-secret', 'T1');
    expect(() => sealing.open(sealed, 'T2')).toThrow('belongs to another row');
  });

  test('does not open for another purpose', () => {
    const key = newKey();
    const sealed = sealingWith([key], PURPOSE).seal('xoxb-secret', 'T1');
    expect(() => sealingWith([key], 'test/2').open(sealed, 'T1')).toThrow('was changed');
  });

  test('does not open if any of its parts was changed or cut', () => {
    const sealing = sealingWith([newKey()], PURPOSE);
    const sealed = sealing.seal('xoxb-secret', 'T1');
    const bytes = sealed.split('.')[3] ?? '';
    const flipped = `${sealed.slice(0, -6)}${sealed.at(-6) === 'A' ? 'B' : 'A'}${sealed.slice(-5)}`;
    for (const other of [
      flipped,
      sealed.slice(0, -4),
      `${sealed}AAAA`,
      `${sealed}.x`,
      sealed.replace('v1', 'v2'),
      '',
    ]) {
      expect(() => sealing.open(other, 'T1'), other).toThrow();
    }
    // A short tag is easier to guess.
    expect(() => sealing.open(sealed.replace(bytes, bytes.slice(0, 16)), 'T1')).toThrow('was changed');
  });

  test('opens with an older key, and the newest one seals', () => {
    const [older, newer] = [newKey(), newKey()];
    const sealed = sealingWith([older], PURPOSE).seal('xoxb-secret', 'T1');
    const both = sealingWith([newer, older], PURPOSE);
    expect(both.open(sealed, 'T1')).toBe('xoxb-secret');
    expect(keyIdIn(sealed)).not.toBe(both.newestKeyId);
    const anew = both.seal(both.open(sealed, 'T1'), 'T1');
    expect(keyIdIn(anew)).toBe(both.newestKeyId);
    expect(sealingWith([newer], PURPOSE).open(anew, 'T1')).toBe('xoxb-secret');
    expect(() => sealingWith([newer], PURPOSE).open(sealed, 'T1')).toThrow('is not configured');
  });
});
