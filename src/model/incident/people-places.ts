/**
 * Places in a sentence where an unknown word is a person: somebody who acts, is thanked or asked, owns a script, or has a
 * title behind the name. `people-in-words.ts` replaces them.
 */

import { isFirstName } from '#model/blameless/first-names.ts';
import { isOfSystems } from '#model/incident/system-words.ts';
import { isJapaneseSystemText } from '#model/incident/system-words-japanese.ts';

/** The match is the name, whole. `isPerson`: what may stand there is none. */
export type Place = Readonly<{ pattern: RegExp; isPerson?: (who: string) => boolean }>;

/** What people do on purpose to systems. Systems and firms rarely do it, so an unknown name before it is a person. */
const DID =
  "did|deployed|redeployed|merged|approved|reviewed|reverted|restarted|rebooted|ran|reran|wrote|rewrote|forgot|pushed|committed|typed|clicked|pressed|insisted|promised|undid|edited|deleted|removed|disabled|enabled|added|changed|drained|swapped|ssh[’']?ed|kubectled|hotfixed|cherry-picked";
/** Systems and firms do this as well. Before it, only what is otherwise a name is one. */
const MAY_DO =
  'dropped|stopped|started|broke|moved|told|asked|said|says|called|wants|thinks|thought|knew|knows|saw|found|fixed|closed|reported|noticed|killed|scaled|rolled|made|took|went|set|cut|left|copied|built|switched|missed|turned|put|gave|sent|got|had|shut|lost|created|updated|rotated|revoked|renamed|installed|opened';
/** Alternatives of a regular expression: verbs of the past whose subject may be a person. */
export const ACTED = `(?:${DID}|${MAY_DO})(?!\\p{L})`;
/** Between the two. */
export const BOTH = '(?:(?:also|then|again|already|just|still|only|even|has|had|always|never) )?';

/** Behind it, a pronoun is whom the sentence names before. */
const SPOKE = '(?:says?|said|claims|claimed|swears|swore)(?: that)?';

const BEFORE = '(?<![\\p{L}\\p{N}\\p{M}_@/.°-])';
const NAME = "\\p{Lu}(?:[’']\\p{Lu})?\\p{Ll}[\\p{L}\\p{M}]{0,20}";
const INITIALS = '\\p{Lu}{2,3}|\\p{Lu}\\.';
const AFTER = '(?![\\p{L}\\p{N}_])';
/** Words that are first or last names as well. */
const ALSO_NAMES =
  'an|art|august|april|bill|chase|cliff|dale|dawn|dean|drew|duke|faith|frank|gene|glen|grace|grant|guy|hope|hunter|jack|jade|june|lance|mark|mason|max|may|miles|nick|pat|penny|ram|ray|reed|rich|rob|rod|rose|sandy|skip|sue|summer|ward|wells|will';
const WORKS =
  'script|deploy|deployment|change|mistake|commit|pr|laptop|fault|merge|hotfix|branch|terminal|account|shell|job|typo|patch|migration|query|session|desk|idea|code';

/** Whose unknown word at the place is no ordinary one. */
const isUnknown = (who: string) => !isOfSystems(who) && !NOT_PEOPLE.test(who);
/** Who acts together or is unknown is no name; nor is what ends as an abstract noun or as a group does. */
const NOT_PEOPLE =
  /^(?:someone|somebody|anyone|nobody|everyone|people|they|we|you|i|it|he|she|who|which|that|devs?|ops|sre|qa|dba|noc|soc|cto|ceo|it|hr)$|(?:ing|tion|ment|ness|ity|ers|ors|ists)$/iu;

