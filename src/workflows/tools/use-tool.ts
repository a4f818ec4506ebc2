/** The responder's tools in Slack: answers the typed command, visible only to its author. */
import { UsageError } from '#core/errors.ts';
import { cutText } from '#model/text/cut-text.ts';
import type { ToolAnswer } from '#present/slack/tool-message.ts';
import { differencesText } from '#present/tools/difference-text.ts';
import { conversionText } from '#present/tools/time-conversion.ts';
import { readJson, writeJson } from '#utilities/json-document.ts';
import { readZone } from '#utilities/time-zone.ts';
import { compareDocuments } from '#workflows/tools/compare-documents.ts';
import { convertTime } from '#workflows/tools/convert-time.ts';
import { formatJson } from '#workflows/tools/format-json.ts';

/** The limit of Slack's composer. Others wait for their answers while this runs. */
const MOST_CHARS = 40_000;

/** Throws a SpanhoundError whose advice shows the syntax. */
export type UseTool = (typed: string) => ToolAnswer;

export function toolUser(clock: Readonly<{ nowUs(): number }>): UseTool {
  const tools: Readonly<Record<string, (text: string) => ToolAnswer>> = {
    time: (text) => timeAnswer(text, clock.nowUs()),
    json: jsonAnswer,
    diff: diffAnswer,
  };
  return (typed) => {
    if (typed.length > MOST_CHARS) {
      throw new UsageError(
        'that is too long for a chat',
        'In a terminal, `spanhound` takes files of any usual length.',
      );
    }
    const [verb = '', text = ''] = halves(typed);
    const use = Object.hasOwn(tools, verb) ? tools[verb] : undefined;
    if (use === undefined) throw new UsageError(`there is no tool “${cutText(verb, 40)}”`, '');
    return use(text);
  };
}

/** More times are a log, and a log belongs in a file. */
const TIMES = 50;

function timeAnswer(text: string, nowUs: number): ToolAnswer {
  // `1736173845 in Europe/Berlin`
  const [, before = '', place = ''] = /^(.*\S)\s+in\s+([A-Za-z][\w/+:-]+)$/s.exec(text) ?? [];
  const isPlace = readZone(place) !== undefined;
  const asked = isPlace ? before : text;
  const zones = isPlace ? [place] : [];
  const converted = convertTime({ texts: asked === '' ? [] : [asked], nowUs, zones });
  const [title = '', ...rest] = conversionText(converted).trimEnd().split('\n');
  if (converted.kind === 'timeline') {
    const lines = [title, ...rest];
    const cut = lines.length > TIMES ? [...lines.slice(0, TIMES), `… ${lines.length - TIMES} more`] : lines;
    return { title: `${converted.steps.length} times`, body: cut.join('\n'), notes: [] };
  }
  const epochSeconds = converted.kind === 'instant' ? Number(converted.instant.ns / 1_000_000_000n) : undefined;
  return { title, body: rest.join('\n'), notes: [], epochSeconds };
}

/** Names, indexes and `*`: their cost grows only with the size of the document. A server has other work to do. */
const PLAIN_PATH = /^(?:\$?(?:\.[\w-]+|\.\*|\[(?:\d+|\*|'[^'\]]*'|"[^"\]]*")\])*|(?:\/[^\s/]*)+)$/;

function jsonAnswer(typed: string): ToolAnswer {
  const [, query, text = ''] = /^([$./]\S*)?\s*(.*)$/s.exec(typed) ?? [];
  if (text === '') throw new UsageError('there is no JSON after it', 'Paste the document after `json`.');
  if (query !== undefined && !PLAIN_PATH.test(query)) {
    throw new UsageError(
      'in a chat, a query is a path of names, indexes and *',
      'For example `$.error.context`. The terminal supports all of JSONPath: `spanhound json --query`.',
    );
  }
  const { documents, causes, notes } = formatJson({ text, name: 'this', query, unfold: true });
  return {
    title: documents.length === 0 ? 'The query matches nothing' : (causes[0] ?? query ?? 'JSON, formatted'),
    body: documents.map((document) => writeJson(document, { indented: true })).join('\n'),
    notes: [...causes.slice(1), ...notes],
  };
}

function diffAnswer(typed: string): ToolAnswer {
  const [before, after] = pairIn(typed);
  const compared = compareDocuments({ before, after });
  if (compared.kind === 'json') {
    const { length } = compared.differences;
    const title = length === 1 ? '1 difference' : `${length || 'no'} differences`;
    return { title, body: length === 0 ? '' : differencesText(compared.differences), notes: [] };
  }
  return {
    title: compared.patch === '' && !compared.cut ? 'no difference' : 'The lines that differ',
    body: compared.patch,
    notes: [],
  };
}

/** Two JSON documents one after another, or two texts with a line of dashes between them. */
function pairIn(typed: string): readonly [string, string] {
  const read = readJson(typed);
  if ('documents' in read && read.documents.length === 2) {
    const [before, after] = read.documents.map((document) => writeJson(document, { indented: false }));
    return [before ?? '', after ?? ''];
  }
  const [before = '', after, ...more] = typed.split(/\n-{3,}\n/);
  if (after !== undefined && more.length === 0) return [before, after];
  throw new UsageError(
    'it needs two documents to compare',
    'Paste two JSON documents one after another, or two texts with a line of --- between them.',
  );
}

function halves(text: string): readonly [string, string] {
  const trimmed = text.trim();
  const space = trimmed.search(/\s/);
  return space === -1
    ? [trimmed.toLowerCase(), '']
    : [trimmed.slice(0, space).toLowerCase(), trimmed.slice(space).trim()];
}
