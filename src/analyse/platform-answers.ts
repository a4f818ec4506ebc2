import type { KeptBody } from '#analyse/kept-evidence.ts';
import type { BodyHead } from '#analyse/session.ts';
import { type KubernetesList, kubernetesBody, withoutSecrets } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import type { EvidenceFile } from '#model/case.ts';
import type { Platform } from '#model/platform.ts';

/** What the platform answered, put together when it is read. The order in which the answers came is no part of it. */
export function platformAnswers() {
  const answers: Readonly<{ source: string; query: string; lists: readonly KubernetesList[] }>[] = [];
  let restsOn: readonly KubernetesList[] | undefined;
  let platform: Platform | undefined;
  const lists = () => restsOn ?? withoutSecrets(answers.toSorted(bySource).flatMap((answer) => answer.lists));
  return {
    add({ source, query }: BodyHead, found: readonly KubernetesList[]): number {
      answers.push({ source, query: query.text, lists: found });
      platform = undefined;
      restsOn = undefined;
      return found.length;
    },
    read(): Platform | undefined {
      if (answers.length > 0) platform ??= platformOf(lists());
      return platform;
    },
    /** For the case: a list of all lists. */
    kept(): KeptBody[] {
      if (answers.length === 0) return [];
      const texts = lists().map((list) => JSON.stringify(list));
      const named = (what: 'source' | 'query') => [...new Set(answers.toSorted(bySource).map((one) => one[what]))];
      const bytes = Buffer.from(`[${texts.join(',\n')}]\n`);
      return [{ source: named('source').join(', '), query: named('query').join('\n'), chunks: [bytes] }];
    },
    /** What is left of them in the case, where a credential was taken out. */
    restOn(file: EvidenceFile | undefined): void {
      if (file === undefined) return;
      restsOn = listsIn(file);
      platform = undefined;
    },
    clear(): void {
      answers.length = 0;
      restsOn = undefined;
      platform = undefined;
    },
  };
}

function listsIn({ source, bytes }: EvidenceFile): readonly KubernetesList[] {
  const body = kubernetesBody(source);
  body.push(bytes);
  return body.end();
}

type Named = Readonly<{ source: string; query: string }>;

function bySource(a: Named, b: Named): number {
  return compare(a.source, b.source) || compare(a.query, b.query);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
