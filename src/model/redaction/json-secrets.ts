/** What tells, in a JSON document, whether a value is a secret: names of members, and of what they lie in. */
import { pairRole } from '#model/redaction/members.ts';
import { isSecretName, secretAround } from '#model/redaction/redaction.ts';

/** `name` is that of the member, or of the list's; `around` that of a secret in which it lies, '' for none. */
export type Telling = Readonly<{ name: string; around: string }>;

export const TELLS_NOTHING: Telling = { name: '', around: '' };

/** A member of an object, as far as it is read here: the text of a string tells what it names. */
type Member = Readonly<{ name: string; value: Readonly<{ kind: string; text?: string }> }>;

/** What tells of the members of an object, by their names. The value of a pair is told by what names it. */
export function tellingOf(members: readonly Member[], outer: Telling): (member: string) => Telling {
  const around = secretAround(outer.around, outer.name);
  const named = members.find(
    ({ name, value }) => value.kind === 'string' && pairRole(name) === 'naming' && isSecretName(value.text ?? ''),
  );
  const tag = named?.value.text ?? '';
  return (member) => ({ name: tag !== '' && pairRole(member) === 'valuing' ? tag : member, around });
}
