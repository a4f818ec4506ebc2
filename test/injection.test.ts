/**
 * No log line, label, id, name or attribute can ping, link, break out of its place or change a query: hostile texts go
 * through every exit that there is. An exit that nobody drives here fails the last test.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { logQl } from '#adapters/loki/logql.ts';
import { openPair, openSession } from '#analyse/open-session.ts';
import type { BodyHead, Session, SessionSettings } from '#analyse/session.ts';
import { tellFailure } from '#cli/failure.ts';
import { UsageError } from '#core/errors.ts';
import type { LogQuery } from '#gather/sources.ts';
import { channelName } from '#model/incident/channel-name.ts';
import type { EntryFile } from '#model/incident/entry-file.ts';
import type { Incident, IncidentMetrics, TimelineEntry } from '#model/incident/incident.ts';
import { LINK, relatedValue } from '#model/incident/incident-link.ts';
import { incidentReview, type ReviewedIncident } from '#model/incident/incident-review.ts';
import { incidentStats } from '#model/incident/incident-stats.ts';
import type { Mitigation, MitigationAction } from '#model/incident/mitigation.ts';
import { PAGER_STEP_KINDS } from '#model/incident/pager.ts';
import type { PathOperation, Postmortem } from '#model/incident/postmortem.ts';
import { ACCEPTED } from '#model/incident/postmortem-acceptance.ts';
import { commentedSection } from '#model/incident/postmortem-comments.ts';
import type { StatusUpdate } from '#model/incident/status-page.ts';
import { catalogueOf } from '#model/services/catalogue.ts';
import type { OwnedService } from '#model/services/owned-service.ts';
import { FACT_KINDS, type ServiceFact } from '#model/services/service-fact.ts';
import { documentText } from '#present/documents/document-text.ts';
import {
  changesDocument,
  changesFile,
  itemsDocument,
  itemsFile,
  type ListDocument,
} from '#present/documents/incident-lists.ts';
import { installedHtml, notInstalledHtml } from '#present/documents/install-page.ts';
import { onPaper } from '#present/documents/paper-size.ts';
import { noPageHtml, postmortemEditHtml } from '#present/documents/postmortem-edit.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { documentMarkdown, postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { postmortemParts } from '#present/documents/postmortem-parts.ts';
import { versionLines } from '#present/documents/postmortem-text.ts';
import { quotedReport } from '#present/documents/quoted-lines.ts';
import { reviewHtml, reviewMarkdown } from '#present/documents/review-documents.ts';
import { statusFeedJson, statusFeedRss } from '#present/documents/status-feed.ts';
import { timelineFile, timelineHtml, timelineMarkdown, timelineText } from '#present/documents/timeline-documents.ts';
import { differenceText, versionDifference, versionsText } from '#present/documents/version-difference.ts';
import { eventJson } from '#present/json/event-json.ts';
import { incidentJson, timelineJson } from '#present/json/incident-json.ts';
import { postmortemJson } from '#present/json/postmortem-json.ts';
import { reportJson } from '#present/json/report-json.ts';
import { reviewJson } from '#present/json/review-json.ts';
import { servicesJson } from '#present/json/services-json.ts';
import { statsJson } from '#present/json/stats-json.ts';
import { presentNothing } from '#present/nothing.ts';
import { pathTitle } from '#present/pictures/path-svg.ts';
import { reliabilitySvg } from '#present/pictures/reliability-svg.ts';
import { timelineSvg } from '#present/pictures/timeline-svg.ts';
import {
  actionItemsMessage,
  checkMessage,
  issueProblem,
  overdueMessage,
  ownOverdueMessage,
} from '#present/slack/action-items.ts';
import { alertEndAnswered, alertEnded } from '#present/slack/alert-end-messages.ts';
import {
  alertFiresAgain,
  alertFirstLine,
  alertHistory,
  moreAlerts,
  presentAlert,
  resolvedAlert,
  unreadableAlert,
} from '#present/slack/alert-messages.ts';
import { changesMessage, type IncidentChanges } from '#present/slack/changes-message.ts';
import {
  channelClosed,
  channelNotArchived,
  channelOpened,
  channelRefused,
  channelTopic,
  notInvited,
} from '#present/slack/channel-messages.ts';
import { failureMessage, firstLine } from '#present/slack/diagnosis-message.ts';
import { incidentBlocks } from '#present/slack/home-incidents.ts';
import { hypothesisBoard } from '#present/slack/hypothesis-board.ts';
import {
  callEnded,
  callsStopped,
  commanderCalled,
  incidentSays,
  joinedSays,
  nobodyCalled,
  updateAnswered,
  updateDue,
  updateMissed,
} from '#present/slack/incident-messages.ts';
import { overviewMessage } from '#present/slack/incident-overview.ts';
import { checkedAfter, firesAgain } from '#present/slack/look-after-messages.ts';
import { mergeQuestion } from '#present/slack/merge-messages.ts';
import {
  mitigationEnded,
  mitigationLapsed,
  mitigationList,
  mitigationMessage,
  mitigationRequest,
} from '#present/slack/mitigation-messages.ts';
import { onCallMessage } from '#present/slack/on-call-message.ts';
import { openIncidentsMessage } from '#present/slack/open-incidents.ts';
import { anchoredHead, givenUpWork, silentSource, sourceIsBack } from '#present/slack/operator-messages.ts';
import { pageByMessage, pageInThread, pageNotes, pageOver } from '#present/slack/page-messages.ts';
import { askToResolve, pagerProblem, pagerWaits, resolveAnswered } from '#present/slack/pager-messages.ts';
import { commentsMessage } from '#present/slack/postmortem-comments.ts';
import { askedToReview, postmortemMessage, unacceptedMessage } from '#present/slack/postmortem-message.ts';
import { pageLinkMessage } from '#present/slack/postmortem-page.ts';
import { questionsMessage } from '#present/slack/postmortem-questions.ts';
import { notSentThere, sentThere, takenInMessage, targetListMessage } from '#present/slack/postmortem-targets.ts';
import { differenceMessage, versionsMessage } from '#present/slack/postmortem-versions.ts';
import { probeButton } from '#present/slack/probe-button.ts';
import { questionExamples, questionProblem } from '#present/slack/question-messages.ts';
import { muted, notAnswered, quietSince, unmuted, withAlertRow } from '#present/slack/quiet-messages.ts';
import { releaseMessage } from '#present/slack/release-message.ts';
import { monthlyReviewMessage, reviewMessage } from '#present/slack/review-message.ts';
import { answeredToLead, askedToLead, roleGiven } from '#present/slack/role-messages.ts';
import { DECLARE_FORM_BUTTON, sentenceForm } from '#present/slack/sentence-messages.ts';
import { serviceMarkdown, serviceNamedLine, serviceQuestion, withService } from '#present/slack/service-messages.ts';
import { statsMessage } from '#present/slack/stats-message.ts';
import { statusMessage, statusOverdue, statusProblem, statusToClose } from '#present/slack/status-messages.ts';
import {
  alertStorm,
  notExamined,
  occurrences,
  occurrencesMoved,
  sameCause,
  stormOver,
} from '#present/slack/story-messages.ts';
import { timelinePage } from '#present/slack/timeline.ts';
import { timelineByPhase } from '#present/slack/timeline-phases.ts';
import { toolMessage } from '#present/slack/tool-message.ts';
import { differencesText, shownDifferences } from '#present/tools/difference-text.ts';
import { answerText, shownAnswer, shownRequest } from '#present/tools/http-text.ts';
import { lintText } from '#present/tools/lint-text.ts';
import { probingText } from '#present/tools/probe-text.ts';
import { conversionJson, conversionText } from '#present/tools/time-conversion.ts';
import { reviewText } from '#present/words/incident-review.ts';
import { inertTitle } from '#present/words/inert-title.ts';
import { issueComment, issueText } from '#present/words/issue-text.ts';
import { itemCheck } from '#present/words/item-check.ts';
import { pagerNote, pagerPage } from '#present/words/pager-text.ts';
import { attributeCheck, percentileCheck, ruleCheck } from '#present/words/probe-check.ts';
import { takenText } from '#present/words/redaction-text.ts';
import { presentRelease } from '#present/words/release.ts';
import { contradictionsText, serviceListText, serviceText } from '#present/words/service-list.ts';
import { similarJson, similarMarkdown, similarText, withSimilar } from '#present/words/similar-incidents.ts';
import { updateDraft } from '#present/words/update-draft.ts';
import { findIncident } from '#record/find-incidents.ts';
import { addEntry } from '#record/timeline.ts';
import { guideIncident, TEAM } from '#test/guide-incident.ts';
import {
  HOSTILE,
  jsonProblems,
  mapTexts,
  markdownProblems,
  markupProblems,
  OWN_LINKS,
  querySkeleton,
  slackProblems,
  terminalProblems,
} from '#test/hostile.ts';
import { inTurn } from '#test/in-gate.ts';
import { differencesBetween } from '#utilities/json-difference.ts';
import { readJson } from '#utilities/json-document.ts';
import { readPostmortem } from '#workflows/postmortem/read-postmortem.ts';

/** What is wrong with a list as text, as Markdown and as JSON. */
function listProblems({ title, parts }: ListDocument, json: string): readonly string[] {
  return [
    ...terminalProblems(documentText(title, parts, 80)),
    ...markdownProblems(documentMarkdown(title, parts)).filter((one) => !/^has \d+ brackets/.test(one)),
    ...jsonProblems(JSON.parse(json)),
  ];
}

