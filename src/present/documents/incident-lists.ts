/** The action items of an incident, and what changed before and in it: in parts for a document, and as JSON. */
import { shortChangeId } from '#model/changes/change.ts';
import { KINDS } from '#model/changes/change-words.ts';
import { type ActionItem, type Incident, incidentName, itemName } from '#model/incident/incident.ts';
import type { DocumentPart, Runs } from '#model/incident/target-document.ts';
import { redact } from '#model/redaction/redaction.ts';
import { itemStanding, typedText } from '#present/documents/postmortem-text.ts';
import { inOrderOfDue, itemsHead } from '#present/slack/action-items.ts';
import { changesAbout, type IncidentChanges, type ListedChange } from '#present/slack/changes-message.ts';
import { isoInstant, readableSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

export type IncidentItems = Readonly<{ incident: Incident; items: readonly ActionItem[]; names: Names }>;

export type ListDocument = Readonly<{ title: string; parts: readonly DocumentPart[] }>;

/** The open items come before the others. */
export function itemsDocument({ incident, items, names }: IncidentItems): ListDocument {
  const rows = inOrderOfDue(items).map((item): readonly Runs[] => [
    [own(itemName(item))],
    [said(typedText(item), names)],
    [said(item.owner, names)],
    [said(item.due, names)],
    [said(itemStanding(item), names), ...issueRuns(item)],
  ]);
  const head = ['Item', 'What', 'Owner', 'Due', 'State'];
  return {
    title: titleOf('action items', incident),
    parts: [
      { kind: 'notice', lines: [itemsHead(incident, items)] },
      ...(rows.length === 0 ? [] : [{ kind: 'table', head, rows } as const]),
    ],
  };
}

function issueRuns({ issue }: ActionItem): Runs {
  if (issue === undefined || issue.key === '') return [];
  const url = openable(shown(issue.url));
  return [own(' · '), { text: shown(issue.key), ...(url !== '' && { url }) }];
}

export function itemsFile({ incident, items, names }: IncidentItems): string {
  const words = (text: string) => shown(withNames(text, names));
  const actionItems = inOrderOfDue(items).map((item) => ({
    name: itemName(item),
    type: item.type ?? null,
    state: item.state,
    reason: words(item.reason),
    text: words(item.text),
    owner: words(item.owner),
    due: shown(item.due),
    issue: item.issue === undefined || item.issue.key === '' ? null : issueJson(item.issue),
  }));
  return fileOf({ incident: incidentName(incident), actionItems });
}

function issueJson({ key, url }: Readonly<{ key: string; url: string }>) {
  return { key: shown(key), url: openable(shown(url)) };
}

/** Newest first, with a section for what changed since it began, and one for what changed before. */
export function changesDocument(found: IncidentChanges): ListDocument {
  const { incident, beganUs, changes } = found;
  const section = (text: string, rows: readonly ListedChange[]): readonly DocumentPart[] =>
    rows.length === 0
      ? []
      : [
          { kind: 'heading', level: 2, text },
          { kind: 'table', head: ['When', 'What', 'Of', 'Change'], rows: rows.map(changeCells) },
        ];
  const began = `It began at ${readableSecond(beganUs)}. All times are in UTC.`;
  return {
    title: titleOf('changes', incident),
    parts: [
      { kind: 'notice', lines: [changesAbout(found), began] },
      ...section(
        'Since it began',
        changes.filter(({ atUs }) => atUs >= beganUs),
      ),
      ...section(
        'Before it began',
        changes.filter(({ atUs }) => atUs < beganUs),
      ),
    ],
  };
}

function changeCells({ atUs, kind, service, id, text, url, isNamed }: ListedChange): readonly Runs[] {
  const page = openable(shown(url));
  return [
    [own(readableSecond(atUs).replace(/ UTC$/, ''))],
    [own(KINDS[kind])],
    [{ text: shown(service) }],
    [
      { text: shown(text === '' ? shortChangeId(id) : text) },
      ...(page === '' ? [] : [own(' '), { text: 'see it', url: page, isOwn: true } as const]),
      ...(isNamed ? [own(' · a diagnosis names it')] : []),
    ],
  ];
}

export function changesFile({ incident, service, dependencies, beganUs, changes }: IncidentChanges): string {
  return fileOf({
    incident: incidentName(incident),
    service: service === '' ? null : shown(service),
    dependencies: dependencies.map(shown),
    beganAt: isoInstant(beganUs),
    changes: changes.map(({ atUs, kind, service: whose, id, text, url, isNamed }) => ({
      at: isoInstant(atUs),
      kind,
      service: whose === '' ? null : shown(whose),
      id: shown(id),
      text: shown(text),
      url: openable(shown(url)),
      isNamedByDiagnosis: isNamed,
    })),
  });
}

function titleOf(what: string, incident: Incident): string {
  return redact(`${incidentName(incident)} ${what}: ${shown(incident.title)}`);
}

function fileOf(value: object): string {
  return redact(`${JSON.stringify(value, null, 2)}\n`);
}

function said(text: string, names: Names) {
  return { text: shown(withNames(text, names)) };
}

function own(text: string) {
  return { text, isOwn: true } as const;
}
