/** The pictures of a postmortem: the steps of the incident, and where the time of the diagnosed request went. */
import type { Postmortem, PostmortemEvidence, PostmortemSection } from '#model/incident/postmortem.ts';
import { durationText, exactDuration } from '#model/text/duration.ts';
import { type BarRow, barRows } from '#present/pictures/bar-rows.ts';
import type { Paper } from '#present/svg/paper.ts';
import { FOLDED, serviceColours } from '#present/svg/service-colours.ts';
import { shown } from '#present/words/plain-text.ts';

export type PictureId = 'steps' | 'path';

/** `alt`: what it shows, in words. */
export type PostmortemPicture = Readonly<{ id: PictureId; alt: string; svg: string }>;

/** Those that there are, for documents that take pictures as files. */
export function postmortemPictures(postmortem: Postmortem): readonly PostmortemPicture[] {
  const diagnosed = diagnosedWithPath(postmortem);
  const all: readonly PostmortemPicture[] = [
    { id: 'steps', alt: STEPS_TITLE, svg: stepsSvg(postmortem, 'page') },
    ...(diagnosed === undefined
      ? []
      : [{ id: 'path' as const, alt: pathTitle(diagnosed), svg: pathSvg(diagnosed, 'page') }]),
  ];
  return all.filter(({ svg }) => svg !== '');
}

/** The section that shows it: the steps stand above the timeline, the path of the first diagnosed request above the whys. */
export function pictureIn({ id, table }: Pick<PostmortemSection, 'id' | 'table'>): PictureId | undefined {
  if (table === 'timeline') return 'steps';
  return id === 'why' ? 'path' : undefined;
}

export const STEPS_TITLE = 'From one step to the next, over the time since the first one';

export function diagnosedWithPath({ evidence }: Postmortem): PostmortemEvidence | undefined {
  return evidence.find(({ path = [] }) => path.length > 0);
}

/** Each bar reaches from the step before to this one. */
const STEP_COLOUR = '#56b4e9';

/** Empty where fewer than two steps are known. */
export function stepsSvg({ steps, name }: Postmortem, paper: Paper): string {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined || last.atUs <= first.atUs) return '';
  const rows = steps.map(({ name, atUs }, index): BarRow => {
    const endUs = atUs - first.atUs;
    return {
      label: name,
      value: index === 0 ? '0' : `+${endUs === 0 ? '0 s' : durationText(endUs)}`,
      colour: STEP_COLOUR,
      bars: [{ startUs: (steps[index - 1] ?? first).atUs - first.atUs, endUs }],
    };
  });
  return barRows({ id: 'steps', title: `The steps of ${name}`, rows, durationUs: last.atUs - first.atUs }, paper);
}

/** The critical path by operation, from the report; empty where the diagnosis has none. */
export function pathSvg({ mark, request, path = [] }: PostmortemEvidence, paper: Paper): string {
  if (request === undefined || path.length === 0) return '';
  const colours = serviceColours(path.map(({ service }) => service));
  const rows = path.map(
    ({ service, operation, bars }): BarRow => ({
      label: shown(`${service} ${operation}`.trim()),
      value: exactDuration(bars.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)),
      colour: colours.get(service) ?? FOLDED,
      bars,
    }),
  );
  const durationUs = Math.max(request.durationUs, ...path.flatMap(({ bars }) => bars.map(({ endUs }) => endUs)));
  return barRows({ id: `path-${mark}`, title: pathTitle({ mark, request }), rows, durationUs }, paper);
}

export function pathTitle({ mark, request }: Pick<PostmortemEvidence, 'mark' | 'request'>): string {
  return `Where the time of ${shown(request?.operation ?? 'the request')} went, by operation on its critical path (${mark})`;
}
