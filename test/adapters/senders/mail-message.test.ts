/** Mails of providers that Slack's Email app posts, with innocent mails that look like them. */
import { describe, expect, test } from 'vitest';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

function said(username: string, text: string) {
  const posted = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };
  const found = read({ ...posted, username, text });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

describe('a mail of a provider', () => {
  test.each([
    ['Email', '*Fwd: [Parcel Status] Investigating - Labels print slowly*', 'Parcel', 'triggered'],
    ['Email', 'FW: [Parcel Status] Resolved: Labels print slowly', 'Parcel', 'resolved'],
    ['RSS', '*Parcel Status* — *Monitoring*: Labels print slowly\nWe watch the fix.', 'Parcel', 'triggered'],
    ['Email', '*Fwd: Hoster: your project basket-db is in read-only mode*', 'basket-db', 'triggered'],
    ['Email', '*Fwd: [Hoster] basket-api crashed twice*\nYour app *basket-api* restarts.', 'basket-api', 'triggered'],
    [
      'Email',
      'Fwd: Warehouse\nTask SHOP.ETL.LOAD_BASKETS failed at 2026-01-06 10:00:00 UTC: no',
      'LOAD_BASKETS',
      'triggered',
    ],
    [
      'Email',
      '[Failed] Nightly FILES-2 (1 machine)\nBackup job: Nightly FILES-2\nError: no disk',
      'Nightly FILES-2',
      'triggered',
    ],
  ])('of the app %s tells what is broken: %s', (app, text, service, state) => {
    expect(said(app, text)).toMatchObject({ service, state });
  });

  test('has the same key at the end of a limit that was exceeded', () => {
    const begin = said('Email', '*Fwd: [Hoster] Alert: basket-web error rate threshold exceeded*');
    const end = said('Email', '*Fwd: [Hoster] Resolved: basket-web error rate threshold*');
    expect(begin).toMatchObject({ service: 'basket-web', state: 'triggered' });
    expect(end).toMatchObject({ service: 'basket-web', state: 'resolved', key: begin?.key });
  });

  test.each([
    ['Email', '*Fwd: [Parcel Status] Scheduled - Database work on Sunday*'],
    ['Email', '*Fwd: [Hoster] Your invoice is over the threshold of basket-web*'],
    ['Email', '*Fwd: [Hoster] Vulnerability in basket-web: a parser crashes*'],
    ['Email', '*Fwd: [Hoster] Weekly digest: basket-web crashed twice*'],
    ['Email', '*Fwd: [Hoster] basket-web has a new collaborator*'],
    ['Email', 'Re: [Hoster] basket-web crashed'],
    ['Email', '*Fwd: [Hoster] We believe basket-web crashed*'],
    ['Email', '*Fwd: lunch*\nTask of today: eat'],
    ['Ann Lee', '[Hoster] I believe basket-web crashed yesterday, does somebody know more?'],
  ])('of the app %s is no alert: %s', (app, text) => {
    expect(said(app, text)).toBeUndefined();
  });
});

describe('a message with a sentence of its own', () => {
  test.each([
    ['Vercel', '*basket-web* failed to deploy to *Production*', 'basket-web', 'triggered'],
    ['PRTG', 'Sensor *HTTP* auf Gerät *basket-gw* ist *Warnung* (langsam)', 'basket-gw', 'triggered'],
    ['PRTG', 'Sensor *HTTP* auf Gerät *basket-gw* ist *OK*', 'basket-gw', 'resolved'],
    ['PRTG', 'Sensor HTTP on device basket-gw is Down (Acknowledged)', 'basket-gw', 'acknowledged'],
  ])('of %s begins or ends an alert: %s', (app, text, service, state) => {
    expect(said(app, text)).toMatchObject({ service, state });
  });

  test.each([
    ['Vercel', '*basket-web* failed to deploy to *Preview*'],
    ['Vercel', '*basket-web* deployed to *Production*'],
    ['PRTG', 'Sensor *HTTP* auf Gerät *basket-gw* ist *Pausiert*'],
  ])('of %s is no alert: %s', (app, text) => {
    expect(said(app, text)).toBeUndefined();
  });

  test('in French has its grade', () => {
    expect(said('veille', ':rotating_light: ALERTE majeure — le service `panier-api` ne répond plus')?.severity).toBe(
      'majeure',
    );
  });
});
