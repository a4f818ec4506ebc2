/**
 * A change of a library's version, where the error of the failure is one of that library.
 *
 *   - marshmallow==3.26.1
 *   + marshmallow==4.0.0          marshmallow.exceptions.StringNotCollectionError: …
 */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';

/** Else empty. Only the service's own failure counts: an upgraded client reports also what its server does. */
export function upgradedText({ service, kinds, complaint }: ChangeSymptoms, change: Change): string {
  if (change.service !== service || change.diff === '' || !kinds.has('own-failure')) return '';
  const lines = diffLines(change.diff);
  const before = versionsIn(textOfMark(lines, '-'));
  const upgraded = versionsIn(textOfMark(lines, '+')).filter(({ name, version }) =>
    before.some((old) => old.name === name && old.version !== version),
  );
  const of = upgraded.find(({ name }) => isNamespace(name, complaint?.text ?? ''));
  return of === undefined ? '' : `it brings ${of.name} ${of.version}, and the error is one of ${of.name}`;
}

type Version = Readonly<{ name: string; version: string }>;

/** `psych (4.0.6)`, `"zod": "^4.1.0"`, `marshmallow==4.0.0`, `gem 'sentry-ruby', '6.0'`, `acme.io/codec v1.4.0` */
const LIBRARY =
  /^["']?(?:gem ["'])?(?<path>[a-z@][\w@./-]{1,100})["']?(?:\s{0,4}(?:[:,=(]|==|~=|>=|[~^])){0,3}\s{0,4}["'^~(]{0,3}v?(?<version>\d{1,5}(?:\.\d{1,5}){1,3})/i;

function versionsIn(text: string): Version[] {
  return text.split('\n').flatMap((line): Version[] => {
    const { path = '', version = '' } = LIBRARY.exec(line.trim())?.groups ?? {};
    const name = path.split('/').at(-1)?.toLowerCase() ?? '';
    return name.length < SHORTEST ? [] : [{ name, version }];
  });
}

/** Shorter names are words of much else. */
const SHORTEST = 4;

/** `psych::disallowedclass`, `marshmallow.exceptions.…`: the first part of an error's name. */
function isNamespace(library: string, said: string): boolean {
  const names = new Set([library, library.replaceAll('-', '_'), library.replace(/[-_]/g, '')]);
  for (const [, name = ''] of said.matchAll(NAMESPACE)) if (names.has(name)) return true;
  return false;
}

const NAMESPACE =
  /(?<![\w.:/\\-])([a-z][\w-]{2,60})(?:::|\.|\\)(?=[\w.:\\]{0,120}(?:error|exception|class|invalid|not\w{3,20})\b)/g;
