/** Incidents declared in the playground and worked on by keyboard alone, in Chromium. */
import { expect, test } from 'vitest';
import { playedIncident } from './incident-play.ts';

playedIncident(
  'incidents in the playground, by keyboard alone',
  ({ inChannel, looksRight, numberOf, openPage, overviewOf, pressed, reach, say, toPlace, typed, url }) => {
    test('shows a P0, its roles, timeline and changes, and its merge', async () => {
      const page = await openPage();
      await typed('/incident declare P0 Nobody can pay', 'P0');
      const first = await numberOf('Nobody can pay');
      await typed('/incident declare P2 Carts are empty', 'P2');
      const second = await numberOf('Carts are empty');
      await typed(`/incident INC-${first} role technical @jonas`, '@jonas is technical lead');
      await typed(`/incident INC-${first} note Restarted the gateway`, `Noted in INC-${first}`);
      await typed(`/incident INC-${first} tried a second restart`, `Noted in INC-${first}`);
      await typed(`/incident INC-${first} action Alert on failed payments @jonas due 2030-01-31`, 'A1');

      await pressed(first, 'Show the whole timeline', `INC-${first} timeline`);
      await inChannel(`INC-${first} timeline`).getByText('Tried, no effect').waitFor();
      await looksRight('timeline', inChannel(`INC-${first} timeline`));
      await typed(`/incident INC-${first} changes`, `What changed: INC-${first}`);
      await looksRight('changes');
      await typed(`/incident INC-${first} actions`, `INC-${first}: 1 of 1 action items open`);
      await looksRight('actions');

      await typed(`/incident INC-${first} merge INC-${second}`, `Merge INC-${second}`);
      await looksRight('merge-question');
      await reach(inChannel(`Merge INC-${second}`).getByRole('button', { name: `Merge INC-${second} into` }));
      await page.keyboard.press('Enter');
      await overviewOf(second).getByText('— merged').waitFor();
      await looksRight('merged', overviewOf(second));
      await looksRight('roles', overviewOf(first));
    });

    test('opens the channel of a P0, pages somebody and tells customers', async () => {
      const page = await openPage();
      await typed('/incident declare P0 Cards are declined', 'P0');
      const number = await numberOf('Cards are declined');
      await typed(`/incident INC-${number} role communications`, `You are communications lead of INC-${number}`);

      await say(`/incident INC-${number} status page`);
      await page.getByLabel('Status', { exact: true }).waitFor();
      await looksRight('status-page');
      await reach(page.getByRole('button', { name: 'Continue' }), page.getByLabel('Status', { exact: true }), 'Tab');
      await page.keyboard.press('Enter');
      await overviewOf(number).getByText('Status page: investigating').waitFor();
      const feed = await (await fetch(`${url()}/status.json`)).text();
      expect(feed).toContain('parts of our service do not work');

      await typed(`/incident INC-${number} page @you the pool is full`, 'paged for');
      await typed(`/incident INC-${number} channel`, 'people work on it in');
      await looksRight('channel-opened');
      await toPlace('Direct messages');
      await inChannel('the pool is full').getByText('I have it').waitFor();
      await looksRight('paged');
      await toPlace('# incidents');
      await reach(inChannel('people work on it in').getByRole('link', { name: `#inc-${number}` }));
      await page.keyboard.press('Enter');
      await page.locator('#place-name', { hasText: `# inc-${number}` }).waitFor();
      await overviewOf(number).waitFor();
      expect(await page.locator('#place-topic').textContent()).toContain(`INC-${number} · P0`);
      await looksRight('channel');
    });

    test('the form for a note asks for few readers', async () => {
      const page = await openPage();
      await typed('/incident declare P1 Somebody reads the payroll', 'P1');
      const number = await numberOf('Somebody reads the payroll');
      await reach(overviewOf(number).getByRole('button', { name: 'Add a note to the timeline' }).first());
      await page.keyboard.press('Enter');
      const text = page.getByRole('dialog').getByLabel('What happened', { exact: true });
      const jonas = page.getByRole('dialog').getByRole('checkbox', { name: 'Jonas' });
      await jonas.waitFor();
      await looksRight('note-form', jonas);
      await text.focus();
      await page.keyboard.type('the payroll key leaked');
      await reach(jonas, text, 'Tab');
      await page.keyboard.press('Space');
      await reach(page.getByRole('button', { name: 'Add', exact: true }), jonas, 'Tab');
      await page.keyboard.press('Enter');
      // Until it is closed, the form takes what is typed.
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await typed(`/incident INC-${number} timeline`, 'Need to know: the payroll key leaked');
      await looksRight('timeline-need-to-know', inChannel('Need to know: the payroll key leaked'));
    });
  },
);