const SETTINGS: SessionSettings = { thresholds: {}, links: OWN_LINKS, maxClockSkewUs: 3_600_000_000 };

/** Anything made of hostile pieces and of any characters between them. */
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 12 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((pieces) => pieces.join(' '));
/** Each draws a whole answer. */
const FEW = { numRuns: 40 };

/** The hostile texts move on by one place each round. In the gate a sample meets two of the rounds, in turn. */
const ROUNDS = [
  [0, 2],
  [1, 3],
];
const HOSTILE_SAMPLES = ['stock-lock-wait', 'model-server-oom', 'healthy-checkout', 'hotrod-redis-timeouts'];

describe.each(HOSTILE_SAMPLES.map((sample, at) => [sample, inTurn(ROUNDS, at)] as const))(
  '%s with hostile names, texts and lines',
  (sample, { gate, deep }) => {
    test.each(gate.flat())('round %i', isHarmless);
    test.each(deep.flat())('round %i', { tags: ['deep'] }, isHarmless);

    async function isHarmless(round: number): Promise<void> {
      for (const [form, problems] of await answerProblems(sample, round)) expect(problems, form).toEqual([]);
    }
  },
);

test('a comparison of hostile traces', async () => {
  const pair = openPair(SETTINGS);
  await fill(pair.healthy, 'healthy-checkout', 1);
  await fill(pair.failing, 'healthy-checkout', 1);
  for (const as of ['comparison', 'verification'] as const) {
    const compared = await pair.compare({
      as,
      forms: { text: { width: 100, colour: true }, markdown: true, html: true, png: true },
    });
    if (compared.kind !== 'compared') throw new Error(compared.why);
    const { report, text = '', markdown = '', html = '' } = compared.presented;
    expect(jsonProblems(report)).toEqual([]);
    expect(terminalProblems(text)).toEqual([]);
    expect(markdownProblems(markdown)).toEqual([]);
    expect(markupProblems(html)).toEqual([]);
  }
  await pair.close();
});

test('what is said in Slack about an alert, and where something went wrong', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const message of [
        firstLine(text, [text]),
        failureMessage(text, text),
        alertFirstLine(text, { from: [text], thisWeek: 2 }),
        unreadableAlert(text, text),
        resolvedAlert(text),
        moreAlerts([text, text]),
        alertHistory(3, { atUs: 1, verdict: text, lastedUs: undefined, endedBy: text, url: text }),
        alertFiresAgain(text),
        sameCause({ first: text, verdict: text, reason: 'verdict', url: text }),
        occurrences({ count: 30, resolved: 1, newest: [{ title: text, reason: 'rule' }] }),
        occurrencesMoved(text),
        notExamined(text),
        notAnswered(text, text),
        quietSince({ count: 9, sinceUs: 1, newest: [{ title: text, reason: text }] }),
        withAlertRow({ text: '', blocks: [] }, text),
        muted({ id: 'm', title: text, service: '', untilUs: 1, who: text }),
        unmuted({ title: text, service: text, untilUs: 1, who: text }),
        alertStorm(storm(text)),
        stormOver({ ...storm(text), lastedUs: 1 }),
        givenUpWork([{ what: text, why: text, atUs: 1 }]),
        silentSource(text, 1),
        sourceIsBack(text, 1),
        anchoredHead(`head ${text}`),
        questionExamples(),
        questionProblem(text),
      ]) {
        expect(slackProblems(message)).toEqual([]);
      }
    }),
    FEW,
  );
});

test('whose a service is, in Slack, in Markdown and on the terminal', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const owned: OwnedService = {
        service: text,
        otherNames: [text],
        owners: [text, text],
        tier: text,
        lifecycle: text,
        system: text,
        channels: [text],
        runbooks: [text],
        dashboards: [text],
        contradictions: ['owner'],
      };
      const answer = withService({ text: 'an answer', blocks: [], thread: [{ text: 'detail', blocks: [] }] }, owned);
      const question = serviceQuestion({ said: text, services: [text, 'checkout'] }, 'i-1');
      const line = serviceNamedLine({ by: text, said: text, service: text, title: text });
      for (const message of [...answer.thread, ...(question ? [question] : []), line]) {
        expect(slackProblems(message)).toEqual([]);
      }
      expect(markdownProblems(serviceMarkdown(owned))).toEqual([]);

      const facts = ['a', 'b'].flatMap((place) =>
        FACT_KINDS.map((kind): ServiceFact => {
          return { service: `shop ${text}`, kind, value: `${text}${place}`, origin: 'backstage', place: text };
        }),
      );
      const catalogue = catalogueOf(facts);
      const { services, contradictions } = catalogue;
      expect(jsonProblems(servicesJson({ services, contradictions, warnings: [text] }))).toEqual([]);
      for (const said of [
        serviceListText(catalogue, 100),
        contradictionsText(catalogue.contradictions),
        ...catalogue.services.map((service) => serviceText(service, catalogue.contradictions)),
      ]) {
        expect(terminalProblems(said)).toEqual([]);
      }
    }),
    FEW,
  );
});

const NO_METRICS: IncidentMetrics = {
  detectionMinutes: undefined,
  confirmationMinutes: undefined,
  repairMinutes: undefined,
  durationMinutes: undefined,
};

