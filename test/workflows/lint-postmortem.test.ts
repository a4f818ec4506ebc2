/** What the lint says of a whole document: lines, sections, people, quotes. */
import { describe, expect, test } from 'vitest';
import { isBlaming, taskProblem } from '#model/blameless/lint.ts';
import { lintPostmortem } from '#workflows/lint-postmortem.ts';

function rules(markdown: string, names: readonly string[] = []): readonly string[] {
  return lintPostmortem(markdown, names).map(({ line, rule }) => `${line} ${rule}`);
}

describe('a document', () => {
  test('names the line of each finding, in paragraphs, lists, quotes and tables', () => {
    const document = [
      '# Checkout fails',
      '',
      '## Summary',
      'A pool of 20 was full at 14:02 UTC.',
      'The operator was careless.',
      '',
      '> If only we had known.',
      '',
      '## Timeline',
      '| time | what |',
      '|---|---|',
      '| 14:02 | the alert fired |',
      '| later that day | errors fell |',
      '',
      '## Action items',
      '1. Add an alert on p99 above 2 s',
      '2. Be more careful with deploys',
    ].join('\n');
    expect(rules(document).filter((one) => /blame|hindsight|vague/.test(one))).toEqual([
      '5 blame',
      '7 hindsight',
      '13 vague',
      '17 vague',
    ]);
  });

  test('reads no code: it quotes programs', () => {
    expect(rules('## Summary\nRun `why did he ignore TODO`.\n\n```\nTBD human error\n```\n')).toEqual([]);
  });

  test('reads no quotation of a program', () => {
    expect(rules('The log says “user error: the amount is negative”.')).toEqual([]);
    expect(rules('The report says this was human error.')).toEqual(['1 blame']);
  });

  test.each([
    'The human error rate of the OCR model rose from 1.2 % to 9.8 %.',
    'The dashboard “user errors (4xx)” stayed flat.',
    'Le taux d’erreur humaine du modèle est passé de 2 % à 11 %.',
    'La tasa de errores humanos del modelo subió del 2 % al 11 %.',
    '标注平台的“人为失误率”指标从1.2%升到9.8%。',
    'The careless-retry flag of the client was on.',
    'The on-call engineer broke the retry loop: the consumer was paused at 10:04 UTC.',
  ])('takes no name of a metric or a setting for blame: %s', (text) => {
    expect(rules(text)).toEqual([]);
  });

  test.each([
    'It was human error.',
    'Human errors were the reason.',
    'A careless retry took the broker down.',
    'The on-call engineer broke the login.',
    'Whoever reviewed the change missed the timeout.',
    'It took an hour to find the culprit who pushed the flag.',
    'Why did they not ask anyone before the restart?',
    'El de guardia ni siquiera miró el tablero.',
  ])('finds blame: %s', (text) => {
    expect(rules(text)).toContain('1 blame');
  });

  test('checks quoted words for blame only', () => {
    expect(rules('## Timeline\n- 14:02 UTC: Kim asks “should we have paged?”')).toEqual([]);
    expect(rules('## Summary\nThe status page showed “some errors”.')).toEqual([]);
    expect(rules('## Summary\nThe lead wrote “the team was careless”.')).toEqual(['2 blame']);
    // These apostrophes quote nothing.
    expect(rules("The engineers' runbook should have named the servers' owner.")).toEqual(['1 hindsight']);
  });

  test('tells what a program must do from what is demanded of people', () => {
    expect(rules('Retries should have a jitter of 30 %.')).toEqual([]);
    expect(rules('Kim should have looked.', ['Kim'])).toEqual(['1 blame', '1 hindsight']);
    expect(rules('We should have looked.')).toEqual(['1 hindsight']);
    expect(rules('## Action items\n- Developers must be more careful')).toEqual(['2 blame', '2 vague']);
  });

  test('tells how a limit works from a wish in hindsight', () => {
    expect(rules('The breaker would have opened at 50 errors, but each pod counts alone.')).toEqual([]);
    expect(rules('An alert would have told us.')).toEqual(['1 hindsight']);
    expect(rules('Had the replica not caught up at 02:10, the promotion would have lost 40 rows.')).toEqual([]);
    expect(rules('Had the deploy not gone out, the queue would have held.')).toEqual(['1 hindsight']);
    expect(rules('If the cache had been warm, the database would still have seen 9,000 queries.')).toEqual([]);
    expect(rules('If the team had been awake, the database would have been up.')).toEqual(['1 blame', '1 hindsight']);
    expect(rules('El script no avisa, así que habría fallado con otra versión.')).toEqual([]);
    expect(rules('Mesmo com o índice, a consulta teria levado 40 s.')).toEqual([]);
    expect(rules('Der Timer hätte laut Handbuch nach 30 s ablaufen müssen.')).toEqual([]);
  });

  test.each([
    'The on-call engineer decided to try to restart the consumer.',
    'The DBA will take care of the failover at 15:00 UTC.',
    'Kim asked the team to keep an eye on the queue.',
    '14:10 UTC: the on-call had a chat with the vendor.',
    'When the token expires, users lose their write access.',
    'The job must revoke their permissions after 24 h.',
    'Le proxy ne connaît pas le nouvel hôte.',
    'Der Bezahldienst hätte nach 30 s neu starten müssen.',
    'Die Cache-Schicht hätte den Wert liefern sollen.',
    'La dirección IP debería haber cambiado.',
    'Le système d’exploitation aurait dû redémarrer.',
    '担当者が慎重に行った切り戻しは 12 分で終わった。',
    '值班同学谨慎地重启了三个节点。',
    'The health check failed to see the full disk.',
    'Any experienced operator can run it from the console.',
    'We missed our latency target by 0.3 points in May.',
    'The on-call could not have seen the page: it went to a closed channel.',
    'We do not treat this as human error: the flag has no default.',
    'Kim deployed at 10:00, as usual for Tuesdays.',
    'The on-call did nothing else until the database was back.',
    'The on-call saw that the probe passed and did not restart the pod.',
    'The team was not ready to fail over: the standby had no disk.',
    'The on-call stood by for the vendor’s call at 15:00 UTC.',
    'Because the vendor uses UTC instead of local time, the job ran at 23:00.',
    'Insufficient disk on the node of the build team stopped the job.',
    'Das Skript löscht die Daten, ohne jemanden zu fragen.',
    'Falsche Antworten durch den DNS-Dienst dauerten 12 Minuten.',
    'Le commit fautif a été annulé à 14 h 10.',
    'Merci à l’équipe réseau, qui a rétabli le lien en 6 minutes.',
    'El ingeniero de guardia se quedó sin acceso a la consola a las 16:03.',
    'O plantonista insistiu na ligação às 02h10.',
    '担当者は独断ではなく手順に従って再起動した。',
    '工程师在 14:02 走变更流程发布。',
  ])('blames nobody: %s', (sentence) => {
    expect(rules(sentence, ['Kim'])).not.toContain('1 blame');
    expect(isBlaming(sentence)).toBe(false);
  });

  test('takes words that only look at the day of writing as vague, also beside a time of the clock', () => {
    expect(rules('## Summary\nYesterday at 14:02 UTC the queue grew to 9,000.')).toEqual(['2 vague']);
    expect(rules('## Summary\nHier, à 14 h 10, la file a grossi à 9 000.')).toEqual(['2 vague']);
    expect(rules('## Summary\nDer Fehler liegt hier im Index von users.')).toEqual([]);
    expect(rules('## Timeline\n- 14:02 UTC: shortly after the deploy, 40 % of the requests fail')).toEqual([]);
  });

  test('finds what was left over, and what must not leave the house', () => {
    expect(rules('Owner: TBD')).toEqual(['1 left-over']);
    expect(rules(`The token xoxb-${'1'.repeat(12)}-${'a'.repeat(24)} was used.`)).toEqual(['1 secret']);
    const [{ text } = { text: '' }] = lintPostmortem(`The token xoxb-${'1'.repeat(12)}-${'a'.repeat(24)} was used.`);
    expect(text).not.toContain('aaaa');
  });
});

