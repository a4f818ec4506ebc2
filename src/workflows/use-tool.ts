/** The utilities of a responder as they are asked for in Slack: what was typed, answered to the one who typed it. */
import { UsageError } from '#core/errors.ts';
import { readZone } from '#model/time-zone.ts';
import type { ToolAnswer } from '#present/slack-tool.ts';
import { conversionText } from '#present/time-conversion.ts';
import { convertTime } from '#workflows/convert-time.ts';

/** Throws a SpanhoundError whose advice says how to ask. */
export type UseTool = (typed: string) => ToolAnswer;

export function toolUser(clock: Readonly<{ nowUs(): number }>): UseTool {
  const tools: Readonly<Record<string, (text: string) => ToolAnswer>> = {
    time: (text) => timeAnswer(text, clock.nowUs()),
  };
  return (typed) => {
    const [verb = '', text = ''] = halves(typed);
    const use = Object.hasOwn(tools, verb) ? tools[verb] : undefined;
    if (use === undefined) throw new UsageError(`there is no tool “${verb.slice(0, 40)}”`, '');
    return use(text);
  };
}

/** More are a log, and a log belongs into a file. */
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

function halves(text: string): readonly [string, string] {
  const trimmed = text.trim();
  const space = trimmed.search(/\s/);
  return space === -1
    ? [trimmed.toLowerCase(), '']
    : [trimmed.slice(0, space).toLowerCase(), trimmed.slice(space).trim()];
}
