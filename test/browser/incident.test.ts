/**
 * An incident played in the playground as a visitor plays it, from PagerDuty's alert to the postmortem, in Chromium. Later
 * it comes back, and is mitigated.
 */
import { expect, test } from 'vitest';
import { playedIncident } from './incident-play.ts';

const SECTIONS = [
  'Summary',
  'Impact',
  'What happened',
  'Why did it happen',
  "Why wasn't it caught earlier",
  'What went well',
  'What could improve',
  'Action items',
  'Responders',
  'Evidence',
  'Open questions',
  // Those with nothing to show.
  'Where we got lucky, Difficulties, Lessons learned, Similar incidents',
];

playedIncident(
  'an incident played in the playground',
  ({
    actAs,
    fromMenu,
    inChannel,
    inThread,
    looksRight,
    openPage,
    overviewOf,
    reach,
    say,
    shot,
    toChannel,
    toThread,
    typed,
  }) => {
    test('goes from the alert to the postmortem', async () => {
      const page = await openPage();
      await shot('welcome');

      await page.getByRole('button', { name: 'Send the alert' }).click();
      const alert = inChannel('[#4711] Error rate above 5 %');
      await alert.locator('.thread-link').click();
      const answer = page.locator('#thread article', { has: page.locator('img.large') });
      await answer.waitFor();
      await inThread('All 6 examined requests of user-service show the same problem').waitFor();
      expect(await answer.textContent()).toMatch(
        /connection pool of user-service is exhausted.*21 of 20 in use.*missing index/s,
      );
      expect(await answer.textContent()).toContain('all 6 looked at show this');
      await looksRight('answer');
      await toChannel();
      const line = inChannel('Replied to a thread');
      expect(await line.textContent()).toMatch(/user-service has run out of database connections.*Confirmed/s);
      await looksRight('said-in-channel');
      await line.getByRole('button', { name: 'Open the thread' }).click();

      await answer.getByRole('button', { name: 'Declare incident' }).click();
      await page.getByLabel('What is wrong').fill('Logins fail');
      await page.getByLabel('Severity').selectOption({ label: 'P1 · many users are affected and have no workaround' });
      await page.getByLabel('When the impact began').fill('half past');
      await page.getByRole('button', { name: 'Declare', exact: true }).click();
      await page.locator('dialog .problem').waitFor();
      expect(await page.locator('dialog .input', { has: page.locator('.problem') }).textContent()).toContain(
        'I cannot read the time',
      );
      await page.getByLabel('When the impact began').fill('tomorrow 14:00');
      await page.getByRole('button', { name: 'Declare', exact: true }).click();
      const began = page.locator('dialog .input', { has: page.getByLabel('When the impact began') });
      await began.getByText('is in the future').waitFor();
      expect(await page.locator('dialog .problem').count()).toBe(1);
      await looksRight('declare');
      await page.getByLabel('When the impact began').fill('');
      await page.getByRole('button', { name: 'Declare', exact: true }).click();
      await inThread('INC-1 declared as P1').waitFor();
      await page.locator('#thread').getByLabel('More choices').last().selectOption({ label: 'Checklist' });
      // The longest options that a menu has.
      const ticks = inThread(/INC-1: \d+ of \d+ done/).getByLabel('Tick or untick…');
      await ticks.waitFor();
      await ticks.evaluate((menu) => menu.scrollIntoView());
      await looksRight('checklist');
      await toChannel();
      const overview = page.locator('#messages article', { has: page.locator('h3', { hasText: 'INC-1' }) });
      await overview.getByText('Pinned by spanhound').waitFor();

      await overview.getByLabel('Take a role').selectOption({ label: 'Technical lead' });
      await overview.getByText('Technical lead You').waitFor();
      await typed('/incident role commander @mira', '@mira is incident commander of INC-1');
      await typed('/incident note Restarted the pool of user-service', 'Noted in INC-1');
      await typed('/incident status identified users.email has no index', 'INC-1: identified');

      await say('Error rate is falling: 0.5 %');
      const said = inChannel('Error rate is falling');
      await fromMenu(said, 'React with a pushpin');
      await said.getByRole('button', { name: 'pushpin, 1' }).waitFor();
      await typed('/incident status fixed Index added', 'INC-1: fixed');

      await alert.getByRole('button', { name: 'Resolve' }).click();
      await alert.getByText('resolved').waitFor();
      await page.getByRole('button', { name: 'Pinned messages: 1' }).click();
      await page.getByRole('menuitem', { name: 'INC-1 P1 Logins fail' }).click();
      await overview.getByText('Error rate is falling').waitFor();
      await toThread(alert);
      await inThread('Resolved: Error rate above 5 % on user-service').waitFor();
      await toChannel();
      await looksRight('overview', overview);

      await overview.getByRole('button', { name: 'Resolve the incident' }).click();
      await page.getByLabel('How it ended').fill('Error rate 0 %');
      await page.getByRole('button', { name: 'Resolve', exact: true }).last().click();
      await overview.getByText('— resolved').waitFor();
      await typed('/postmortem', 'drafting the postmortem of INC-1');
      await inChannel('Add action item').locator('.thread-link').click();
      await page.getByRole('button', { name: 'Read INC-1-postmortem.md' }).click();
      const draft = page.getByRole('dialog');
      await draft.getByRole('heading', { name: 'Summary' }).waitFor();
      await shot('postmortem');
      const headings = await draft.locator('h3').allTextContents();
      expect(headings).toEqual(SECTIONS);
      expect(await draft.textContent()).toMatch(/Restarted the pool of user-service.*Error rate is falling/s);
      await page.keyboard.press('Escape');

      await inThread('Add action item')
        .getByRole('button', { name: /Add an action item/ })
        .click();
      await page.getByLabel('What will be done').fill('Alert on p99 of logins over 2 s');
      await page.getByLabel('Owner').selectOption({ label: 'Jonas' });
      await page.getByLabel('Due').fill('2030-01-31');
      await shot('action-item');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await inThread('Alert on p99 of logins over 2 s (Jonas, due 2030-01-31)').waitFor();
      await looksRight('end');
    });

    test('a mitigation is asked for, and approved as a colleague, by keyboard alone', async () => {
      const page = await openPage();
      // The one of the first play: its diagnosis names the service. Mira has the command, and the visitor leads the repair.
      const number = '1';
      await typed(`/incident INC-${number} reopen it is back`, `INC-${number}: investigating`);

      await typed(`/incident INC-${number} mitigate`, 'offers these mitigations');
      const list = inChannel('offers these mitigations');
      await looksRight('mitigations', list);
      await reach(list.getByRole('button', { name: /^Show what restart/ }));
      await page.keyboard.press('Enter');
      const why = page.getByRole('dialog').getByLabel('Why');
      await why.waitFor();
      await looksRight('mitigation-form');
      await why.focus();
      await page.keyboard.type('the pool is full');
      await reach(page.getByRole('button', { name: 'Request', exact: true }), why, 'Tab');
      await page.keyboard.press('Enter');
      await toThread(overviewOf(number));
      const request = inThread('requested by');
      await request.getByRole('button', { name: 'Approve this request' }).waitFor();
      await looksRight('mitigation-waiting', request);
      await toChannel();

      await actAs('Mira');
      await toThread(overviewOf(number));
      await reach(
        request.getByRole('button', { name: 'Approve this request' }),
        page.getByRole('button', { name: 'Close thread' }),
        'Tab',
      );
      await page.keyboard.press('Enter');
      await inThread('The automation accepted it').waitFor();
      await looksRight('mitigation-accepted', inThread('The automation accepted it'));
    });
  },
);