const LATIN: readonly Place[] = [
  // A mention, and an address: <@U0KIM0001>, @kim.
  { pattern: /<@[UW][A-Z0-9]{2,20}(?:\|[^<>]{0,200})?>/gu },
  {
    pattern: /(?<![\p{L}\p{N}_.@/])@\p{L}[\p{L}\p{N}_-]{0,40}(?:\.[\p{L}\p{N}_-]{1,40}){0,2}(?![/\p{L}\p{N}_])/gu,
    isPerson: (who) => !/^@(?:here|channel|everyone)$/.test(who),
  },
  { pattern: /(?<![\p{L}\p{N}._+-])[\p{L}\p{N}._+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,3}/gu },
  // A colleague, and neither the victim, `a victim was told he is not insured`, nor who speaks, `the admin says she asked`.
  {
    pattern: new RegExp(
      `${BEFORE}(?<!\\b(?:told|assured|informed|promised|warned|${SPOKE}) )(?<!\\b(?:${SPOKE}) (?:[Hh]e|[Ss]he) [^.;!?\\n]{0,80})(?:[Hh]e|[Ss]he)(?= ${BOTH}(?:${BOTH}${ACTED}|forgets?|is|was))`,
      'gu',
    ),
  },
  // Wells restarted the pool. N. restarted it. J. Doe restarted it.
  {
    pattern: new RegExp(
      `${BEFORE}(?<!\\d )(?:(?:\\p{Lu}\\. )?${NAME}(?: ${NAME})?|${INITIALS})(?= ${BOTH}(?:${DID})${AFTER})`,
      'gu',
    ),
    isPerson: isUnknown,
  },
  { pattern: new RegExp(`${BEFORE}\\p{Ll}\\.\\p{Ll}{3,20}(?= ${BOTH}${ACTED})`, 'gu'), isPerson: isUnknown },
  // Will dropped it. The max dropped is none.
  {
    pattern: new RegExp(
      `${BEFORE}(?<!(?:^|[^\\p{L}])(?:the|a|our|its|no) )(?:${ALSO_NAMES})(?= ${BOTH}${ACTED})`,
      'giu',
    ),
  },
  {
    pattern: new RegExp(`(?<=(?:is|was) )(?:\\p{Lu}\\p{Ll}{1,20}|${ALSO_NAMES})(?= who${AFTER})`, 'giu'),
    isPerson: (who) => !/^(?:one|people|somebody|someone|they|those|us|we)$/i.test(who),
  },
  // Merged by JB, merged by Priya N.
  {
    pattern: new RegExp(
      `(?<=(?:${DID}|written|dropped|fixed|done|noticed|caught|opened|closed|signed off|made|created|set) by )(?:${NAME}(?: ${NAME}| \\p{Lu}\\.)?|${INITIALS}|\\p{Ll}{2,20})(?![\\p{L}\\p{N}_]|[-.][\\p{L}\\p{N}])`,
      'gu',
    ),
    isPerson: (who) => isUnknown(who) && !/^(?:hand|accident|mistake|eye|itself|myself|both|someone)$/i.test(who),
  },
  // Thanks Kowalski, cc Wells, Co-authored-by: Wells
  {
    pattern: new RegExp(
      `(?<=(?:\\b[Tt]hanks|\\b[Tt]hank you|\\b[Tt]hx|\\b[Kk]udos to|\\b[Pp]ing|\\b[Pp]inged|\\b[Cc]c|-by:),? )${NAME}(?: ${NAME})?${AFTER}`,
      'gu',
    ),
    isPerson: isUnknown,
  },
  // Wells' script, the script of Wells
  {
    pattern: new RegExp(
      `${BEFORE}(?:${NAME}|(?:${ALSO_NAMES})(?=['’]))(?=['’]s? (?:\\p{Ll}{2,15} )?(?:${WORKS})${AFTER})`,
      'gu',
    ),
    isPerson: isUnknown,
  },
  // Roberts laptop
  {
    pattern: new RegExp(`${BEFORE}\\p{Lu}\\p{Ll}{2,15}(?=s (?:${WORKS})${AFTER})`, 'gu'),
    isPerson: (who) => isFirstName(who) && isUnknown(who),
  },
  {
    pattern: new RegExp(
      `(?<=\\b(?:${WORKS})s? of )(?:${NAME}(?: ${NAME})?|(?:${ALSO_NAMES})(?=$|[.,;!?]))${AFTER}`,
      'gu',
    ),
    isPerson: isUnknown,
  },
  // Klein hat den Index gelöscht.
  {
    pattern: new RegExp(
      `(?<=^|[.!?;,:] )${NAME}(?= (?:hat|hatte) [^.;!?\\n]{0,80}(?:gelöscht|(?:neu )?gestartet|verkleinert|vergrößert|geändert|gemergt|gemerged|vergessen|deployt|deployed|zurückgerollt|zurückgesetzt|abgeschaltet|ausgeschaltet|eingeschaltet|freigegeben|entfernt|ausgerollt|übersehen)${AFTER})`,
      'gu',
    ),
    isPerson: isUnknown,
  },
  // Durand a redémarré le service. Quiroga reinició el servicio.
  {
    pattern: new RegExp(
      `(?<=^|[.!?;,:] |(?:par|por) )${NAME}(?= (?:a (?:re)?(?:démarré|lancé|supprimé|déployé|fusionné|modifié|oublié|coupé)|(?:ha )?(?:reinici|borr|despleg|fusion|modific|olvid|apag|elimin)(?:ó|ado)|(?:reinici|apag|exclu|implant|alter|esquec|delet)(?:ou|iu|eu))${AFTER})`,
      'gu',
    ),
    isPerson: isUnknown,
  },
  // Сергей удалил индекс
  { pattern: /(?<![\p{L}])\p{Lu}[а-яё]{2,15}(?= [а-яё]{2,15}(?:ил|ал|ел|ыл|ила|ала|ела|ыла)(?!\p{L}))/gu },
];

