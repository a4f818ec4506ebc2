/**
 * The words between the name of a password and its value: " is ", " for jo on db-1 changed to ", " lautet ", "：", " ->
 * ". In the languages in which people write about passwords, even mixed.
 */
const SPACE = '[ \\u00a0\\u202f\\u3000]';

/** For whom, and where. */
const PREPOSITIONS =
  'till|för|til|pro|по|za|k|ke|ku|u|z|ze|s|se|v|ve|untuk|cho|do|до|for|of|on|at|in|au|aux|dans|al|ao|nel|nella|fürs?|fuers?|von|vom|beim?|zum|zur|auf|im|am|de|del|du|des|da|do|das|dos|di|della|dello|dei|per|para|pour|' +
  'sur|no|na|en|van|voor|op|od|dla|w|для|от|к|на|в|за|від|pentru|για|του|της|στο|στη|στην|στον';
/** "the key that we leaked was …" */
const CLAUSE = `(?:${SPACE}(?:that${SPACE}|which${SPACE})?(?:we|you|they|i|he|she)${SPACE}[a-z]{2,12}(?:${SPACE}[a-z]{2,12})?)?`;
/** Arabic joins the word for “of” with the next one. */
const OF_ARABIC = `(?:${SPACE}ل[^\\s:،]{2,30}(?:${SPACE}[^\\s:،]{1,60}){0,2}?)?`;
/** In these languages “new” and “current” follow the name. */
const WHICH = `(?:${SPACE}(?:nuev[ao]|nov[ao]|nuov[ao]|nouveau|nouvelle|nouă|actuelle?|actual|attuale|atual|antigua|antiga|ancien(?:ne)?|vecchia|temporal|temporaire|temporanea|tempor[aá]ri[ao]|provisoire|provvisoria|provisóri[ao]|provisional|initiale?|iniziale|inicial|baru|mới|الجديدة|الحالية|החדשה|הנוכחית))?`;
/** In these languages the name of the thing follows at once: “kata sandi vpn”. Elsewhere only a few such names do. */
const OF_WHAT = `(?:(?<=salas[aõ]na|parool)(?:${SPACE}[^\\s:：,;=]{2,20}){1,3}(?=${SPACE}on${SPACE})|(?<=slaptažodis|parole)(?:${SPACE}[^\\s:：,;=]{2,20}){1,3}(?=${SPACE}(?:yra|ir)${SPACE})|(?<=sandi|laluan|khẩu)(?:${SPACE}[^\\s:：,;=]{2,20}){1,2}?|(?<!pass(?:word|wd|code|phrase)?|pwd|pw)${SPACE}(?:wi-?fi|wlan|vpn|ssh|s?ftp|rdp|smtp|admin|root|sudo)|(?<=mdp|passe|accès|acceso|accesso|acesso|passwort|kennwort|wachtwoord|hasło|heslo|lösenord|adgangskode|passord|salasana|contraseña|clave|senha|parola|пароль|şifre)(?:${SPACE}(?!hash|policy|regel|reset|änder|réinit|expir|ticket|id${SPACE})[^\\s:：,;=]{2,20}){1,3}(?=${SPACE}?[:：]${SPACE}))?`;
const WHOSE = `${OF_WHAT}${WHICH}(?:${SPACE}(?:there|here))?${CLAUSE}${OF_ARABIC}(?:${SPACE}(?:${PREPOSITIONS})(?:${SPACE}[^\\s:：,;=]{1,60}){1,4}?){0,2}?`;

/** For what it is, between the name and a verb that is too short to count alone: “adgangskoden til testbrugeren er”. */
const PLACE = '(?: [^\\s:,;=]{1,20}){0,4}';

