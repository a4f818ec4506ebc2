/** The bot's modal: its blocks as a form. */
import { blockNodes } from './blocks.js';
import { openDialog } from './dialogs.js';
import { element, iconButton } from './dom.js';
import { filledIn } from './inputs.js';
import { ask } from './server.js';
import { textNodes } from './text.js';

let shownView;

/** Shows, updates or closes the bot's modal. */
export function showView(view, around) {
  const before = shownView;
  shownView = undefined;
  before?.close();
  if (view === null) return;

  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    showProblems(form, (await ask('submit', { values: filledIn(form) })) ?? {});
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

/** Shows each error at its input, as Slack does. */
function showProblems(form, problems) {
  for (const shown of form.querySelectorAll('.problem')) shown.remove();
  for (const control of form.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid');
  for (const [block, text] of Object.entries(problems)) {
    const control = form.querySelector(`[data-block="${CSS.escape(block)}"]`);
    const problem = element('p', { class: 'problem', role: 'alert' }, text);
    control?.setAttribute('aria-invalid', 'true');
    (control?.closest('.input') ?? form).append(problem);
  }
  form.querySelector('.problem')?.scrollIntoView({ block: 'nearest' });
}
