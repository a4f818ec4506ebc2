/** The page: a copy of the server's workspace, and the part of it on the screen. */
import { blockNodes } from './blocks.js';
import { composer } from './composer.js';
import { dayOf } from './dates.js';
import { showMenu } from './dialogs.js';
import { byId, element, icon, iconButton } from './dom.js';
import { messageElement } from './message.js';
import { messageList } from './message-list.js';
import { showView } from './modal.js';
import { actAs, ask } from './server.js';
import { spokenText } from './text.js';

/** Lines of one person within this time are grouped under one name. Messages with blocks or files are never grouped. */
const TOGETHER_SECONDS = 300;

const HOME = 'home';

/** The reaction that marks a message for the timeline. */
const MARK = 'pushpin';

/** From the end of a press to its click, also of a finger. */
const CLICK_MS = 100;

/** Nothing is held back for longer: a menu of the browser does not tell the page when its press ends. */
const PRESS_MS = 10_000;

/** How long an opened message is highlighted. */
const FOUND_MS = 2000;

const workspace = {
  you: '',
  bot: '',
  people: new Map(),
  channels: new Map(),
  messages: new Map(),
  manifest: { commands: [], messageShortcuts: [] },
  cases: [],
  archives: '',
  homes: {},
};
/** What changes while a button of the mouse or a finger is down is drawn once the click has been heard. */
const press = { ends: undefined, hidesChange: false };
const shown = { place: undefined, threadTs: undefined, unread: new Set() };
const lists = { channel: messageList(byId('messages'), itemElements), thread: undefined };
let writeCommand = async () => undefined;

const names = {
  personName: (id) => workspace.people.get(id)?.name ?? id,
  channelName: (id) => workspace.channels.get(id)?.name ?? id,
  channelAddress: (id) => (workspace.channels.has(id) ? `${workspace.archives}${id}` : undefined),
  placeName: ({ name, directTo }) =>
    directTo === undefined ? `# ${name}` : `Direct messages of ${names.personName(workspace.bot)}`,
  everybody: () => [...workspace.people.values()].filter(({ isBot }) => !isBot),
};

connect();
document.addEventListener('pointerdown', () => endPressIn(PRESS_MS));
for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, () => endPressIn(CLICK_MS));
byId('open-sidebar').append(icon('menu'));
byId('open-sidebar').addEventListener('click', () => toggleSidebar());
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape' || document.querySelector('dialog[open], [popover]')) return;
  if (sidebarIsOpen()) toggleSidebar(false);
  else closeThread();
});
byId('pinned').addEventListener('click', ({ currentTarget }) => showPins(currentTarget));
// Links to messages of this workspace open them on the page, because their addresses do not exist.
document.addEventListener('click', (event) => {
  const place = placeOf(event.target.closest?.('a[href]')?.href ?? '');
  if (place === undefined) return;
  event.preventDefault();
  document.querySelector('dialog.reader')?.close();
  showMessage(place);
});
// On a phone the channels cover the page: a touch outside them closes them.
document.addEventListener('click', ({ target }) => {
  const beside = !byId('sidebar').contains(target) && !byId('open-sidebar').contains(target);
  if (sidebarIsOpen() && beside) toggleSidebar(false);
});

/** The first event of each connection is the whole workspace, so nothing is missed. */
function connect() {
  const events = new EventSource('/playground/events');
  events.addEventListener('snapshot', ({ data }) => {
    byId('connection').hidden = true;
    takeSnapshot(JSON.parse(data));
  });
  events.addEventListener('change', ({ data }) => takeChange(JSON.parse(data)));
  events.addEventListener('error', () => {
    byId('connection').hidden = false;
  });
}

function takeSnapshot({ you, bot, archives, people, channels, messages, manifest, cases, homes, modal }) {
  Object.assign(workspace, { you: workspace.you || you, bot, archives, manifest, cases, homes });
  workspace.people = new Map(people.map((person) => [person.id, person]));
  workspace.channels = new Map(channels.map((channel) => [channel.id, channel]));
  workspace.messages = new Map(messages.map((message) => [keyOf(message), message]));
  if (shown.threadTs && !workspace.messages.has(`${shown.place}/${shown.threadTs}`)) closeThread();
  drawActor();
  show(shown.place ?? channels[0].id);
  showView(modal, around({ kind: 'modal' }));
}

