/** The message box: messages, and commands with suggestions. */
import { element, icon } from './dom.js';

/**
 * @param {object} options
 * @param {string} options.id
 * @param {string} options.label the name of the box
 * @param {((text: string) => readonly Suggestion[]) | undefined} options.suggest suggestions for the typed text; undefined where there are no commands
 * @param {(text: string) => Promise<void>} options.send
 *
 * @typedef {object} Suggestion
 * @property {string} line the text of the box after this choice
 * @property {string} name
 * @property {string} note
 * @property {boolean} eager Enter chooses it, because the typed text is incomplete
 */
export function composer({ id, label, suggest, send }) {
  let suggestions = [];
  let chosen = -1;

  const list = element('ul', {
    class: 'suggestions',
    id: `${id}-list`,
    role: 'listbox',
    'aria-label': 'Suggestions',
    hidden: true,
  });
  const box = element('textarea', {
    id: `${id}-input`,
    rows: 1,
    placeholder: label,
    'aria-label': label,
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: changed,
    onkeydown: keyed,
    onblur: close,
    onfocus: changed,
  });
  const form = element(
    'form',
    { class: 'composer', onsubmit: submitted },
    list,
    element(
      'div',
      { class: 'composer-box' },
      box,
      element('button', { class: 'send', 'aria-label': 'Send' }, icon('send')),
    ),
    suggest && element('p', { class: 'hint', 'aria-hidden': 'true' }, ...hint()),
  );
  return { form, box, write };

  function write(text) {
    box.value = text;
    grow();
    return submit();
  }

  function submitted(event) {
    event.preventDefault();
    submit();
  }

  async function submit() {
    const text = box.value.trim();
    if (text === '') return;
    box.value = '';
    grow();
    close();
    await send(text);
  }

  function changed() {
    grow();
    suggestions = suggest?.(box.value) ?? [];
    chosen = suggestions[0]?.eager ? 0 : -1;
    draw();
  }

  function grow() {
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
  }

  function draw() {
    list.hidden = suggestions.length === 0;
    list.replaceChildren(...suggestions.map(suggestionItem));
    box.setAttribute('aria-expanded', String(!list.hidden));
    if (chosen < 0) box.removeAttribute('aria-activedescendant');
    else box.setAttribute('aria-activedescendant', `${id}-option-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }

  function suggestionItem({ name, note }, at) {
    // The mouse must not take the focus: a box without focus closes its list before the click arrives.
    const keepFocus = (event) => event.preventDefault();
    return element(
      'li',
      {
        role: 'option',
        id: `${id}-option-${at}`,
        'aria-selected': String(at === chosen),
        onmousedown: keepFocus,
        // Not on entering: a list that opens under a resting mouse must not change the choice.
        onmousemove: () => at !== chosen && choose(at),
        onclick: () => take(at),
      },
      element('strong', {}, name),
      element('span', {}, note),
    );
  }

  function take(at) {
    box.value = suggestions[at].line;
    box.focus();
    changed();
  }

  function close() {
    suggestions = [];
    chosen = -1;
    draw();
  }

  function keyed(event) {
    if (event.isComposing || !(keyedInList(event) || keyedToSend(event))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Keys that control the open list. */
  function keyedInList({ key }) {
    const count = suggestions.length;
    if (count === 0) return false;
    switch (key) {
      case 'ArrowDown':
        choose((chosen + 1) % count);
        return true;
      case 'ArrowUp':
        choose((Math.max(chosen, 0) - 1 + count) % count);
        return true;
      case 'Escape':
        close();
        return true;
      case 'Enter':
      case 'Tab':
        if (chosen < 0) return false;
        take(chosen);
        return true;
      default:
        return false;
    }
  }

  function keyedToSend({ key, shiftKey }) {
    if (key !== 'Enter' || shiftKey) return false;
    submit();
    return true;
  }

  /** One row is lit: the mouse and the arrow keys move the same choice. */
  function choose(at) {
    chosen = at;
    draw();
  }
}

function hint() {
  const key = (name) => element('kbd', {}, name);
  return [key('/'), ' commands · ', key('Enter'), ' sends · ', key('Shift'), ' + ', key('Enter'), ' new line'];
}