test('what a paging system reads of an incident', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const incident: Incident = { ...INCIDENT, title: text };
      for (const isPrivate of [false, true]) {
        const said = { incident, names: new Map([[text, text]]), isPrivate, url: text };
        const update = {
          id: 'e',
          atUs: 1,
          notedUs: 1,
          kind: 'update',
          text,
          source: text,
          link: text,
          value: '',
        } as const;
        expect(terminalProblems(pagerNote(said, update))).toEqual([]);
        const page = pagerPage({ ...said, why: 'page' }, text);
        expect(terminalProblems(page.text)).toEqual([]);
        expect(page.title).not.toContain('\n');
      }
    }),
  );
});

const KEPT_FILE: EntryFile = {
  ...{ copyId: 'f-1', id: 'F0GRAPH', name: '', type: 'image/png', bytes: 4, isDeleted: false },
  ...{ reason: '', sha256: 'ab', keptSha256: 'ab' },
  state: 'kept',
};

test('who is on call', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const people = [{ name: text, place: text, untilUs: 0 }];
      for (const groups of [[{ name: text, people, notes: [text] }], []])
        expect(slackProblems(onCallMessage({ groups, asked: text, left: 1 }))).toEqual([]);
    }),
  );
});

test('an incident, its timeline and its questions', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const incident: Incident = { ...INCIDENT, title: text, detection: text };
      const name = text.slice(0, 80).toWellFormed(); // Slack's limit
      const names = new Map([[COMMANDER, name]]);
      const entries: TimelineEntry[] = (['note', 'alert', 'finding', 'message', 'status', 'update'] as const).map(
        (kind, at) => ({
          id: `${at}`,
          atUs: incident.declaredUs,
          notedUs: incident.declaredUs + at * 120_000_000,
          kind,
          text,
          source: at % 2 === 0 ? COMMANDER : name,
          link: at % 2 === 0 ? text : 'https://chat.example/p1',
          value: '',
          files: [{ ...KEPT_FILE, name: text }],
        }),
      );
      const linked = [LINK, relatedValue('i-2')].flatMap((value) =>
        [text, 'https://chat.example/p1'].map(
          (link, at): TimelineEntry => ({
            id: `${value}${at}`,
            atUs: incident.declaredUs,
            notedUs: incident.declaredUs,
            kind: 'message',
            text,
            source: COMMANDER,
            link,
            value,
          }),
        ),
      );
      expect(
        jsonProblems(incidentJson({ incident, metrics: NO_METRICS, start: { atUs: 0, basis: 'impact' } })),
      ).toEqual([]);
      expect(jsonProblems(timelineJson([...entries, ...linked], names))).toEqual([]);
      for (const one of entries)
        expect(jsonProblems(eventJson(incident, { ...one, isDeclaration: false, isCorrection: false }))).toEqual([]);
      const document = {
        incident,
        entries: [...entries, ...linked],
        names,
        zone: undefined,
        asOfUs: incident.declaredUs,
      };
      expect(markupProblems(timelineHtml(document, []))).toEqual([]);
      expect(
        markdownProblems(timelineMarkdown(document).replaceAll('<br>', ' ')).filter(
          (one) => !/^has \d+ brackets/.test(one),
        ),
      ).toEqual([]);
      expect(jsonProblems(JSON.parse(timelineFile(document)))).toEqual([]);
      expect(terminalProblems(timelineText(document, 80))).toEqual([]);
      const changed: IncidentChanges = {
        ...{ incident, service: text, dependencies: [text, name], beganUs: 1 },
        changes: [0, 2].map((atUs) => ({
          ...{ atUs, kind: 'deploy', service: text, id: text, text, url: text, files: [text], diff: text },
          isNamed: true,
        })),
      };
      expect(listProblems(changesDocument(changed), changesFile(changed))).toEqual([]);
      const measured = [0, 2].map((at) => ({ service: text, requests: 9, failed: 1, atUs: at * incident.declaredUs }));
      const drafted = updateDraft({ incident, entries, measured, names, nowUs: incident.declaredUs });
      expect(terminalProblems(drafted)).toEqual([]);
      expect(drafted.split('\n').length).toBeLessThanOrEqual(12);
      expect(markupProblems(timelineSvg(document, 'thread'))).toEqual([]);
      const times = { lastUpdateUs: incident.declaredUs, nextUpdateUs: incident.declaredUs };
      const suspected = (['supported', 'tested', 'refuted'] as const).map((state, at) => ({
        ...{ id: `S${at}`, investigationId: '', claim: text, source: text, suspectedUs: 0, state },
        steps: entries,
      }));
      for (const message of [
        overviewMessage({
          mitigations: { first: text, waiting: [text, name] },
          incident,
          entries: [...entries, ...linked],
          names,
          ...times,
          originUrl: text,
          related: [{ incident, url: text }],
          merged: [{ incident, url: text }],
          mergedInto: undefined,
          problem: text,
        }),
        timelinePage({ incident, entries: [...entries, ...linked], names, pageUrl: text }, 1),
        timelineByPhase({ incident, entries: [...entries, ...entries, ...linked], names, pageUrl: text }),
        overviewMessage({
          incident: { ...incident, status: 'merged' },
          entries,
          names,
          ...times,
          originUrl: text,
          related: [],
          merged: [],
          mergedInto: { incident, url: text },
          problem: text,
        }),
        hypothesisBoard({ incident, names, rows: suspected, merged: [{ incident, rows: suspected }] }),
        mergeQuestion({ incident, other: incident, entries: 2, openItems: 1, names }),
        incidentSays(incident, { what: text, by: text, atUs: 0, url: text }),
        joinedSays('INC-1', { by: text, atUs: 0 }),
        roleGiven({ incident, role: 'own:DBA', does: text, by: text, url: text }),
        updateAnswered({ incident, answeredUs: 0 }),
        updateMissed({ incident, askedAgainUs: 0 }),
        callEnded({ incident, atUs: 0 }),
        changesMessage(changed),
      ]) {
        expect(slackProblems(message)).toEqual([]);
      }
      expect(slackProblems(updateDue({ incident, lastUpdateUs: 0, everyMinutes: 15 }), [COMMANDER])).toEqual([]);
      const onCall = { place: text, untilUs: 0, notes: [text] };
      const called = commanderCalled({ incident, who: COMMANDER, isDeclarer: true, afterMinutes: 5, ...onCall });
      expect(slackProblems(called, [COMMANDER])).toEqual([]);
      const ended = { id: 'a', title: text, url: text, atUs: 0, investigationId: '' };
      expect(slackProblems(alertEnded(incident, ended))).toEqual([]);
      expect(slackProblems(alertEndAnswered(incident, { ...ended, by: text, how: 'alone' }))).toEqual([]);
      expect(slackProblems(sentenceForm(DECLARE_FORM_BUTTON, incident.id))).toEqual([]);
      expect(slackProblems(callsStopped({ incident, by: text, atUs: 0 }))).toEqual([]);
      expect(slackProblems(nobodyCalled({ incident, notes: [text], afterMinutes: 5 }))).toEqual([]);
      const page = { incident, pageId: 'p', who: COMMANDER, by: text, text, minutes: 5, ...onCall };
      expect(slackProblems(pageNotes({ incident, notes: [text], pageId: 'p' }))).toEqual([]);
      expect(slackProblems(pageInThread(page), [COMMANDER])).toEqual([]);
      expect(slackProblems(pageByMessage({ ...page, known: text, url: text }))).toEqual([]);
      expect(slackProblems(pageOver({ said: text, atUs: 0 }))).toEqual([]);
      const updateOf = (state: StatusUpdate['state'], corrects?: string): StatusUpdate => ({
        ...{ id: 'u', incidentId: 'i', workspaceId: TEAM, pageId: 'u', number: 1, version: 1, state, corrects },
        ...{ status: 'investigating', title: text, text, components: [name], confirmed: [name], nextMinutes: 30 },
        ...{ draftedBy: COMMANDER, draftedUs: 0, approvedBy: COMMANDER, approvedUs: 0 },
      });
      const sends = (['queued', 'sent', 'held', 'refused'] as const).map((state) => ({
        ...{ updateId: 'u', target: 't', state, reason: text, attempts: 1, dueUs: 0, isUncertain: true },
        ...{ remoteId: undefined, remoteUpdateId: undefined, url: text, sentUs: 0, title: name },
      }));
      for (const update of [
        updateOf('waiting'),
        updateOf('dropped'),
        updateOf('approved'),
        updateOf('approved', 'o'),
      ]) {
        const approver = { role: 'commander', userId: COMMANDER } as const;
        const shown = { incident, update, nextUs: 1, sends, approver, people: names, isNewest: true };
        expect(slackProblems(statusMessage(shown), [COMMANDER])).toEqual([]);
        expect(slackProblems(statusMessage({ ...shown, approver: undefined }))).toEqual([]);
      }
      const problem = { incident, title: name, reason: text, isHeld: true, who: COMMANDER };
      expect(slackProblems(statusProblem(problem), [COMMANDER])).toEqual([]);
      for (const kind of PAGER_STEP_KINDS) {
        expect(slackProblems(pagerProblem({ incident, title: name, kind, reason: text }))).toEqual([]);
      }
      expect(slackProblems(pagerWaits(incident, { title: name, reason: text, untilUs: 1 }))).toEqual([]);
      const there = { pager: 'pagerduty', title: 'PagerDuty', names: [text, name, text, name, text, name] };
      expect(slackProblems(askToResolve(incident, there))).toEqual([]);
      expect(slackProblems(resolveAnswered(incident, text))).toEqual([]);
      const action: MitigationAction = {
        ...{ name: text, kind: 'rollback', what: text, command: text, services: [name], severities: ['P1'] },
        ...{ url: new URL('https://ops.example/run'), allowed: [] },
      };
      // The settings and the offer have checked both names: they stand in the value of a button.
      const named = { action: { ...action, name: 'rollback' }, service: 'cart' };
      const offer = { ...named, command: text, body: text, isFirst: true };
      const listed = { ...offer, may: [COMMANDER], needsApproval: true };
      const list = mitigationList({ incident, offers: [listed], left: [{ action, why: text }] });
      const lone = mitigationRequest({ ...listed, needsApproval: false });
      expect(slackProblems({ text: '', blocks: mitigationRequest(listed) }, [COMMANDER])).toEqual([]);
      expect(slackProblems({ text: '', blocks: lone }, [COMMANDER])).toEqual([]);
      expect(slackProblems(list)).toEqual([]);
      for (const state of MITIGATION_STATES) {
        const mitigation: Mitigation = {
          ...{ id: 'm', incidentId: 'i', workspaceId: TEAM, action: text, what: text, command: text, service: text },
          ...{ url: 'https://ops.example/run', body: text, digest: 'd', needsApproval: true, state, lapsesUs: 0 },
          ...{ requestedBy: COMMANDER, requestedUs: 0, approvedBy: COMMANDER, approvedUs: 0, reason: text },
          ...{ attempts: 1, isUncertain: false },
        };
        const shown = { incident, mitigation, approvers: [COMMANDER], people: names };
        expect(slackProblems(mitigationMessage(shown), [COMMANDER])).toEqual([]);
        expect(slackProblems(mitigationMessage({ ...shown, approvers: [] }))).toEqual([]);
        expect(slackProblems(mitigationEnded({ incident, mitigation }), [COMMANDER])).toEqual([]);
        expect(slackProblems(mitigationLapsed({ incident, mitigation }), [COMMANDER])).toEqual([]);
      }
      expect(slackProblems(answeredToLead({ incident, atUs: 0 }))).toEqual([]);
      expect(slackProblems(askedToLead({ incident, who: COMMANDER, minutes: 5 }), [COMMANDER])).toEqual([]);
      expect(slackProblems(statusToClose(incident, 'monitoring'))).toEqual([]);
      expect(
        slackProblems(statusOverdue(incident, { promisedUs: 0, isEarly: true, who: COMMANDER }), [COMMANDER]),
      ).toEqual([]);
      for (const message of [
        channelOpened(incident, { channelId: ROOM, atUs: 0 }),
        channelRefused(incident, { reason: text, name: text }),
        channelClosed(incident, text),
        channelNotArchived(incident, text),
        notInvited(incident, [{ who: text, reason: text }]),
        incidentSays(incident, { what: text, by: text, atUs: 0 }, { isNamed: true }),
      ]) {
        expect(slackProblems(message, [ROOM])).toEqual([]);
      }
      expect(slackProblems(firesAgain({ ...incident, roles: {} }, { title: text, atUs: 0 }))).toEqual([]);
      expect(slackProblems(checkedAfter(incident, { minutes: 30, alerts: 0, isCompared: false }))).toEqual([]);
      const stats = incidentStats([
        { incident, entries, service: text },
        { incident: { ...incident, severity: 'P3' }, entries },
      ]);
      expect(jsonProblems(statsJson(stats))).toEqual([]);
      for (const service of [text, '']) {
        expect(slackProblems(statsMessage({ stats, period: { days: 30 }, service }))).toEqual([]);
      }
      expect(channelTopic(incident)).not.toMatch(/[<>\n\u202e]/);
      expect([...channelTopic(incident)].length).toBeLessThanOrEqual(250);
      expect(channelName('inc-{number}-{title}', incident)).toMatch(/^inc-\d+(?:-[a-z0-9_-]{1,80})?$/);
    }),
    FEW,
  );
});