function takeChange(change) {
  switch (change.kind) {
    case 'message':
      announce(change.message);
      workspace.messages.set(keyOf(change.message), change.message);
      if (change.message.channelId !== shown.place && isForYou(change.message))
        shown.unread.add(change.message.channelId);
      break;
    case 'removed':
      workspace.messages.delete(keyOf(change));
      break;
    case 'channel':
      workspace.channels.set(change.channel.id, change.channel);
      if (change.channel.id === shown.place && change.channel.isArchived) drawComposer();
      break;
    case 'home':
      workspace.homes[change.userId] = change.view;
      break;
    case 'modal':
      showView(change.view, around({ kind: 'modal' }));
      break;
  }
  // A message that is drawn anew between press and release is another element, and nobody hears the click.
  if (press.ends !== undefined) press.hidesChange = true;
  else draw();
}

function endPressIn(ms) {
  clearTimeout(press.ends);
  press.ends = setTimeout(() => {
    press.ends = undefined;
    if (press.hidesChange) draw();
    press.hidesChange = false;
  }, ms);
}

/** The visitor may act as a colleague: they get other direct messages, and may do other things. */
function drawActor() {
  const options = names.everybody().map(({ id, realName }) => {
    return element('option', { value: id, selected: id === workspace.you }, realName);
  });
  byId('actor').replaceChildren(...options);
  byId('actor').onchange = ({ currentTarget }) => {
    workspace.you = currentTarget.value;
    actAs(workspace.you);
    const channel = workspace.channels.get(shown.place);
    if (shown.place === HOME || channel === undefined || isMine(channel)) show(shown.place);
    else show([...workspace.channels.values()].find(isMine).id);
    drawComposer();
    byId('announcer').textContent = `You act as ${names.personName(workspace.you)}`;
  };
}

/**
 * Screen readers get the summary line once for each new text, not the whole message. Messages in a closed thread are not
 * announced, because they would interrupt it.
 */
function announce(message) {
  const { userId, text, channelId, threadTs } = message;
  const visible =
    isForYou(message) && channelId === shown.place && (isInChannel(message) || threadTs === shown.threadTs);
  const said = text === '' || text === workspace.messages.get(keyOf(message))?.text;
  if (!visible || said || userId === workspace.you) return;
  byId('announcer').textContent = `${names.personName(userId)}: ${spokenText(text, names)}`;
}

function show(place) {
  if (place !== shown.place) closeThread();
  const changed = place !== shown.place;
  shown.place = place;
  shown.unread.delete(place);
  toggleSidebar(false);
  if (place === HOME) ask('open-home').catch((error) => complain(error.message));
  if (changed) drawComposer();
  draw();
  if (changed) lists.channel.toNewest();
}

function draw() {
  drawSidebar();
  const channel = workspace.channels.get(shown.place);
  byId('place-name').textContent = channel ? names.placeName(channel) : names.personName(workspace.bot);
  byId('place-topic').textContent = channel?.isArchived ? 'Archived' : (channel?.topic ?? 'Home of the app');
  drawPinned();
  if (channel) lists.channel.draw(inChannel(channel.id).map(placedInChannel));
  else drawHome();
  if (shown.threadTs) drawThread();
}

function drawPinned() {
  const count = pinnedHere().length;
  const button = byId('pinned');
  button.hidden = count === 0;
  button.setAttribute('aria-label', `Pinned messages: ${count}`);
  button.replaceChildren(icon('pin'), `${count} pinned`);
}

/** The newest pin first. */
function pinnedHere() {
  return [...workspace.messages.values()]
    .filter(({ channelId, pinned }) => channelId === shown.place && pinned)
    .sort((a, b) => b.pinned.atUs - a.pinned.atUs);
}

