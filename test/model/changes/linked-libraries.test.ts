import { describe, expect, test } from 'vitest';
import { isOfOtherLibrary } from '#model/changes/linked-libraries.ts';

const ERROR = 'java.lang.nosuchmethoderror: org.tidewater.codec.reader.open()';

describe('the version of another library', () => {
  test.each([
    ['a property', '-<sextant.version>2.1</sextant.version>\n+<sextant.version>3.0</sextant.version>'],
    ['a coordinate', "-implementation 'se.sextant:sextant-core:2.1'\n+implementation 'se.sextant:sextant-core:3.0'"],
  ])('as %s', (_, diff) => {
    expect(isOfOtherLibrary({ text: '', diff }, ERROR)).toBe(true);
  });
});

test('Apache Commons are many libraries', () => {
  const diff = '-commons-text3 3.6\n+commons-text3 3.0';
  const failure = (name: string) => `nosuchmethoderror: org.apache.commons.${name}.util.padder.pad()`;
  expect(isOfOtherLibrary({ text: '', diff }, failure('text3'))).toBe(false);
  expect(isOfOtherLibrary({ text: '', diff }, failure('geometry'))).toBe(true);
});

describe('it may be of that library', () => {
  test.each([
    [
      'it has its name',
      '-<tidewater.version>2.1</tidewater.version>\n+<tidewater.version>3.0</tidewater.version>',
      ERROR,
    ],
    [
      'the lines around it have its name',
      ' <groupId>org.tidewater</groupId>\n-<version>2.1</version>\n+<version>3.0</version>',
      ERROR,
    ],
    [
      'it is known by another name',
      '-guava = "31.1"\n+guava = "33.0"',
      'nosuchmethoderror: com.google.common.collect.lists.of()',
    ],
    [
      'it brings many libraries',
      '-<spring-boot.version>3.1</spring-boot.version>\n+<spring-boot.version>3.2</spring-boot.version>',
      ERROR,
    ],
    [
      'the failure names none',
      '-sextant = "2.1"\n+sextant = "3.0"',
      'java.lang.nosuchmethoderror: java.util.list.getlast()',
    ],
    ['the lines name no library', '-  <version>2.1</version>\n+  <version>3.0</version>', ERROR],
    ['it changes no version', '-open(1)\n+open(2)', ERROR],
  ])('where %s', (_, diff, failure) => {
    expect(isOfOtherLibrary({ text: '', diff }, failure)).toBe(false);
  });
});

test('the title may name the library', () => {
  const diff = '-<app.codecs>2.1</app.codecs>\n+<app.codecs>3.0</app.codecs>';
  expect(isOfOtherLibrary({ text: 'Tidewater 3', diff }, ERROR)).toBe(false);
  expect(isOfOtherLibrary({ text: 'Sextant 3', diff: diff.replaceAll('codecs', 'sextant') }, ERROR)).toBe(true);
});