describe('people', () => {
  test('are known from the responders, and may stand there, in the timeline and at action items', () => {
    const document = (section: string) =>
      `## ${section}\nKim Lee rolled back at 14:10 UTC.\n\n## Responders\n- Commander: Kim Lee\n`;
    expect(rules(document('Timeline'))).toEqual([]);
    expect(rules(document('Impact'))).toEqual(['2 name']);
  });

  test.each([
    ['Kim forgot to drain the node.', ['Kim Lee']],
    ['KIM LEE forgot to drain the node.', ['Kim Lee']],
    ['Das war Kims Schuld.', ['Kim Lee']],
    ['田中さんが確認を怠った。', ['田中']],
    ['原因は田中さんの確認不足にある。', ['田中裕子']],
    ['<@U012ABC34> broke the build.', []],
    ['@alice ignored the page.', []],
    ['Poor communication by the network team cost an hour.', []],
    ['The vendor took forever to answer.', []],
    ['Kim was not careful enough with the selector.', ['Kim']],
    ['Kim pushed directly to prod, as always.', ['Kim']],
    ['Kim copied the command and never checked the host.', ['Kim']],
    ['It was Kim’s slip that emptied the table.', ['Kim']],
    ['Kim deleted the index because Kim ran the job on prod instead of staging.', ['Kim']],
    ['Falsche Bedienung durch unseren Praktikanten.', []],
    ['Der Admin startete neu, ohne jemandem Bescheid zu geben.', []],
    ['Das Team ging nicht mit der nötigen Sorgfalt vor.', []],
    ['Le support est resté les bras croisés.', []],
    ['Le prestataire fautif est connu.', []],
    ['El proveedor hizo caso omiso de los avisos.', []],
    ['Falta de interés en las pruebas.', []],
    ['O operador agiu de forma precipitada.', []],
    ['Houve imperícia na troca do disco.', []],
    ['全員が襟を正して作業する。', []],
    ['王工没走流程就重启了主库。', []],
  ])('%s', (sentence, names) => {
    expect(rules(sentence, names)).toEqual(['1 blame']);
  });

  test.each([
    'The on-call engineer restarted the pod that ignored SIGTERM.',
    'The engineer on duty saw that the pod failed to start.',
    'Thanks to the quick rollback by the platform team, 3 % of the requests failed.',
    'The scheduler ignored the taint, and the kubelet forgot the pod.',
    'Das Team rollte um 14:10 Uhr auf Version 4.2 zurück.',
    'L’équipe a redémarré le pod à 14 h 10.',
    'El equipo reinició el pod a las 14:10.',
    'O time reiniciou o pod às 14:10.',
    '担当者は14時10分にポッドを再起動した。',
    '值班工程师在 14:10 重启了 Pod。',
  ])('who acts is not blamed: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });
});

describe('an action item', () => {
  test.each([
    'Be more careful with deploys',
    'pay attention to the disk',
    'Künftig besser aufpassen',
    'もっと注意する',
  ])('that asks for an attitude is refused: %s', (text) => {
    expect(taskProblem(text)).toMatch(/^Nobody can finish or check “/);
  });

  test.each([
    'Improve the index of users.email',
    'Add an alert on p99 over 2 s for 5 min',
    'Drain the node before an upgrade',
  ])('that names a work is not: %s', (text) => {
    expect(taskProblem(text)).toBeUndefined();
  });
});