function showPins(opener) {
  const items = pinnedHere().map((message) => {
    return { label: spokenText(message.text || 'A message without text', names), run: () => showMessage(message) };
  });
  showMenu(opener, items);
}

function placeOf(address) {
  if (workspace.archives === '' || !address.startsWith(workspace.archives)) return undefined;
  const place = address.slice(workspace.archives.length);
  if (workspace.channels.has(place)) return { channelId: place };
  const [, channelId, seconds, micros] = /^(\w+)\/p(\d+)(\d{6})/.exec(place) ?? [];
  const message = workspace.messages.get(`${channelId}/${seconds}.${micros}`);
  if (message === undefined) complain('This message is no longer there.');
  return message ?? {};
}

/** Shows the channel, and in it or in its thread the message. */
function showMessage({ channelId, ts, threadTs }) {
  if (channelId === undefined) return;
  show(channelId);
  if (ts === undefined) return;
  if (threadTs && shown.threadTs !== threadTs) openThread(threadTs);
  const found = document.querySelector(`${threadTs ? '#thread' : '#messages'} [data-ts="${ts}"]`);
  found?.scrollIntoView({ block: 'start' });
  found?.classList.add('found');
  setTimeout(() => found?.classList.remove('found'), FOUND_MS);
}

function drawSidebar() {
  const bot = workspace.people.get(workspace.bot);
  const link = (place, label) =>
    element(
      'button',
      {
        type: 'button',
        class: `place ${shown.unread.has(place) ? 'unread' : ''}`,
        'aria-current': place === shown.place ? 'page' : undefined,
        onclick: () => show(place),
      },
      label,
      shown.unread.has(place) && element('span', { class: 'unseen' }, ' (new messages)'),
    );
  const item = (channel) => element('li', {}, link(channel.id, names.placeName(channel)));
  const mine = [...workspace.channels.values()].filter(isMine);
  const direct = mine.filter(({ directTo }) => directTo !== undefined);
  byId('places').replaceChildren(
    element('h2', {}, 'Channels'),
    element('ul', {}, ...mine.filter(({ directTo }) => directTo === undefined).map(item)),
    element('h2', {}, 'Apps'),
    element('ul', {}, element('li', {}, link(HOME, bot.realName)), ...direct.map(item)),
  );
}

/** As in Slack: without the direct messages of others, and without what is archived. */
function isMine({ id, members, isArchived }) {
  return members.includes(workspace.you) && (!isArchived || id === shown.place);
}

function drawHome() {
  const home = workspace.homes[workspace.you];
  const content = home
    ? blockNodes(home.blocks, around({ kind: 'home' }))
    : [element('p', { class: 'unknown' }, 'This tab is empty.')];
  byId('messages').replaceChildren(element('div', { class: 'home' }, ...content));
  lists.channel.forget();
}

function drawComposer() {
  const channel = workspace.channels.get(shown.place);
  if (channel === undefined || channel.isArchived) return byId('composer').replaceChildren();
  const { form, box, write } = composer({
    id: 'composer',
    label: `Message ${channel.directTo === undefined ? `#${channel.name}` : names.personName(workspace.bot)}, or type /`,
    suggest: suggestions,
    send: (text) => {
      // After sending, show the newest messages, where the answer appears.
      lists.channel.toNewest();
      return say({ channelId: channel.id, text });
    },
  });
  writeCommand = write;
  byId('composer').replaceChildren(form);
  // On a phone, the keyboard would cover the page at once.
  if (matchMedia('(hover: hover)').matches) box.focus({ preventScroll: true });
}

function suggestions(typed) {
  const mention = /(?:^|\s)@(\w*)$/.exec(typed);
  if (mention) return peopleSuggestions(typed, mention[1].toLowerCase());
  const command = /^(\/\S+)\s+(\S*)$/.exec(typed);
  if (command) return [...wordSuggestions(command), ...(command[1] === '/trace' ? caseSuggestions(command[2]) : [])];
  if (!/^\/\S*$/.test(typed)) return [];
  const commands = workspace.manifest.commands.map(({ command: name, usageHint, description }) => ({
    line: `${name} `,
    name: `${name} ${usageHint}`,
    note: description,
    eager: name !== typed,
  }));
  const invite = {
    line: '/invite @spanhound',
    name: '/invite @spanhound',
    note: 'Add Spanhound to this channel',
    eager: typed !== '/invite',
  };
  return [...commands, invite].filter(({ line }) => line.startsWith(typed));
}