test('a review of incidents', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const service of [text, '']) {
        const shown = {
          review: incidentReview([hostileCase(1, text), hostileCase(2, text)]),
          period: { days: 90 },
          service,
        };
        expect(shown.review.causes).toHaveLength(1);
        expect(terminalProblems(reviewText(shown))).toEqual([]);
        expect(markdownProblems(reviewMarkdown(shown))).toEqual([]);
        expect(markupProblems(reviewHtml(shown))).toEqual([]);
        expect(markupProblems(reliabilitySvg(shown, 'thread'))).toEqual([]);
        expect(jsonProblems(reviewJson(shown.review))).toEqual([]);
        expect(slackProblems(reviewMessage(shown))).toEqual([]);
        expect(slackProblems(monthlyReviewMessage(shown, { month: '2026-11', count: 2 }))).toEqual([]);
      }
    }),
    FEW,
  );
});

/** A resolved incident whose every free text is this one. */
function hostileCase(number: number, text: string): ReviewedIncident {
  const step = { atUs: 0, notedUs: 0, kind: 'status', source: text, link: text } as const;
  const item = { incidentId: 'i', state: 'open', reason: text, owner: text, due: text, createdBy: text } as const;
  const claim = { kind: text, title: text, service: `S${text}` };
  const answers = { right: 1, wrong: 0 };
  return {
    incident: {
      ...{ id: `i${number}`, workspaceId: TEAM, number, title: text, severity: 'P1', status: 'resolved' },
      ...{ channelId: 'C1', declaredBy: text, declaredUs: 2, impactStartUs: 1, resolvedUs: 3, roles: {} },
      ...{ detectedBy: 'employee', detection: text },
    },
    entries: [{ ...step, id: 'e', value: 'fixed', text: `investigating → fixed: ${text}` }],
    actionItems: [{ ...item, id: 'a', number: 1, text, createdUs: 0 }],
    diagnoses: [{ investigationId: `d${number}`, ...claim, status: 'confirmed', answers, hypotheses: [] }],
    service: text,
  };
}

