/** The pictures of a postmortem: when it began, the steps of the incident, and where the time of the diagnosed request went. */
import {
  IMPACT_BEGAN,
  type Postmortem,
  type PostmortemEvidence,
  type PostmortemSection,
} from '#model/incident/postmortem.ts';
import { spanText } from '#model/text/duration.ts';
import { type BarRow, barRows } from '#present/pictures/bar-rows.ts';
import { onsetSvg } from '#present/pictures/onset-svg.ts';
import { pathSvg, pathTitle } from '#present/pictures/path-svg.ts';
import type { Paper } from '#present/svg/paper.ts';
import { shortClock } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

export type PictureId = 'onset' | 'steps' | 'path';

/** `alt`: what it shows, in words. */
export type PostmortemPicture = Readonly<{ id: PictureId; alt: string; svg: string }>;

/** Those that there are, for documents that take pictures as files. */
export function postmortemPictures(postmortem: Postmortem): readonly PostmortemPicture[] {
  const diagnosed = diagnosedWithPath(postmortem);
  const all: readonly PostmortemPicture[] = [
    { id: 'onset', alt: onsetTitle(postmortem), svg: onsetPicture(postmortem, 'page') },
    { id: 'steps', alt: STEPS_TITLE, svg: stepsSvg(postmortem, 'page') },
    ...(diagnosed === undefined
      ? []
      : [{ id: 'path' as const, alt: pathTitle(diagnosed), svg: pathSvg(diagnosed, 'page') }]),
  ];
  return all.filter(({ svg }) => svg !== '');
}

/** The section that shows it: the onset in the impact, the steps above the timeline, the path of the first request above the whys. */
export function pictureIn({ id, table }: Pick<PostmortemSection, 'id' | 'table'>): PictureId | undefined {
  if (table === 'timeline') return 'steps';
  if (id === 'impact') return 'onset';
  return id === 'why' ? 'path' : undefined;
}

/** The first diagnosis that has requests over time. */
function countedOverTime({ evidence }: Postmortem): PostmortemEvidence | undefined {
  return evidence.find(({ affected }) => (affected?.overTime ?? []).length > 0);
}

export function onsetTitle(postmortem: Postmortem): string {
  const { affected, mark = '' } = countedOverTime(postmortem) ?? {};
  const whose = affected === undefined || affected.service === '' ? '' : ` to ${shown(affected.service)}`;
  return `When it began: requests${whose} over time, and the changes of that time (${mark})`;
}

/** More lines would hide what they explain. */
const MOST_CHANGES = 5;

/** Empty where the diagnoses counted no failed or slow request over time. */
export function onsetPicture(postmortem: Postmortem, paper: Paper): string {
  const { overTime = [] } = countedOverTime(postmortem)?.affected ?? {};
  const onsetUs = postmortem.steps.find(({ name }) => name === IMPACT_BEGAN)?.atUs;
  const [fromUs, toUs] = [overTime[0]?.fromUs ?? 0, overTime.at(-1)?.toUs ?? 0];
  const changes = changesOf(postmortem).filter(({ atUs }) => atUs >= fromUs && atUs <= toUs);
  const beganUs = onsetUs ?? toUs;
  const nearest = changes.toSorted((a, b) => Math.abs(a.atUs - beganUs) - Math.abs(b.atUs - beganUs));
  const marked = changes.filter((change) => nearest.indexOf(change) < MOST_CHANGES);
  const said = marked.map(({ mark, atUs, text }) => ({ atUs, words: shown(`${mark} ${shortClock(atUs)} ${text}`) }));
  return onsetSvg({ title: onsetTitle(postmortem), overTime, onsetUs, changes: said }, paper);
}

type MarkedChange = Readonly<{ atUs: number; text: string; mark: string }>;

/** In order of time, each once: a diagnosis adds those that the timeline lacks. */
function changesOf({ timeline, evidence }: Postmortem): readonly MarkedChange[] {
  const all: readonly MarkedChange[] = [
    ...timeline.filter(({ kind }) => kind === 'change'),
    ...evidence.flatMap(({ mark, changes = [] }) => changes.map((change) => ({ ...change, mark }))),
  ];
  const isSame = (one: MarkedChange, other: MarkedChange) => one.atUs === other.atUs && one.text.startsWith(other.text);
  return all
    .filter((change, at) => !all.slice(0, at).some((before) => isSame(before, change)))
    .toSorted((a, b) => a.atUs - b.atUs);
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
      value: index === 0 ? '0' : `+${spanText(endUs)}`,
      lanes: [{ fill: STEP_COLOUR, bars: [{ startUs: (steps[index - 1] ?? first).atUs - first.atUs, endUs }] }],
    };
  });
  return barRows({ id: 'steps', title: `The steps of ${name}`, rows, durationUs: last.atUs - first.atUs }, paper);
}