function peopleSuggestions(typed, wanted) {
  const before = typed.slice(0, typed.length - wanted.length);
  return names
    .everybody()
    .filter(({ name }) => name.startsWith(wanted))
    .map(({ name, realName }) => ({ line: `${before}${name} `, name: `@${name}`, note: realName, eager: true }));
}

/** The command's words, from its usage hint: `declare <title> | note | help`. */
function wordSuggestions([, name, typed]) {
  const hint = workspace.manifest.commands.find(({ command }) => command === name)?.usageHint ?? '';
  return hint
    .split('|')
    .map((usage) => usage.trim())
    .filter((usage) => /^[a-z]/.test(usage) && usage.startsWith(typed))
    .map((usage) => {
      const [word] = usage.split(' ');
      return { line: `${name} ${word} `, name: `${name} ${usage}`, note: '', eager: typed !== '' && word !== typed };
    });
}

function caseSuggestions(typed) {
  const wanted = typed.toLowerCase();
  return workspace.cases
    .filter(({ id, title }) => id !== wanted && (id.startsWith(wanted) || title.toLowerCase().includes(wanted)))
    .map(({ id, title }) => ({ line: `/trace ${id}`, name: title, note: id, eager: false }));
}

async function say(typed) {
  try {
    await ask('say', typed);
  } catch (error) {
    complain(`Not sent: ${error.message}`);
  }
}

function openThread(ts) {
  const channelId = shown.place;
  shown.threadTs = ts;
  const messages = element('section', { class: 'messages', tabindex: -1, 'aria-label': 'Replies' });
  const { form, box } = composer({
    id: 'reply',
    label: 'Reply',
    suggest: undefined,
    send: async (text) => {
      await say({ channelId, threadTs: ts, text });
      lists.thread?.toNewest();
    },
  });
  byId('thread').replaceChildren(
    element(
      'header',
      { class: 'thread-head' },
      element('h2', {}, 'Thread', element('small', {}, names.placeName(workspace.channels.get(channelId)))),
      iconButton('close', 'Close thread', closeThread),
    ),
    messages,
    form,
  );
  byId('thread').hidden = false;
  byId('workspace').classList.add('with-thread');
  lists.thread = messageList(messages, itemElements, true);
  drawThread();
  // The reader has just seen the first message in the channel, so the thread opens at the first reply.
  messages.querySelector('.reply-count')?.scrollIntoView();
  if (matchMedia('(hover: hover)').matches) box.focus({ preventScroll: true });
}

function closeThread() {
  if (!shown.threadTs) return;
  const opener = document.querySelector(`#messages [data-ts="${shown.threadTs}"] .thread-link`);
  shown.threadTs = undefined;
  lists.thread = undefined;
  byId('thread').hidden = true;
  byId('workspace').classList.remove('with-thread');
  opener?.focus();
}

function drawThread() {
  const root = workspace.messages.get(`${shown.place}/${shown.threadTs}`);
  if (root === undefined) return closeThread();
  const thread = [root, ...repliesTo(root)];
  lists.thread.draw(thread.map(placedInThread));
}

/** A message with everything that affects its look, so that only changed messages are redrawn. */
function placedInChannel(message, at, channel) {
  const previous = channel[at - 1];
  const sameDay = previous !== undefined && dayOf(previous.ts) === dayOf(message.ts);
  return {
    message,
    inThread: false,
    compact: sameDay && goesOn(message, previous),
    replies: countedRepliesTo(message),
    above: sameDay ? undefined : { kind: 'day', text: dayOf(message.ts) },
  };
}

