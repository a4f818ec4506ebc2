/** The inputs of a modal, and their values in Slack's form. */
import { element } from './dom.js';
import { textNodes } from './text.js';

export function inputBlock(block, { names }) {
  const id = `input-${block.block_id}`;
  const hint = block.hint && element('small', { id: `${id}-hint` }, ...textNodes(block.hint));
  const label = [...textNodes(block.label), block.optional ? ' (optional)' : ''];
  const attributes = {
    'data-block': block.block_id,
    'data-action': block.element.action_id,
    'data-type': block.element.type,
    'aria-describedby': hint ? `${id}-hint` : undefined,
  };
  const group = CHOICES[block.element.type];
  if (group)
    return element(
      'fieldset',
      { class: 'block input', ...attributes },
      element('legend', {}, ...label),
      ...group(block, id, names),
      hint,
    );
  const control = single(block.element, { id, ...attributes, required: !block.optional }, names);
  return element('div', { class: 'block input' }, element('label', { for: id }, ...label), control, hint);
}

const CHOICES = {
  radio_buttons: (block, id) => choices(block, id, 'radio'),
  checkboxes: (block, id) => choices(block, id, 'checkbox'),
  multi_users_select: ({ element: one }, id, names) =>
    names.everybody().map((person) =>
      element(
        'label',
        { class: 'choice' },
        element('input', {
          type: 'checkbox',
          name: id,
          value: person.id,
          checked: (one.initial_users ?? []).includes(person.id),
        }),
        element('span', {}, person.realName),
      ),
    ),
};

function choices({ element: one, optional }, id, type) {
  const initial = [one.initial_option, ...(one.initial_options ?? [])].map((option) => option?.value);
  return one.options.map(({ text, value, description }) =>
    element(
      'label',
      { class: 'choice' },
      element('input', {
        type,
        name: id,
        value,
        checked: initial.includes(value),
        required: type === 'radio' && !optional,
      }),
      element('span', {}, ...textNodes(text), description && element('small', {}, ...textNodes(description))),
    ),
  );
}

function single(one, attributes, names) {
  const common = {
    ...attributes,
    placeholder: one.placeholder?.text,
    maxlength: one.max_length,
    minlength: one.min_length,
  };
  const choose = (options) =>
    element('select', attributes, element('option', { value: '' }, one.placeholder?.text ?? 'Choose'), ...options);
  if (one.type === 'static_select') {
    return choose(
      one.options.map(({ text, value }) =>
        element('option', { value, selected: value === one.initial_option?.value }, ...textNodes(text)),
      ),
    );
  }
  if (one.type === 'users_select') {
    return choose(
      names
        .everybody()
        .map(({ id, realName }) => element('option', { value: id, selected: id === one.initial_user }, realName)),
    );
  }
  if (one.multiline) return element('textarea', { ...common, rows: 4 }, one.initial_value ?? '');
  const type = {
    number_input: 'number',
    email_text_input: 'email',
    url_text_input: 'url',
    datepicker: 'date',
    timepicker: 'time',
  }[one.type];
  return element('input', {
    ...common,
    type: type ?? 'text',
    value: one.initial_value ?? one.initial_date ?? one.initial_time,
  });
}

/** `view.state.values`: by block, by action. */
export function filledIn(form) {
  const values = {};
  for (const control of form.querySelectorAll('[data-block]')) {
    const { block, action, type } = control.dataset;
    values[block] = { [action]: { type, ...filledValue(control, type) } };
  }
  return values;
}

function filledValue(control, type) {
  const chosen = [...control.querySelectorAll('input:checked')].map(optionOf);
  switch (type) {
    case 'radio_buttons':
      return { selected_option: chosen[0] ?? null };
    case 'checkboxes':
      return { selected_options: chosen };
    case 'multi_users_select':
      return { selected_users: chosen.map(({ value }) => value) };
    case 'static_select':
      return { selected_option: control.value === '' ? null : optionOf(control.selectedOptions[0]) };
    case 'datepicker':
      return { selected_date: control.value || null };
    case 'timepicker':
      return { selected_time: control.value || null };
    case 'users_select':
      return { selected_user: control.value || null };
    default:
      return { value: control.value || null };
  }
}

function optionOf(control) {
  const text = control.closest('label')?.textContent ?? control.textContent ?? '';
  return { value: control.value, text: { type: 'plain_text', text } };
}
