/** The report of a case, with its seal. */
import { z } from 'zod';
import { UsageError } from '#core/errors.ts';
import { incidentName } from '#model/incident/incident.ts';
import { defineOperation, IncidentArgument } from '#operations/operation.ts';
import { REPORT_FACTS, REPORT_LISTS, reportAnswer } from '#operations/report-answer.ts';
import { shown } from '#present/words/plain-text.ts';
import type { ReadCase } from '#workflows/cases/read-case.ts';

const WHICH = 'incident names a case in the store, case one of the folders that the server offers.';

export const readCaseOperation = defineOperation({
  name: 'read_case',
  title: 'Read a case',
  description:
    'Reads the report of a case: the diagnosis that belongs to an incident, with the seal of its evidence and whether the evidence is unchanged. It asks no system outside. The audit log records the reading.',
  asksSystems: false,
  route: { method: 'GET', path: '/incidents/{incident}/case', without: ['case'] },
  scope: 'cases',
  input: {
    incident: IncidentArgument.optional(),
    number: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(10_000, 'must be at most 10000')
      .optional()
      .describe(
        'The number of the case within the incident. Default: the case of the answer under which the incident was declared.',
      ),
    case: z
      .string('must be text')
      .max(200, 'must have at most 200 characters')
      .optional()
      .describe('The name of a folder that the server offers (spanhound mcp --case).'),
  },
  facts: {
    ...REPORT_FACTS,
    case: z.string(),
    seal: z.string().nullable().describe('SHA-256 that proves the evidence; null for a folder without a seal.'),
    unchanged: z.boolean().nullable().describe('Whether the evidence is as it was sealed; null without a seal.'),
    problems: z.array(z.string()).describe('Differences from the seal.'),
    incident: z.string().nullable(),
    cases: z.int().nullable().describe('How many cases the incident has.'),
  },
  lists: REPORT_LISTS,
  async answer({ incident, number, case: folder }, { parts }) {
    if ((incident === undefined) === (folder === undefined))
      throw new UsageError('give either incident or case', WHICH);
    if (incident === undefined && number !== undefined) throw new UsageError('number belongs to incident', WHICH);
    const read =
      incident === undefined ? await parts.replayCase(folder ?? '') : await parts.readCase({ incident, number });
    return reportAnswer(read, { about: aboutCase(read), facts: factsOf(read) });
  },
});

function factsOf({ name, seal, problems, of }: ReadCase) {
  return {
    case: name,
    seal: seal ?? null,
    unchanged: seal === undefined ? null : problems.length === 0,
    problems: problems.map(shown),
    incident: of === undefined ? null : incidentName(of.incident),
    cases: of?.cases ?? null,
  };
}

function aboutCase({ name, seal, problems, of }: ReadCase): readonly string[] {
  const place = of === undefined ? `Case ${name}` : `Case ${of.number} of ${of.cases} of ${incidentName(of.incident)}`;
  if (seal === undefined) return [`${place} has no seal, so nothing proves its evidence unchanged.`];
  if (problems.length === 0) return [`${place}, unchanged since it was sealed. Seal: ${seal}`];
  return [`${place} differs from its seal ${seal}: ${problems.map(shown).join('; ')}`];
}