function placedInThread(message, at, thread) {
  const [root] = thread;
  const count = countedRepliesTo(root).length;
  return {
    message,
    inThread: true,
    compact: at > 1 && goesOn(message, thread[at - 1]),
    replies: [],
    above:
      at === 1 && count > 0
        ? { kind: 'reply-count', text: `${count} ${count === 1 ? 'reply' : 'replies'}` }
        : undefined,
  };
}

function goesOn(message, previous) {
  const { userId, ephemeral, blocks, files, ts } = message;
  const sameVoice = previous.userId === userId && previous.ephemeral === ephemeral;
  const onlyText = blocks.length === 0 && files.length === 0;
  return sameVoice && onlyText && Number(ts) - Number(previous.ts) < TOGETHER_SECONDS;
}

function inChannel(channelId) {
  return [...workspace.messages.values()].filter(
    (one) => one.channelId === channelId && isInChannel(one) && isForYou(one),
  );
}

/** What only a colleague sees is not for the visitor. */
function isForYou({ shownTo }) {
  return shownTo === undefined || shownTo === workspace.you;
}

/** Slack shows a reply that was broadcast in its thread and in the channel. */
function isInChannel({ threadTs, isBroadcast }) {
  return !threadTs || isBroadcast;
}

function repliesTo({ channelId, ts }) {
  return [...workspace.messages.values()].filter(
    (one) => one.channelId === channelId && one.threadTs === ts && isForYou(one),
  );
}

/** Slack does not count what only one person sees. */
function countedRepliesTo(root) {
  return repliesTo(root).filter(({ ephemeral }) => !ephemeral);
}

function itemElements({ message, compact, replies, inThread, above }) {
  const { channelId, ts, pinned, reactions } = message;
  const mark = (what) => ask('mark', { channelId, ts, ...what }).catch((error) => complain(error.message));
  const marked = reactions.some(({ name, users }) => name === MARK && users.includes(workspace.you));
  const marks = [
    {
      label: marked ? 'Remove your pushpin' : 'React with a pushpin',
      run: () => mark({ mark: 'reaction', name: MARK, on: !marked }),
    },
    { label: pinned ? 'Unpin from channel' : 'Pin to channel', run: () => mark({ mark: 'pin', on: !pinned }) },
  ];
  const shortcuts = workspace.manifest.messageShortcuts.map(({ name, callbackId }) => ({
    label: name,
    run: () => ask('shortcut', { channelId, ts, callbackId }).catch((error) => complain(error.message)),
  }));
  const article = messageElement(message, {
    person: workspace.people.get(message.userId),
    compact,
    replies,
    inThread,
    openThread: () => openThread(message.threadTs ?? ts),
    you: workspace.you,
    react: (name, on) => mark({ mark: 'reaction', name, on }),
    menu: [
      ...(message.ephemeral ? [] : [...marks, ...shortcuts]),
      { label: 'Copy text', run: () => navigator.clipboard.writeText(message.text) },
    ],
    around: around({ kind: 'message', channelId, ts }),
  });
  if (above === undefined) return [article];
  return [element('div', { class: above.kind, role: 'separator' }, element('span', {}, above.text)), article];
}

function around(place) {
  return { names, place, complain, typeCommand: (line) => writeCommand(line), sendAlert, playP0 };
}

async function sendAlert() {
  lists.channel.toNewest();
  await ask('send-alert');
}

async function playP0() {
  lists.channel.toNewest();
  await ask('play-p0');
}

/** How long an error note stays: long enough to read two lines. */
const COMPLAINT_MS = 6000;

function complain(problem) {
  const note = element('p', { class: 'complaint', role: 'alert' }, problem);
  document.body.append(note);
  setTimeout(() => note.remove(), COMPLAINT_MS);
}

function sidebarIsOpen() {
  return byId('open-sidebar').getAttribute('aria-expanded') === 'true';
}

function toggleSidebar(open = !sidebarIsOpen()) {
  byId('open-sidebar').setAttribute('aria-expanded', String(open));
  byId('workspace').classList.toggle('with-sidebar', open);
}

function keyOf({ channelId, ts }) {
  return `${channelId}/${ts}`;
}
