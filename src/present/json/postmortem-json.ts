/** A postmortem's draft as JSON, redacted as a whole. Fields are added, never renamed. */
import type { Postmortem } from '#model/incident/postmortem.ts';
import { sealed } from '#model/redaction/sealed.ts';
import { type ShownPostmortem, spoken, titleOf, urlsOf, wordsText } from '#present/documents/postmortem-text.ts';
import { isoInstant } from '#present/words/instant.ts';

export function postmortemJson(shownPostmortem: ShownPostmortem) {
  const { postmortem, names } = shownPostmortem;
  const { incident, metrics } = postmortem;
  const urls = urlsOf(postmortem);
  const said = (text: string) => spoken(text, names);
  const linkOf = (mark: string) => urls.get(mark) ?? '';
  return sealed({
    schema: 'spanhound.postmortem/1',
    incident: {
      id: postmortem.name,
      title: said(incident.title),
      severity: incident.severity,
      declaredSeverity: said(postmortem.declaredSeverity ?? '') || null,
      status: incident.status,
      declaredAt: isoInstant(incident.declaredUs),
      detectedBy: incident.detectedBy,
      detection: said(incident.detection),
    },
    title: titleOf(shownPostmortem),
    state: postmortem.acceptance === undefined ? 'draft' : 'accepted',
    acceptedBy: said(postmortem.acceptance?.by ?? '') || null,
    acceptedAt: instantOrNull(postmortem.acceptance?.atUs),
    sinceAccepted: postmortem.acceptance
      ? { came: postmortem.acceptance.later, changed: postmortem.acceptance.changed }
      : null,
    reviewer: said(postmortem.reviewer ?? '') || null,
    comments: postmortem.comments.map(({ section, title, text, by, atUs, resolved }) => ({
      section: said(section),
      title: said(title),
      text: said(text),
      by: said(by),
      at: isoInstant(atUs),
      resolved: resolved ? { by: said(resolved.by), at: isoInstant(resolved.atUs) } : null,
    })),
    asOf: isoInstant(postmortem.asOfUs),
    reviewBy: instantOrNull(postmortem.reviewByUs),
    metrics: {
      detectionMinutes: metrics.detectionMinutes ?? null,
      confirmationMinutes: metrics.confirmationMinutes ?? null,
      repairMinutes: metrics.repairMinutes ?? null,
      durationMinutes: metrics.durationMinutes ?? null,
    },
    sections: postmortem.sections.map(({ title, level, statements, missing, questions }) => ({
      title,
      level,
      statements: statements.map(({ words, cites }) => ({ text: wordsText(words, names), cites })),
      missing,
      questions: questions.map(said),
    })),
    firstQuestions: postmortem.firstQuestions.map(said),
    timeline: postmortem.timeline.map(({ mark, atUs, sinceUs, notedUs, kind, text, source, from = '', repeated }) => ({
      mark,
      at: isoInstant(atUs),
      sincePreviousSeconds: sinceUs === undefined ? null : sinceUs / 1_000_000,
      notedAt: instantOrNull(notedUs),
      kind,
      text: said(text),
      source: said(source),
      link: linkOf(mark),
      from: from || null,
      repeated: repeated
        ? { count: repeated.count, until: isoInstant(repeated.untilUs), lastText: said(repeated.lastText) }
        : null,
    })),
    links: postmortem.links.map(({ mark, text }) => ({ mark, text: said(text), url: linkOf(mark) })),
    findings: postmortem.findings.map(({ mark, evidenceMark, detector, service, operation, title, evidence }) => ({
      mark,
      in: evidenceMark,
      detector,
      service: said(service),
      operation: said(operation),
      title: said(title),
      evidence: evidence.map(({ kind, ref, text }) => ({ kind, ref, text: said(text) })),
    })),
    evidence: postmortem.evidence.map((one) => ({
      mark: one.mark,
      traceId: one.traceId,
      link: linkOf(one.mark),
      answers: { right: one.answers?.right ?? 0, wrong: one.answers?.wrong ?? 0 },
      affected: affectedOf(one, said),
      case: one.case === undefined ? null : { folder: one.case.folder, seal: one.case.seal, files: one.case.files },
    })),
    proposals: postmortem.proposals.map(({ id, type, text, cites }) => ({ id, type, text: said(text), cites })),
    rewrites: postmortem.rewrites.map(({ mark, sentence, rule, blocks, advice }) => ({
      mark,
      sentence: said(sentence),
      rule,
      blocks,
      advice,
    })),
    actionItems: postmortem.actionItems.map(({ mark, text, owner, due, state, reason, type, issue }) => ({
      mark,
      type: type ?? null,
      state,
      reason: said(reason),
      text: said(text),
      owner: said(owner),
      due: said(due),
      issue: issue === undefined || issue.key === '' ? null : { key: said(issue.key), url: said(issue.url) },
    })),
  });
}

function affectedOf({ affected }: Postmortem['evidence'][number], said: (text: string) => string) {
  if (affected === undefined) return null;
  const { service, fromUs, toUs, requests, failed, slow, operations = [], failing, people } = affected;
  return {
    service: said(service),
    from: isoInstant(fromUs),
    to: isoInstant(toUs),
    requests,
    failed,
    slow,
    operations: operations.map((one) => ({ ...one, operation: said(one.operation) })),
    failing: failing ? { first: isoInstant(failing.firstUs), last: isoInstant(failing.lastUs) } : null,
    people: people ?? null,
  };
}

function instantOrNull(us: number | undefined): string | null {
  return us === undefined ? null : isoInstant(us);
}
