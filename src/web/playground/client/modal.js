/** The bot's modal: its blocks as a form. */
import { blockNodes } from './blocks.js';
import { openDialog } from './dialogs.js';
import { element, iconButton } from './dom.js';
import { filledIn } from './inputs.js';
import { ask } from './server.js';
import { textNodes } from './text.js';

let shownView;

/** Shows the bot's modal, its newer state, or takes it away. */
export function showView(view, around) {
  const before = shownView;
  shownView = undefined;
  before?.close();
  if (view === null) return;

  const problems = element('p', { class: 'problem', role: 'alert', hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    const errors = Object.entries((await ask('submit', { values: filledIn(event.currentTarget) })) ?? {});
    problems.hidden = errors.length === 0;
    problems.textContent = errors.map(([, text]) => text).join(' ');
  };
  const dialog = element(
    'dialog',
    {
      class: 'dialog modal',
      'aria-label': view.title.text,
      onclose: () => shownView === dialog && ask('close-modal'),
    },
    element(
      'div',
      { class: 'dialog-head' },
      element('h2', {}, ...textNodes(view.title)),
      iconButton('close', 'Close', () => dialog.close()),
    ),
    element(
      'form',
      { onsubmit: (event) => submit(event).catch((error) => around.complain(error.message)) },
      ...blockNodes(view.blocks, { ...around, place: { kind: 'modal' } }),
      problems,
      element(
        'div',
        { class: 'dialog-foot' },
        element(
          'button',
          { type: 'button', class: 'button', onclick: () => dialog.close() },
          view.close?.text ?? 'Close',
        ),
        view.submit && element('button', { class: 'button primary' }, ...textNodes(view.submit)),
      ),
    ),
  );
  shownView = dialog;
  openDialog(dialog);
}