test('the feed for customers', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const update = { id: 'u', status: 'investigating', text, postedUs: 0, correctedUs: 1 } as const;
      const times = { beganUs: 0, resolvedUs: undefined, nextUs: 1 };
      const incident = { id: 'p', title: text, status: 'investigating', components: [text], ...times } as const;
      const fed = [{ ...incident, updates: [update] }];
      expect(jsonProblems(JSON.parse(statusFeedJson(fed)))).toEqual([]);
      const rss = statusFeedRss(fed, 'https://status.example/');
      const ours = /<\/?(?:rss|channel|item|title|link|guid|pubDate|category|description)(?: \w+="[\w.]+")?>/g;
      const written = rss.replace(/^<\?xml [^?]*\?>/, '').replace(ours, '');
      expect(written).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
      expect(terminalProblems(written)).toEqual([]);
    }),
    FEW,
  );
});

test('a postmortem in each of its forms', async () => {
  const { store, incident } = await guideIncident();
  const found = await findIncident(store, { workspaceId: TEAM, id: incident.id });
  if (found === undefined) throw new Error('the incident is not there');
  await store.transaction((tx) =>
    addEntry(tx, {
      incidentId: found.id,
      key: 'link:1',
      atUs: tx.nowUs,
      kind: 'message',
      text: 'the board',
      source: COMMANDER,
      link: 'https://chat.example/p1',
      value: LINK,
    }),
  );
  const acceptance = { kind: 'message', text: '', source: COMMANDER, link: '', value: ACCEPTED } as const;
  await store.transaction((tx) => addEntry(tx, { ...acceptance, incidentId: found.id, key: ACCEPTED, atUs: tx.nowUs }));
  const read = await readPostmortem(store, found, { names: new Map(), compared: { similar: [], others: 0 } });
  const rewrite = {
    mark: 'T3',
    sentence: 'we should have seen it',
    rule: 'hindsight',
    blocks: false,
    advice: '',
  } as const;
  const proposal = { id: 'detect-late', type: 'detect', text: 'add an alert', cites: ['T1'] } as const;
  const comment = {
    ...{ id: 'c1', section: 'impact', title: 'Impact', text: 'how many?', by: COMMANDER, atUs: 0 },
    resolved: { by: COMMANDER, atUs: 1 },
  };
  const slots = [0, 1, 2].map((failed) => ({ requests: 4, failed, medianUs: 1_000 }));
  const pictured = (path: readonly PathOperation[]) => ({
    healthy: { startUs: 0, durationUs: 10, path },
    fixed: { startUs: 0, durationUs: 10, path },
    changes: [{ atUs: 5, text: 'a change' }],
    affected: {
      ...{ service: 'shop', fromUs: 0, toUs: 10, requests: 12, failed: 3, slow: 0 },
      overTime: [{ isHealthy: false, fromUs: 0, toUs: 10, slots }],
    },
  });
  const issue = { state: 'linked', key: 'acme/ops#1', url: 'https://chat.example/issues/1' } as const;
  const drafted = {
    ...read,
    actionItems: read.actionItems.map((item) => ({ ...item, issue })),
    proposals: [proposal],
    rewrites: [rewrite, rewrite],
    comments: [comment, { ...comment, id: 'c2', resolved: undefined }],
    evidence: read.evidence.map((one) => ({ ...one, ...pictured(one.path ?? []) })),
    acceptance: read.acceptance && { ...read.acceptance, later: 1 },
  };
  for (let round = 0; round < HOSTILE.length; round += 7) {
    const postmortem = withHostile(drafted, round);
    const shown = { postmortem, names: new Map([[COMMANDER, hostileAt(round)]]) };
    expect(markdownProblems(postmortemMarkdown(shown)).filter((problem) => !/^has \d+ brackets/.test(problem))).toEqual(
      [],
    );
    expect(markupProblems(onPaper(postmortemHtml(shown), 'letter'))).toEqual([]);
    expect(jsonProblems(postmortemJson(shown))).toEqual([]);
    expect(slackProblems(postmortemMessage(shown))).toEqual([]);
    expect(slackProblems(questionsMessage(shown))).toEqual([]);
    expect(slackProblems(commentsMessage(postmortem.incident, postmortem.comments))).toEqual([]);
    const version = { number: 1, atUs: 0 };
    expect(terminalProblems(differenceText(versionDifference([hostileAt(round)], [hostileAt(round + 1)])))).toEqual([]);
    expect(terminalProblems(versionsText('INC-1', [version]))).toEqual([]);
    const difference = { from: version, to: version, before: versionLines(shown), after: [hostileAt(round)] };
    const hostile = hostileAt(round);
    const [own] = postmortem.sections;
    const field = {
      ...{ name: 'answer:luck', section: own?.title ?? '', label: hostile, text: hostile, base: 'x' },
      rewrites: [{ ...rewrite, sentence: hostile }],
    };
    for (const formToken of ['a-token', undefined]) {
      // The tags of the form are its own: there are as many as around harmless words.
      const page = (words: string) => {
        const fields = [
          { ...field, label: words, text: words },
          { ...field, name: 'entry:1', section: '', theirs: words },
          {
            ...field,
            name: `comment:${own === undefined ? '' : commentedSection(own).key}`,
            label: words,
            text: words,
          },
          { ...field, name: `resolve:${postmortem.comments[1]?.id}`, section: '', text: words },
        ];
        return markupProblems(postmortemEditHtml({ shown, fields, formToken, notice: words }));
      };
      expect(page(hostile)).toEqual(page('harmless'));
    }
    expect(markupProblems(noPageHtml('timeline', hostile))).toEqual([]);
    expect(markupProblems(installedHtml(hostile))).toEqual([]);
    expect(markupProblems(notInstalledHtml(hostile))).toEqual([]);
    expect(slackProblems(pageLinkMessage(postmortem.incident, 'https://chat.example/postmortem/x'))).toEqual([]);
    expect(slackProblems(differenceMessage({ incident: postmortem.incident, ...difference }))).toEqual([]);
    const again = { number: 2, atUs: 0, restored: { part: 'after' as const, number: 1 } };
    expect(slackProblems(versionsMessage(postmortem.incident, [version, again]))).toEqual([]);
    expect(slackProblems(unacceptedMessage(postmortem.incident, { owner: hostileAt(round), isChanged: true }))).toEqual(
      [],
    );
    const asks = { reviewer: hostileAt(round), asker: hostile };
    expect(slackProblems(askedToReview(postmortem.incident, asks))).toEqual([]);
    const request = { service: hostile, operation: hostile, startUs: 0, durationUs: 1 };
    const files = new Map([['steps' as const, { name: 'INC-1-steps.png', alt: pathTitle({ mark: 'E1', request }) }]]);
    const drawn =
      postmortemMarkdown(shown, files)
        .split('\n')
        .find((line) => line.includes('INC-1-steps.png')) ?? '';
    expect(drawn).toMatch(/^!\[.*\]\(INC-1-steps\.png\)$/);
    expect(markdownProblems(drawn.replace('INC-1-steps.png', 'https://chat.example/steps.png'))).toEqual([]);
    const parts = postmortemParts(shown, files);
    expect(jsonProblems(parts)).toEqual([]);
    for (const [, url] of JSON.stringify(parts).matchAll(/"url":"([^"]*)"/g))
      expect(url).toMatch(/^https:\/\/[\w.]+\.example[/?]/);
    expect(inertTitle(hostile)).not.toMatch(/[@#!]\w|:\/\/|[\r\n]/);
    const { incident } = postmortem;
    const sends = [
      { target: 'wiki', state: 'refused', reason: hostile, key: hostile, url: hostile, askedUs: 0, sentUs: 1 },
    ] as const;
    const targets = [{ id: 'wiki', title: hostile }];
    expect(slackProblems(postmortemMessage(shown, { targets, sends }))).toEqual([]);
    expect(slackProblems(targetListMessage({ incident, targets, sends }))).toEqual([]);
    expect(
      slackProblems(notSentThere({ incident, target: 'wiki', title: hostile, reason: hostile, isEdited: true })),
    ).toEqual([]);
    const taken = { lines: [{ title: hostile, count: 2 }], changed: 1, struck: 1, conflicts: [hostile], withheld: 1 };
    expect(slackProblems(takenInMessage({ incident, title: hostile, taken }))).toEqual([]);
    const there = { key: hostile, url: `https://chat.example/${hostile}` };
    expect(slackProblems(sentThere({ incident, title: hostile, ...there, isUpdate: false }))).toEqual([]);
  }
});

test('earlier incidents that are alike', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const ended = [{ status: 'resolved', text, atUs: 0 }] as const;
      const actionItems = [{ text, owner: text, due: text, state: 'open' as const }];
      const said = { title: text, verdict: text, same: [text], different: [text], ended, actionItems };
      const one = { incidentId: 'i', name: 'INC-4', severity: 'P1', declaredUs: 0, score: 1, ...said } as const;
      const rest = { ...one, hasPostmortem: true };
      const similar = [
        { ...rest, status: 'resolved' as const },
        { ...rest, status: 'fixed' as const },
      ];
      const answer = { text: '', blocks: [], thread: [], picture: { at: 0, alt: '', title: '' } };
      const { thread, ...first } = withSimilar(answer, similar);
      for (const message of [first, ...thread]) expect(slackProblems(message)).toEqual([]);
      expect(markdownProblems(similarMarkdown(similar))).toEqual([]);
      expect(terminalProblems(similarText(similar))).toEqual([]);
      expect(jsonProblems(similarJson(similar))).toEqual([]);
    }),
    FEW,
  );
});

