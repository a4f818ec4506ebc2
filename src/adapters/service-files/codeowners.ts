/**
 * Reads CODEOWNERS of GitHub and GitLab: a folder with the name of a service belongs to the owners of the last line about
 * it, and the line `*` is about the repository itself.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
import type { FoundFacts } from '#gather/sources.ts';
import { factValue, type ServiceFact } from '#model/services/service-fact.ts';

const MOST_LINES = 50_000;

export function readCodeOwners(
  text: string,
  { place, repository }: Readonly<{ place: string; repository: string }>,
): FoundFacts {
  const lines = text.split('\n', MOST_LINES + 1);
  const owned = new Map<string, readonly ServiceFact[]>();
  for (const [index, line] of lines.slice(0, MOST_LINES).entries()) {
    const [said = ''] = line.split('#', 1);
    const [pattern = '', ...words] = said.split(/\s+/).filter((word) => word !== '');
    if (pattern === '' || /^\^?\[/.test(pattern)) continue; // a section of GitLab
    const service = pattern === '*' || pattern === '/**' ? repository : folderIn(pattern);
    if (service === undefined) continue;
    const facts = words.flatMap((word): ServiceFact[] => {
      // Addresses of people are no teams.
      const value = word.startsWith('@') ? factValue(word) : undefined;
      return value === undefined
        ? []
        : [
            {
              service,
              kind: 'owner',
              value,
              origin: 'codeowners',
              place: `${place}, line ${index + 1}`,
              ifKnown: true,
            },
          ];
    });
    // A line without owners takes them away, as at GitHub.
    owned.set(service, facts);
  }
  const warnings =
    lines.length > MOST_LINES ? [`${place} has more than ${MOST_LINES} lines: the rest was not read`] : [];
  return { facts: [...owned.values()].flat(), warnings };
}

/** The last folder of the pattern. Undefined for one about files, or with a placeholder at its end. */
function folderIn(pattern: string): string | undefined {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '**' && part !== '*');
  const last = factValue(parts.at(-1));
  return last === undefined || /[*?[\]\\!]/.test(last) || /\.\w{1,10}$/.test(last) ? undefined : last;
}