/** Widespread last names of Japan; a place, a bank or a shop may have one, too. */
const LAST_NAMES =
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 清水 山崎 池田 橋本 阿部 前田 藤田 後藤 岡田 長谷川 村上 近藤 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 岡本 松田 中島 小川 中野 原田'
    .split(' ')
    .join('|');
const TITLES = '(?:さん|様|氏|くん|君|先輩|部長|課長)';
const NO_ONE = /^(?:お?客|皆|業者|担当者?|各位|王|貴|模|仕|同|多)$/u;
/** What people do to a thing, behind it. */
const TO_IT =
  '[^。、\\n]{0,20}を(?:[^。、\\n]{0,10})?(?:削除|変更|再起動|停止|追加|実行|適用|デプロイ|マージ|承認|切り替え|戻|入れ替え|消|直|押|忘)';

const EAST_ASIAN: readonly Place[] = [
  {
    pattern: new RegExp(`(?:(?<!\\p{Script=Han})\\p{Script=Han}{1,4}|[ァ-ヶー]{2,8})${TITLES}`, 'gu'),
    isPerson: (who) => !NO_ONE.test(who.replace(new RegExp(`${TITLES}$`, 'u'), '')),
  },
  {
    pattern: new RegExp(
      `(?<!\\p{Script=Han})(?:${LAST_NAMES})(?![市県区駅町村銀支店工]|\\p{Script=Han})(?:[ 　]\\p{Script=Han}{1,3}(?!\\p{Script=Han}))?`,
      'gu',
    ),
  },
  {
    pattern: new RegExp(
      `(?<![\\p{Script=Han}ァ-ヶーぁ-ん])(?:\\p{Script=Han}{2,4}|[ァ-ヶー]{2,8}|[ぁ-ん]{2,4})(?=[がは]${TO_IT})`,
      'gu',
    ),
    isPerson: (who) => !isJapaneseSystemText(who) && !JAPANESE_SYSTEM.test(who),
  },
  {
    pattern: /(?<![\p{Script=Han}ァ-ヶーぁ-ん])[ぁ-ん]{2,3}(?=が(?:再起動|停止|削除|変更|実行)し?た)/gu,
    isPerson: (who) => !/^(?:それ|これ|あれ|どれ|だれ|すべて|ほか|みんな)$/u.test(who),
  },
  // 王伟重启了服务, 由李娜删除
  {
    pattern:
      /(?<=^|[，。；：、\s]|由|被)[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文]\p{Script=Han}{1,2}(?=(?:已经?|又|把|将|刚)?(?:重启|删除|删|修改|回滚|部署|执行|合并|提交|批准|忘|改|关闭|停掉|上线|发布|[^，。；\n]{1,8}(?:重启|删|改|关)了))/gu,
    isPerson: (who) => !CHINESE_SYSTEM.test(who),
  },
  {
    pattern:
      /(?<=^|[，。；：、\s]|由|被)(?:[小老][王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐]|[王李张刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐](?:工|经理|总|哥|姐))(?!\p{Script=Han}?(?:程|资|计))/gu,
  },
];

/** What a program is called. */
const JAPANESE_SYSTEM =
  /(?:側|系|機|版|部|課|社|店|者|器|網|線|票|表|率|量|数|値|バッチ|サービス|サーバー?|システム|ジョブ|アプリ|プログラム|ツール|スクリプト|ボット|チーム|ベンダー|メーカー)$/u;
const CHINESE_SYSTEM =
  /^(?:高峰|高并|方案|文件|任务|金额|余额|石油|白名|黑名|常规|史上|江苏|何时|万一|段错|许可|程序|任何|于是|康复|夏季|田间|马上|单)/u;

export const PLACES: readonly Place[] = [...LATIN, ...EAST_ASIAN];