test('the incidents of the Home tab', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const incident = {
        id: 'i',
        workspaceId: 'T1',
        number: 1,
        title: text,
        severity: 'P1',
        status: 'investigating',
        channelId: 'C1',
        declaredBy: COMMANDER,
        declaredUs: 0,
        detectedBy: 'alert',
        detection: text,
        roles: { commander: COMMANDER },
      } as const;
      const about = { name: 'INC-1', title: text, url: text };
      const blocks = incidentBlocks({
        open: [{ incident, url: text, start: { atUs: 0, basis: 'impact' } }],
        more: 1,
        roles: [{ ...about, roles: [{ role: text, isConfirmed: false }] }],
        waiting: [
          { what: 'update', dueUs: 0, ...about },
          { what: 'commander', ...about },
          { what: 'action-item', name: 'INC-1', item: 'A1', text, due: '2026-01-06' },
        ],
      });
      expect(slackProblems({ text: '', blocks }, [COMMANDER])).toEqual([]);
      // To one person alone: Slack tells nobody who is named in it.
      const one = { incident, url: text, start: { atUs: 0, basis: 'declaration' } } as const;
      const items = (['open', 'done'] as const).map((state, at) => ({
        id: `${at}`,
        incidentId: 'i',
        number: at + 1,
        state,
        ...{ text, owner: text, due: text, reason: text, createdBy: text, createdUs: 0 },
        check: { outcome: 'unsure' as const, text },
        probe: { kind: 'attribute' as const, attribute: text, operation: text, service: text },
        issue: { state: at === 0 ? ('linked' as const) : ('gone' as const), key: text, url: text },
      }));
      for (const item of items) {
        const problem = { incident, item, title: text, reason: text };
        expect(slackProblems(issueProblem({ ...problem, isGone: false }))).toEqual([]);
        expect(slackProblems(issueProblem({ ...problem, isGone: true }))).toEqual([]);
        const said = { incident: { number: 1, title: text }, item, names: new Map() };
        expect(markdownProblems(issueText({ ...said, url: text }).markdown)).toEqual([]);
        expect(markdownProblems(issueComment(said, { isPrivate: false }).markdown)).toEqual([]);
        expect(issueText({ ...said, url: text }).title).not.toContain('\n');
      }
      const listed = { incident: { ...incident, title: text }, items, names: new Map() };
      expect(slackProblems(actionItemsMessage(listed))).toEqual([]);
      expect(listProblems(itemsDocument(listed), itemsFile(listed))).toEqual([]);
      expect(
        slackProblems(
          overdueMessage({
            ...{ incident, overdue: items.map((item) => ({ item, days: 9 })), names: new Map() },
            unreachable: new Set([text]),
          }),
        ),
      ).toEqual([]);
      for (const said of ['checking', 'done', 'there', 'unsure', 'gone', 'needless'] as const)
        for (const item of items)
          expect(slackProblems(checkMessage({ incident, item, said, text, by: text }))).toEqual([]);
      const count = { traces: 2, withFault: 1, made: 2, us: 5 };
      const verified = { reason: 'worse', sentence: text, before: count, after: count } as const;
      const found = itemCheck({ ...verified, result: 'not-confirmed' }, true);
      for (const item of items)
        expect(slackProblems(checkMessage({ incident, item, said: 'there', ...found, by: '' }))).toEqual([]);
      const of = { operation: text, service: text };
      const read = {
        spans: 1,
        carrying: 0,
        requests: 100,
        slower: 0,
        us: 1,
        isSample: true,
        problems: [text],
        hours: 1,
      };
      const probed = [
        ruleCheck({ kind: 'rule', rule: text }, [{ source: text, problem: text }]),
        attributeCheck({ kind: 'attribute', attribute: text, ...of }, read),
        percentileCheck({ kind: 'p99', belowUs: 9, ...of }, read),
      ];
      for (const { text: said } of probed)
        for (const item of items)
          expect(slackProblems(checkMessage({ incident, item, said: 'unsure', text: said, by: '' }))).toEqual([]);
      const own = items.map((item) => ({ item, days: 9, incident, url: text }));
      expect(slackProblems(ownOverdueMessage({ overdue: own, names: new Map() }))).toEqual([]);
      const answer = openIncidentsMessage({ here: [one], elsewhere: [one], more: 1 });
      expect(slackProblems(answer, [COMMANDER])).toEqual([]);
    }),
    FEW,
  );
});

