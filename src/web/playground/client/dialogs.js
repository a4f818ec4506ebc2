/** Overlays of the page: a confirmation before a button acts, a picture in full size, a menu. */
import { element, iconButton } from './dom.js';
import { textNodes } from './text.js';

/** Shows the button's `confirm` dialog. @returns {Promise<boolean>} */
export function confirmed(confirm, names) {
  return new Promise((resolve) => {
    const dialog = element(
      'dialog',
      { class: 'dialog', 'aria-label': confirm.title.text, onclose: () => resolve(dialog.returnValue === 'yes') },
      element('h2', {}, ...textNodes(confirm.title)),
      element('p', {}, ...textNodes(confirm.text, names)),
      element(
        'form',
        { method: 'dialog', class: 'dialog-foot' },
        element('button', { class: 'button', value: 'no' }, ...textNodes(confirm.deny)),
        element(
          'button',
          { class: `button ${confirm.style ?? 'primary'}`, value: 'yes' },
          ...textNodes(confirm.confirm),
        ),
      ),
    );
    openDialog(dialog);
  });
}

export function showPicture(source, alt) {
  const dialog = element(
    'dialog',
    { class: 'dialog lightbox', 'aria-label': 'Picture' },
    element(
      'div',
      { class: 'dialog-head' },
      element('a', { class: 'button', href: source, target: '_blank' }, 'Open in a tab'),
      iconButton('close', 'Close', () => dialog.close(), { autofocus: true }),
    ),
    element('div', { class: 'lightbox-picture', tabindex: 0 }, element('img', { src: source, alt })),
    element('p', {}, alt),
  );
  openDialog(dialog);
}

/** @param {string} title @param {Node[]} nodes */
export function showText(title, nodes) {
  const dialog = element(
    'dialog',
    { class: 'dialog reader', 'aria-label': title },
    element(
      'div',
      { class: 'dialog-head' },
      element('h2', {}, title),
      iconButton('close', 'Close', () => dialog.close(), { autofocus: true }),
    ),
    element('div', { class: 'preview', tabindex: 0 }, ...nodes),
  );
  openDialog(dialog);
}

/** @param {HTMLElement} opener @param {{ label: string, run: () => void }[]} items */
export function showMenu(opener, items) {
  const buttons = items.map(({ label, run }) => {
    const choose = () => {
      menu.hidePopover();
      run();
    };
    return element('button', { type: 'button', role: 'menuitem', onclick: choose }, label);
  });
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement);
    buttons.at((at + step) % buttons.length)?.focus();
  };
  const toggled = (event) => {
    if (event.newState !== 'closed') return;
    opener.setAttribute('aria-expanded', 'false');
    menu.remove();
    opener.focus();
  };
  const menu = element(
    'div',
    { popover: 'auto', role: 'menu', class: 'menu', onkeydown: move, ontoggle: toggled },
    ...buttons,
  );
  document.body.append(menu);
  menu.showPopover();
  opener.setAttribute('aria-expanded', 'true');

  const anchor = opener.getBoundingClientRect();
  const below = anchor.bottom + menu.offsetHeight < innerHeight;
  menu.style.top = `${below ? anchor.bottom + 4 : anchor.top - menu.offsetHeight - 4}px`;
  menu.style.left = `${Math.max(8, Math.min(anchor.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
  buttons[0]?.focus();
}

/** Opens a dialog, which is removed when it closes. */
export function openDialog(dialog) {
  document.body.append(dialog);
  // A click outside the content closes the dialog: its target is then the dialog itself.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
}
