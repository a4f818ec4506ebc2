/** A postmortem as every place outside gets it. */
import type { KeepRemote, TargetDraft } from '#model/incident/postmortem-target.ts';
import { MARK } from '#test/issue-drafts.ts';

export const PNG = new Uint8Array([137, 80, 78, 71]);

export const DRAFT: TargetDraft = {
  name: 'INC-12',
  title: 'Postmortem of INC-12: Logins fail',
  markdown: '# Postmortem of INC-12: Logins fail\n',
  pictures: [{ name: 'INC-12-steps.png', alt: 'The steps', png: PNG }],
  channelId: 'C0OPS',
  document: [
    { kind: 'notice', lines: ['Draft', 'P1 · resolved'] },
    { kind: 'heading', level: 2, text: 'Timeline' },
    { kind: 'picture', name: 'INC-12-steps.png', alt: 'The steps' },
    {
      kind: 'list',
      items: [
        { runs: [{ text: 'An index was missing. (' }, { text: 'T4', url: 'https://chat.example/4' }], isTask: false },
        { runs: [{ text: 'What broke?' }], isTask: true },
      ],
    },
    { kind: 'table', head: ['', 'What'], rows: [[[{ text: 'T1' }], [{ text: 'note', isBold: true }, { text: '\n' }]]] },
  ],
  mark: MARK,
  remote: '',
  isUncertain: false,
  earlierTitles: [],
};

/** Keeps what the target names. */
export function kept(): Readonly<{ keep: KeepRemote; remotes: string[] }> {
  const remotes: string[] = [];
  return { keep: async (remote) => void remotes.push(remote), remotes };
}