test('how a rollout does', () => {
  const measures = ['answers', 'latency', 'errors', 'new error', 'restarts', 'memory', 'cpu', 'start'] as const;
  const side = { value: 0.5, times: 1, of: 2, p90: 1 };
  const row = {
    unit: 'share',
    way: 'after',
    before: side,
    after: side,
    judged: 'worse',
    isHarm: true,
    sinceUs: 1,
  } as const;
  fc.assert(
    fc.property(hostileText, fc.constantFrom('worse', 'nothing wrong', 'too early', 'no rollout'), (text, verdict) => {
      const change = {
        atUs: 1,
        kind: 'deploy',
        service: text,
        id: text,
        text,
        url: text,
        files: [text],
        diff: text,
      } as const;
      const times = { atUs: 1, untilUs: 1, beforeUs: 1, lookedFromUs: 0, lookedToUs: 1 };
      const gaps = [{ source: text, problem: text, consequence: text }];
      for (const measure of measures) {
        const rows = [{ ...row, measure, by: text, said: text }];
        const names = { service: text, version: text, versionBefore: text };
        const found = presentRelease({ verdict, change, ...names, ...times, rows, gaps }, [text]);
        expect(terminalProblems(found.text)).toEqual([]);
        expect(jsonProblems(found.report)).toEqual([]);
        expect(slackProblems(releaseMessage(found, { service: text, id: text, atUs: 1 }))).toEqual([]);
      }
    }),
    FEW,
  );
});

test('evidence without a trace', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const asked = { kind: 'window', service: text, fromUs: 0, toUs: 1 } as const;
      const checked = { found: [], clear: [], off: [], skipped: [], broken: [] };
      const {
        report,
        text: said = '',
        markdown = '',
      } = presentNothing(asked, [{ source: text, problem: text, consequence: text }], checked);
      expect(jsonProblems(report)).toEqual([]);
      expect(terminalProblems(said)).toEqual([]);
      expect(markdownProblems(markdown)).toEqual([]);
    }),
    FEW,
  );
});

test('what the utilities print', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const instant = { ns: 0n, said: text, form: 'epoch', label: text, notes: [] } as const;
      const timeline = {
        kind: 'timeline',
        steps: [{ instant, sincePreviousNs: 0n, sinceStartNs: 0n }],
        sorted: false,
        zones: [],
      } as const;
      const request = {
        method: 'GET',
        url: `https://jaeger.example/${text}`,
        headers: [[text, text]],
        body: text,
      } as const;
      const timing = { dnsMs: 1, connectMs: 1, tlsMs: 1, firstByteMs: 1, totalMs: 1 };
      const answer = {
        status: 200,
        statusText: text,
        timing,
        address: '127.0.0.1',
        followed: [text],
        leadsTo: text,
        headers: [[text, text]],
        body: text,
        truncated: false,
      } as const;
      const step = {
        phase: 'before',
        url: text,
        atUs: 0,
        tookUs: 0,
        status: 0,
        state: 'failed',
        said: text,
        retryAfterSeconds: 0,
      } as const;
      for (const said of [
        conversionText(timeline as unknown as Parameters<typeof conversionText>[0]),
        answerText(
          shownRequest(request as unknown as Parameters<typeof shownRequest>[0]),
          shownAnswer(answer as unknown as Parameters<typeof shownAnswer>[0]),
        ),
        probingText({ verdict: 'unreachable', steps: [step], waitedSeconds: 0, tripped: 0 }),
        takenText([{ kind: 'email', count: 1 }]),
        differencesText(changesIn(text)),
        lintText(text, [{ rule: 'blame', blocks: true, line: 1, text, advice: 'Rewrite it.' }]),
      ]) {
        expect(terminalProblems(said)).toEqual([]);
      }
      expect(jsonProblems(conversionJson(timeline as unknown as Parameters<typeof conversionJson>[0]))).toEqual([]);
      expect(slackProblems(toolMessage({ title: text, body: text, notes: [text] }))).toEqual([]);
      expect(JSON.parse(JSON.stringify(probeButton({ url: text })))).toBeDefined();
    }),
    FEW,
  );
});

test('what the command line says of a failure', async () => {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    for (const text of HOSTILE) {
      await tellFailure(new UsageError(`no trace ${text}`, `look at ${text}`), {});
      await tellFailure(new Error(text), { SPANHOUND_DEBUG: '1' });
    }
  } finally {
    write.mockRestore();
  }
  expect(said.flatMap(terminalProblems)).toEqual([]);
});

const MITIGATION_STATES = [
  ...(['waiting', 'approved', 'accepted', 'refused'] as const),
  ...(['unknown', 'cancelled', 'lapsed'] as const),
];

describe('LogQL', () => {
  const times = { fromUs: 0, toUs: 1, limit: 1 };
  const queries = (text: string): LogQuery[] => [
    { by: 'service', services: [text], ...times },
    { by: 'text', text, services: [text, 'cart'], ...times },
    { by: 'any-text', texts: [text, 'b'], services: [text], ...times },
    { by: 'field', names: ['request_id', text], values: [text], services: [text], ...times },
    { by: 'trace-field', traceId: text, services: [text], ...times },
  ];

  test('is the same query whatever the values are', () => {
    const skeletons = (text: string) =>
      queries(text).map((query) => querySkeleton(logQl(query, 'service_name')).replace(/(?: or \w+=S)+/g, ''));
    const plain = skeletons('-');
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(skeletons(`- ${text}`)).toEqual(plain);
      }),
    );
  });
});

test('every exit is driven by these tests', () => {
  const reached = new Set<string>();
  const sessions = ['open-session', 'draw-png', 'compare-sessions'].map((name) => `src/analyse/${name}.ts`);
  const open = ['test/injection.test.ts', ...sessions];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const [, file = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'#(present\/[\w/-]+\.ts)'/g)) {
      if (reached.has(file)) continue;
      reached.add(file);
      open.push(`src/${file}`);
    }
  }
  const left = globSync('src/present/**/*.ts')
    .map((path) => path.replace('src/', ''))
    .filter((file) => !reached.has(file) && file !== 'present/slack/block-limits.ts');
  expect(left, 'call what they export with hostile texts in this file').toEqual([]);
});

const COMMANDER = 'U012ABC';
const ROOM = 'C012ABC';
const INCIDENT: Incident = {
  id: '019b9000-0000-7000-8000-000000000001',
  workspaceId: 'T1',
  number: 4,
  title: '',
  severity: 'P1',
  status: 'identified',
  channelId: 'C1',
  declaredBy: COMMANDER,
  declaredUs: 1_767_709_800_000_000,
  detectedBy: 'alert',
  detection: '',
  roles: { commander: COMMANDER },
};

function hostileAt(number: number): string {
  return HOSTILE[number % HOSTILE.length] ?? '';
}

/** Of two documents, in which a text is a name and a value. */
function changesIn(text: string): ReturnType<typeof shownDifferences> {
  const [before, after] = [{ [`k${text}`]: text }, { [`k${text}`]: 1, [text]: text }].map((document) => {
    const read = readJson(JSON.stringify(document));
    if (!('documents' in read) || read.documents[0] === undefined) throw new Error('it is no document');
    return read.documents[0];
  });
  return before === undefined || after === undefined ? [] : shownDifferences(differencesBetween(before, after));
}

function hostileFrom(first: number): () => string {
  let number = first;
  return () => {
    number += 1;
    return hostileAt(number);
  };
}