/** Longer forms come before forms that are their beginning. */
const VERBS = [
  'is (?:jetzt|nun)|is (?:gewijzigd naar|veranderd in|ingesteld op)|è stata (?:cambiata|modificata|reimpostata) (?:in|a)',
  // English
  '(?:is|was|are|were|will be|(?:has|have) been)(?: (?:now|still|literally|just|simply|actually|currently|again))?(?: (?:set|changed|reset|updated|rotated))?(?: to| as)?|(?:stays|remains)(?: at)?',
  '(?:set|changed|reset|updated|rotated) to|to',
  '(?<=(?:pass(?:word|wd|phrase)|pwd) )(?:given|supplied|entered|tried)',
  // German
  '(?:lautet|ist|war|wurde|wird)(?: (?:jetzt|nun|neu))?(?: (?:auf|zu))?|(?:geändert|gesetzt|zurückgesetzt) auf',
  // French
  "c['’](?:est|était)(?: (?:maintenant|toujours))?",
  '(?:est|était|devient|sera)(?: (?:maintenant|désormais|le(?= \\d{4})))?|(?:a été )?(?:changé|réinitialisé|modifié)e? (?:en|à|pour|par)',
  // Spanish
  '(?:ahora )?(?:es|era|será)(?: ahora)?|(?:(?:se )?ha )?(?:cambi(?:ó|ad[oa])|actualizad[oa]) (?:a|por)',
  // Portuguese
  '(?:agora )?(?:é|era)(?: agora)?|(?:mudou|foi (?:mudada|alterada|trocada)|alterada|trocada) para',
  // Italian
  '(?:ora |adesso )?(?:è|era)(?: ora| adesso)?|(?:cambiata|modificata|reimpostata) (?:in|a)',
  // Dutch
  '(?:is|wordt) nu|wordt|(?:gewijzigd naar|veranderd in)',
  // Polish
  '(?:to|jest|brzmi)(?: teraz)?|(?:został[oa]? )?zmienion[eoy] na',
  // Swedish, Danish and Norwegian, Finnish, Czech
  `(?:är|(?<=(?:kode|ord|koden|ordet)${PLACE} )er|(?<=(?:salas[aõ]na(?:si|nne)?|parool|koodi?(?:si|nne)?)${PLACE} )on|(?<=(?:heslo|lozinka|geslo|koda|kod|kód)(?: [^\\s:]{1,20}){0,4} )(?:je|glasi|se glasi)|(?<=(?:kodas|slaptažodis)(?: [^\\s:]{1,20}){0,4} )yra|(?<=(?:kods|parole)(?: [^\\s:]{1,20}){0,4} )ir|(?<=(?:лозинка|парола)(?: [^\\s:]{1,20}){0,4} )(?:је|е)|(?<=lykilorðið(?: [^\\s:]{1,20}){0,4} )er|(?<=fjalëkalimi(?: [^\\s:]{1,20}){0,4} )është|(?<=codi d[^\\s:]{1,20} )és|(?<=kodi (?:juaj )?i [^\\s:]{1,20} )është|(?<=kóði(?:nn)?(?: [^\\s:]{1,20}){0,4} )er)(?: (?:nu|nå|nyt|teď))?|(?:ändrades|ändrat|ændret|endret) til|ändrat till`,
  // Indonesian and Malay
  '(?:sekarang )?(?:adalah|ialah)|(?:diganti|diubah|ditukar) (?:menjadi|jadi|ke|kepada)|(?<=(?:sandi|laluan)(?: [^\\s:]{1,20}){0,3} )(?:sekarang|jadi)',
  // Romanian, Vietnamese, Hindi
  'este(?: acum)?|(?:acum )?este|là|(?:अब )?है',
  // Arabic, Hebrew, Greek
  '(?:الآن )?(?:هي|هو)(?: الآن)?|(?:היא|הוא)(?: עכשיו)?|(?:είναι|έγινε)(?: τώρα)?',
  // Russian
  '(?:это|(?:[а-яё]{3,20} ){0,2}?теперь)|(?:был )?(?:изм[её]н[её]н|смен[её]н|сброшен) на',
].join('|');

/** What a verb before the name says about the new value: "zmieniłem hasło na x", "das Passwort auf x gesetzt". */
export const TOLD_AFTER_VERB: RegExp = new RegExp(
  `${WHICH}(?:${SPACE}(?:${PREPOSITIONS})(?:${SPACE}[^\\s:：,;=]{1,60}){1,3}?)?${SPACE}(?:auf|na|на|à|en|a|para|por|in|naar|til|till|ke|thành|în)${SPACE}`,
  'iy',
);

/** In Russian the verb may be absent: "пароль от базы x7…,". The value is Latin, and its form that of no host. */
const WITHOUT_VERB = `(?:${SPACE}(?:от|для|к|на|в)(?:${SPACE}[а-яё]{1,20}){1,3})${SPACE}(?=[^\\s,;-]{0,60}(?:\\d{3}|[!@#$%^&*+=?]))(?=[A-Za-z][^\\s,;.-]{7,60}(?:[,;.]|$|[\\r\\n]))`;

export const TOLD_BY: RegExp = new RegExp(
  `${WHOSE}(?:${SPACE}(?:${VERBS})(?:(?:${SPACE}?[:：])?${SPACE}{1,2}|${SPACE}?[:：]${SPACE}?\\r?[\\n\\v]{1,2}[ \\t]{0,8})|${SPACE}?[:：]${SPACE}{1,2}|${SPACE}(?:(?:->|=>|→|—|–)${SPACE}{1,2}|=${SPACE}(?=["'\`“„«])))|${WITHOUT_VERB}`,
  'iy',
);

/** Chinese and Japanese have no spaces; Korean has one behind the particle. */
export const TOLD_WITHOUT_SPACES: RegExp = new RegExp(
  `、(?=\\d{4,12}(?!\\d))|${SPACE}?(?:[已被]{0,2}(?:是|为|為|改为|改成|改為|更改为|重置为|设为|设置为|修改为|变更为|更新为)|は|が|を|に|(?:는|은|이|가|를|을)(?=${SPACE}))[:：]?${SPACE}?`,
  'y',
);

/** The end of a Japanese sentence after the value. */
export const JAPANESE_END: RegExp = /(?:です|でした|である|だ)$|(?:に(?:変更|設定|更新|リセット|なり)|となり).*/;
