import { describe, expect, test } from 'vitest';
import { formIn } from '#core/form-body.ts';

describe('a form', () => {
  test('has its fields by name', () => {
    expect(formIn('monitorID=7&monitorFriendlyName=%C3%96ffentliche+API\n')).toEqual({
      monitorID: '7',
      monitorFriendlyName: 'Öffentliche API',
    });
  });

  test.each(['', 'a = b', '{"a":"b&c=d"}', 'one=field', 'text with a=b&c=d'])('is not %j', (text) => {
    expect(formIn(text)).toBeUndefined();
  });
});