/** Every text that a person or a system wrote, followed by a hostile one; what the program chose from a list stays. */
function withHostile(postmortem: Postmortem, round: number): Postmortem {
  const next = hostileFrom(round);
  return mapTexts(postmortem, (text, key) => {
    const isChosen =
      /^(?:id|kind|mark|table|standing|cites|ref|detector|folder|detectedBy|traceId|means|value|evidenceMark|missing|status|severity|state|name|schema|form|title|at|heading|sha256|seal|source|workspaceId|channelId|declaredBy|key|rule|investigationId|type)$/.test(
        key,
      );
    return isChosen || text === '' ? text : `${text} ${next()}`;
  });
}

/** A sample with hostile texts behind its names and values, and with attributes and labels that are nothing else. */
async function fill(session: Session, sample: string, round: number): Promise<void> {
  const next = hostileFrom(round * 11);
  const folder = join('samples', sample);
  const suffix = hostileAt(round + 7); // one for all, so that ids still refer to each other
  const traces = JSON.parse(readFileSync(join(folder, 'traces.json'), 'utf8'), (key, value) => {
    if (/^(?:span|trace|parentSpan)I[dD]$/.test(key)) return value === '' ? value : value + suffix;
    if (/^(?:operationName|serviceName|name|message)$/.test(key)) return `${value} ${next()}`;
    if (key === 'tags') return [...value, { key: next(), type: 'string', value: next() }];
    if (key === 'attributes') return [...value, { key: next(), value: { stringValue: next() } }];
    return SPOKEN_ATTRIBUTE.test(value?.key) ? hostileAttribute(value, next()) : value;
  });
  const lines = readFileSync(join(folder, 'logs.jsonl'), 'utf8').trimEnd().split('\n');
  const logs = lines.map((line) => {
    const { ts, labels, line: said } = JSON.parse(line);
    return JSON.stringify({ ts, labels: { ...labels, [next()]: next() }, line: `${said} ${next()}` });
  });
  const query = { text: hostileAt(round + 3), url: hostileAt(round + 5) };
  const head = (kind: BodyHead['kind']): BodyHead => ({
    kind,
    format: 'auto',
    source: hostileAt(round),
    file: '',
    query,
  });
  await take(session, 'traces', head('trace'), JSON.stringify(traces));
  await take(session, 'logs', head('logs'), logs.join('\n'));
  session.gap({ source: hostileAt(round + 1), problem: hostileAt(round + 2), consequence: hostileAt(round + 3) });
}

const SPOKEN_ATTRIBUTE = /^service\.name$|statement|query\.text|message|url|stacktrace/;

type Attribute = Readonly<{ key: string; value: string | Readonly<{ stringValue: string }> }>;

/** As Jaeger or as OTLP writes it. */
function hostileAttribute(attribute: Attribute, text: string): Attribute {
  const { key, value } = attribute;
  return typeof value === 'string'
    ? { ...attribute, value: `${value} ${text}` }
    : { key, value: { stringValue: `${value.stringValue} ${text}` } };
}

async function take(session: Session, id: string, head: BodyHead, text: string): Promise<void> {
  session.body(id, head);
  await session.bytes(id, Buffer.from(text));
  await session.end(id);
}

/** By form. */
async function answerProblems(sample: string, round: number): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const session = openSession(SETTINGS);
  await fill(session, sample, round);
  const found = new Map<string, readonly unknown[]>();
  const text = { width: 100, colour: true, methods: true };
  const all = {
    text,
    markdown: true,
    html: true,
    svg: true,
    png: true,
    slack: true,
    logs: true,
    longLists: { full: true, spans: true },
  };
  for (const answer of await session.reports(all)) {
    found.set('text', terminalProblems(answer.text ?? ''));
    found.set('markdown', markdownProblems(answer.markdown ?? ''));
    found.set('quoted lines', quoteProblems(answer.markdown ?? ''));
    found.set('html', markupProblems(answer.html ?? ''));
    found.set('svg', markupProblems(answer.svg ?? ''));
    found.set('logs', terminalProblems(answer.logs ?? ''));
    found.set('report', jsonProblems({ ...answer.report, subject: { ...answer.report.subject, traceId: '' } }));
    const queries = answer.report.methods?.hypotheses.flatMap((hypothesis) => hypothesis.queries) ?? [];
    found.set('queries', queries.map(querySkeletonIn).filter(changesQuery));
    const whole = [...reportJson(answer.report, answer.longLists)].join('');
    found.set('json', whole.includes('\n') || typeof JSON.parse(whole) !== 'object' ? ['is no line of JSON'] : []);
    for (const [at, message] of messagesOf(answer).entries()) found.set(`slack ${at}`, slackProblems(message));
  }
  await session.close();
  return found;
}

/** Lines with words of the evidence that no mark of a quotation stands before. */
function quoteProblems(markdown: string): readonly string[] {
  const { headline, standing, lines, background } = quotedReport(markdown);
  const all = [headline, standing, ...lines, ...background];
  return [
    ...all.filter((line) => /[\n\r\u2028\u2029]/.test(line)),
    ...lines.filter((line) => !line.startsWith('> ') && (line.includes('“') || line.startsWith('- '))),
    ...background.filter((line) => !line.startsWith('> ')),
  ];
}

type Query = Readonly<{ language: 'TraceQL' | 'LogQL' | 'SQL' | 'kubectl'; text: string }>;

function querySkeletonIn({ language, text }: Query): Query {
  return { language, text: querySkeleton(text) };
}

const QL = /^(?:S|[a-z][\w.:]*|\d+(?:ms|s|us|µs|m)?|[{}()|=~!<>&,. ])*$/;
/** Of a query the program's own words and `S` for each text in quotes; a statement or a command, and nothing behind it. */
const PLAIN_QUERIES: Readonly<Record<Query['language'], RegExp>> = {
  TraceQL: QL,
  LogQL: QL,
  SQL: /^(?!.*(?:;|--|\/\*))(?:EXPLAIN|SELECT|SHOW) .*$/,
  kubectl: /^kubectl [\w./ -]+$/,
};

function changesQuery({ language, text }: Query): boolean {
  return !PLAIN_QUERIES[language].test(text);
}

type Answer = Awaited<ReturnType<Session['reports']>>[number];

/** The answer, and the same under an alert. */
function messagesOf(answer: Answer): Readonly<{ text: string; blocks: readonly unknown[] }>[] {
  const exemplar = {
    traceId: hostileAt(1),
    role: 'failing',
    why: hostileAt(2),
    verdict: hostileAt(3),
    link: OWN_LINKS.trace,
  } as const;
  const count = { problem: hostileAt(4), service: hostileAt(5), isUnnamed: false, traces: 3 };
  const facts = {
    service: hostileAt(6),
    fromUs: 0,
    toUs: 1,
    found: 9,
    exemplars: [exemplar],
    shared: count,
    others: [count],
    healthy: 1,
  };
  return [answer, presentAlert(answer, facts)].flatMap(({ slack }) =>
    slack === undefined ? [] : [slack, ...slack.thread],
  );
}

function storm(text: string): Parameters<typeof alertStorm>[0] {
  return {
    perMinute: 12,
    folded: 3,
    unlooked: 2,
    newestUnlooked: [{ title: text, reason: 'no time' }],
    stories: [{ title: text, verdict: text, count: 3 }],
    lastedUs: undefined,
  };
}
