/** A postmortem as every place outside gets it. */
import type { TargetDraft } from '#model/incident/postmortem-target.ts';
import { MARK } from '#test/issue-drafts.ts';

export const PNG = new Uint8Array([137, 80, 78, 71]);

export const DRAFT: TargetDraft = {
  name: 'INC-12',
  title: 'Postmortem of INC-12: Logins fail',
  markdown: '# Postmortem of INC-12: Logins fail\n',
  pictures: [{ name: 'INC-12-steps.png', alt: 'The steps', png: PNG }],
  mark: MARK,
  remote: '',
  isUncertain: false,
};

/** For a target whose names follow from the incident. */
export async function keepNothing(): Promise<void> {
  throw new Error('nothing has to be kept');
}
