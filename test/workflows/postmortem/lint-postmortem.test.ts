/** What the lint says of a whole document: lines, sections, people, quotes. */
import { describe, expect, test } from 'vitest';
import { isBlaming, taskProblem } from '#model/blameless/lint.ts';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

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

  test.each([
    'It was no human error.',
    'Neither the operator nor the vendor is at fault.',
    'Niemand hat hier einen Fehler gemacht.',
    'Aucune erreur humaine n’est en cause.',
    'Our policy says that human error is where an investigation starts.',
    'L’erreur humaine n’est jamais une conclusion.',
    'This was not a case of somebody being careless.',
    'Congratulations to the platform team, who restored the data in 12 minutes.',
    'No se debió a un error humano.',
    'Ninguém errou; o formulário aceita qualquer região.',
    '人的ミスではない。',
    '并非人为失误。',
    'According to its rule, the alert should have fired after 10 minutes.',
    'Laut Zeitplan hätte der Job um 03:00 Uhr laufen sollen.',
    'L’alerte aurait dû, selon la configuration, partir à 80 %.',
    'Según su regla, la alerta debería haberse disparado a los 5 minutos.',
    'Pela regra, o alerta deveria ter disparado em 5 minutos.',
    'ルール上は5分で発報するはずだった。',
    '按规则告警本应在5分钟后触发。',
    'Up to 312 customers could have seen a foreign invoice.',
    'Bis zu 140 Nutzer hätten fremde Adressen sehen können.',
    'The retry policy punished the weakest node.',
    'Operator error codes 17 and 23 come from Kafka.',
    'The Postgres operator ignored the annotation.',
    'Der Kafka-Operator hat die Änderung ignoriert.',
    'Der Namensdienst ignorierte den Eintrag 300 s lang.',
    'Ein Kunde schrieb: »Da hat wohl jemand geschlafen«.',
    'Un client a écrit « quelqu’un a oublié le certificat ».',
    '客户投诉说“你们的值班是不是睡着了”。',
  ])('takes no denial, rule of a machine, possible impact or quoted customer for a fault: %s', (sentence) => {
    expect(rules(`## Impact\n${sentence}`)).toEqual([]);
  });

  test('lets no rule excuse people, and no customer their own words', () => {
    expect(rules('According to the schedule, the on-call should have paged.', ['Kim'])).toEqual([
      '1 blame',
      '1 hindsight',
    ]);
    expect(rules('Laut Plan hätte die Rufbereitschaft anrufen müssen.')).toContain('1 hindsight');
    expect(rules('It was not only human error.')).toEqual(['1 blame']);
  });

  test.each([
    'The bad deploy is on Kim, who was told twice.',
    'The engineer responsible for the change did not bother to run the tests.',
    'Hätte Kim die Warnung ernst genommen, liefe der Shop.',
    'Ursache war das Fehlverhalten eines Administrators.',
    'C’est une faute de l’exploitant.',
    'Si Kim hubiera leído el manual, todo estaría bien.',
    'Foi um erro da Kim na migração.',
    '田中さんは実行前に確認しておくべきだった。',
    '提醒小王以后更加细心。',
    'The index was mistakenly deleted by a trainee.',
    'Der Index wurde versehentlich von einem Azubi gelöscht.',
    'L’index a été supprimé par erreur par un prestataire.',
    'El índice fue borrado por equivocación por un becario.',
    'O índice foi apagado por engano por um analista.',
    '索引は運用担当によって誤って削除された。',
    'Congratulations to everyone who approved it in ten seconds.',
    'Glückwunsch an alle, die es in zehn Sekunden freigegeben haben.',
    'Félicitations à l’équipe qui a livré un vendredi.',
    'Enhorabuena a los genios que desplegaron un viernes.',
    'Parabéns ao time que publicou na sexta.',
    '真佩服评审的同学。',
    'The on-call engineer took forty minutes to wake up.',
    'Die Rufbereitschaft hat den Index volllaufen lassen.',
    'L’astreinte a laissé la file grossir.',
    'El equipo dejó crecer la cola.',
    'O plantonista deixou a fila crescer.',
    '值班的人迟迟不接电话。',
  ])('finds who is made the cause: %s', (sentence) => {
    expect(rules(sentence, ['Kim'])).toContain('1 blame');
  });

  test.each([
    'Testing needs to get better.',
    'Die Abstimmung zwischen den Teams sollte enger werden.',
    'Il faut mieux tester.',
    'Hay que reforzar la comunicación entre equipos.',
    'Os testes precisam melhorar.',
    'チーム間の連携を強化する必要がある。',
    '团队之间的沟通有待加强。',
  ])('takes a wish without a measure as vague in any section: %s', (sentence) => {
    expect(rules(`## What could improve\n${sentence}`)).toEqual(['2 vague']);
  });

  test.each([
    '監視を強化する：滞留が120秒を超えたら呼び出す',
    'Monitoring verbessern: Alarm ab 500 Nachrichten über 3 Minuten',
    'Increase the pool from 20 to 60',
  ])('takes no task with a measure as vague: %s', (task) => {
    expect(rules(`## Action items\n- ${task}`)).toEqual([]);
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

describe('a fault with its innocent twin', () => {
  test.each([
    'The platform team knew that the disk was nearly full but carried on with the import anyway.',
    'Die Entwickler wussten von dem Fehler und haben trotzdem ausgerollt.',
    'L’équipe savait que le disque était plein et a lancé l’import quand même.',
    'El técnico sabía que la copia fallaba y aun así siguió adelante.',
    'A equipe desligou o alarme de propósito.',
    '担当者は危険を知りながら作業を続けた。',
    '值班工程师知道磁盘快满了，却依然执行了导入。',
  ])('knew, and did it all the same: %s', (sentence) => {
    expect(rules(sentence)).toContain('1 blame');
  });

  test.each([
    'The platform team did not know that the disk was nearly full, and the import went ahead anyway.',
    'Die Entwickler wussten nicht von dem Fehler; der Job lief trotzdem durch.',
    'L’équipe ne savait pas que le disque était plein ; l’import est parti quand même.',
    'El técnico no sabía que la copia fallaba y aun así la cola siguió creciendo.',
    'O teste de caos desligou o nó de propósito às 14h02.',
    '障害訓練のため、スクリプトがノードをわざと停止させた。',
    '演练脚本在 14:02 故意关闭了一个节点。',
  ])('did not know, or tested: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });

  test.each([
    'The night operator kept his pager on mute and slept right through the alarm.',
    'Der Admin löschte den Index, ohne hinzusehen.',
    'Le technicien a validé le plan sans regarder.',
    'La analista no estaba atenta a la consola.',
    'O técnico confirmou a tela sem olhar.',
    '担当者は携帯をマナーモードにしていた。',
    '值班同事当时心不在焉。',
  ])('did not look: %s', (sentence) => {
    expect(rules(sentence)).toContain('1 blame');
  });

  test.each([
    'The worker slept through its window of 30 s.',
    'Das Skript löscht den Index, ohne das Datum zu lesen.',
    'Le script valide le plan sans regarder la date.',
    'La sonda no estaba activa en la consola.',
    'O script confirma o plano sem olhar a data.',
    '更新後、端末はマナーモードに戻っていた。',
    '应用升级后系统恢复了静音设置。',
  ])('a machine does not look: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });

  test.each([
    'A contractor with no experience ran the migration.',
    'Dem Team fehlte die nötige Erfahrung.',
    'Un stagiaire sans la moindre expérience a lancé la migration.',
    'El técnico no tenía la preparación necesaria.',
    'Um estagiário sem experiência rodou a migração.',
    '経験の浅い担当者が移行を実行した。',
    '缺乏经验的实习生执行了迁移。',
  ])('lacked experience: %s', (sentence) => {
    expect(rules(sentence)).toContain('1 blame');
  });

  test.each([
    'Developers without any experience can run the wizard.',
    'Mitarbeiter ohne Erfahrung können den Assistenten bedienen.',
    'Un stagiaire sans expérience peut lancer l’assistant.',
    'Un becario sin experiencia puede usar el asistente.',
    'Um estagiário sem experiência pode usar o assistente.',
    '経験がなくても手順書だけで実行できる。',
    '没有经验也能按手册执行。',
  ])('needs no experience: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });

  test.each([
    'The vendor refused to listen.',
    'None of the reviewers could be bothered to open the plan.',
    'Whoever merged the change never ran the tests.',
    'Die Leitung wollte davon nichts hören.',
    'La direction n’a rien voulu entendre.',
    'El proveedor se negó a escuchar.',
    'O gerente não quis ouvir os alertas.',
    '上司は耳を貸さなかった。',
    '主管听不进任何建议。',
    'La panne vient d’une mauvaise manipulation.',
  ])('would not listen, or made the slip: %s', (sentence) => {
    expect(rules(sentence)).toContain('1 blame');
  });

  test.each([
    'The proxy would not listen on port 8443.',
    'The on-call saw that the standby refused to read the log.',
    'Whoever is on call gets the page within 30 s.',
    'Der Proxy wollte auf Port 8443 nicht starten.',
    'Le proxy n’a pas voulu démarrer.',
    'El proxy no quiso arrancar.',
    'O proxy não quis iniciar.',
    'プロキシは8443番で待ち受けなかった。',
    '代理没有监听8443端口。',
    'Il n’y a eu aucune fausse manipulation.',
  ])('a machine that refuses, or a denial: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });

  test.each([
    'Si la sauvegarde avait été vérifiée, la base serait revenue en 10 minutes.',
    'Rien ne serait arrivé si le quota avait été relevé.',
    'Wäre die Sicherung geprüft worden, wäre die Datenbank zurück gewesen.',
    'Si la copia se hubiera verificado, nada habría pasado.',
    'Se o backup tivesse sido verificado, nada teria acontecido.',
    'If the backup had been verified, none of this would have happened.',
    'バックアップを検証していれば防げた。',
    '如果备份验证过，就不会发生。',
  ])('hindsight with any participle: %s', (sentence) => {
    expect(rules(sentence)).toEqual(['1 hindsight']);
  });

  test.each([
    'It is open whether the replica would have kept the writes.',
    'Offen ist, ob die Replik alle Daten behalten hätte.',
    'Nous ne savons pas si la réplique aurait gardé les données.',
    'Le script vérifie si le certificat avait été renouvelé.',
    'Si le disjoncteur avait été ouvert, la file aurait gardé 400 messages.',
    'No sabemos si la réplica habría guardado los datos.',
    'Não sabemos se a réplica teria guardado os dados.',
    'レプリカが書き込みを保持できたかどうかは未確認である。',
    '目前还不清楚副本是否会接受写入。',
  ])('a question is no hindsight: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });

  test.each([
    'The sole cause was the expired token.',
    'Die einzige Ursache war das abgelaufene Token.',
    'La seule cause est le jeton expiré.',
    'La única causa fue el token caducado.',
    'A causa única foi o token expirado.',
    '唯一の原因は期限切れのトークンだった。',
    '唯一的根本原因是令牌过期。',
    'The outage was entirely due to the expired token.',
    'Root cause: the expired token.',
    'Der Ausfall ist ausschließlich auf das Token zurückzuführen.',
    'La panne est due uniquement au jeton expiré.',
    'La causa raíz fue el token caducado.',
    'A causa raiz foi o token expirado.',
    '根本原因は、期限切れのトークンである。',
    '故障完全是由令牌过期引起的。',
  ])('one cause alone: %s', (sentence) => {
    expect(rules(sentence)).toEqual(['1 single-cause']);
  });

  test.each([
    'There was no single root cause.',
    'Das abgelaufene Token war nicht die einzige Ursache.',
    'Le jeton expiré n’est pas la seule cause.',
    'El token caducado no fue la única causa.',
    'O token expirado não foi a única causa.',
    '期限切れのトークンは唯一の原因ではない。',
    '令牌过期并不是唯一的原因。',
    'The root cause analysis meeting is on 2026-12-03 at 14:00 UTC.',
    'The outage was not entirely due to the expired token.',
    'The root cause is still unknown.',
    'La panne n’est pas due uniquement au jeton expiré.',
    'No buscamos una causa única.',
    '根本原因は一つではない。',
  ])('several causes: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
  });

  test.each([
    'The screen showed "operator error 12" while the reader had no power.',
    'Am Bildschirm stand »Anwenderfehler: bitte warten«, der Leser hatte keinen Strom.',
    'La borne affichait « erreur humaine, code 4 » sans réseau.',
    'En la pantalla ponía «error de usuario 12».',
    'Na tela aparecia “erro do usuário 12”.',
    '端末には「操作ミスです。係員を呼んでください」と出た。',
    '屏幕上写着“操作失误”。',
  ])('a screen is quoted: %s', (sentence) => {
    expect(rules(sentence)).toEqual([]);
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
