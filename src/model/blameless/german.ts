import { KNOWN, type Language } from '#model/blameless/language.ts';

const NOUNS =
  '[\\p{L}-]{0,30}(?:teams?|entwickler(?:in|innen|n|s)?|administrator(?:en|in)?|admins?|operator(?:en)?|ingenieur(?:e|in|en|s)?|mitarbeiter(?:in|innen|n|s)?|kolleg(?:e|en|in|innen)|praktikant(?:en|in)?|techniker(?:in|n|s)?|abteilung|leitung|leiter(?:in|s)?|chef(?:in|s)?|dienst(?:es|s)?|betrieb(?:s|es)?|reviewer(?:in|s)?|dienstleister(?:s)?|lieferant(?:en)?|schicht|bereitschaft|rufbereitschaft|zuständige[nr]?|verantwortliche[nr]?|leute|menschen|person(?:en)?|tester(?:in|n|s)?|autor(?:in|en|s)?|neuling|werkstudent(?:en|in)?|QA|QS|entwicklung|qualitätssicherung|fachbereich|einkauf|buchhaltung|vertrieb|marketing|(?:Herr|Frau|Dr\\.) (?:Dr\\. )?\\p{L}+)';
const PRONOUNS = 'jemand|niemand|keiner|man|wir|ich';
const UNDONE =
  '(?:geprüft|überprüft|getestet|bemerkt|gelesen|beachtet|aufgepasst|hingesehen|hingeschaut|nachgesehen|nachgeschaut|gemeldet|informiert|kontrolliert|nachgedacht|befolgt|eingehalten|reagiert|gekümmert|abgesprochen|kommuniziert|verstanden|nachgefragt|abgestimmt|mitgedacht)';

export const german: Language = {
  people: `(?:${NOUNS}|${PRONOUNS})`,
  // The verb stands at the end, behind the object.
  between:
    '(?!(?:dass|weil|und|aber|als|bevor|nachdem|während|der|die|das|woraufhin)(?![\\p{L}]))[^\\s.,;:!?·]{1,40}|(?:der|die|das) [^\\s.,;:!?·]{1,40}',
  faults: [
    `vergessen|vergaß(?:en)?|verschlafen|verschlief(?:en)?|verschläft|pennt|hielt es nicht für nötig|hält es nicht für nötig|für nötig (?:gehalten|befunden)|versäumt(?:e|en)?|übersehen|übersah(?:en)?|ignoriert(?:e|en)?|vernachlässigt(?:e|en)?|missachtet(?:e|en)?|vertippt(?:e)?|verpennt|geschlampt|gepennt|verbockt|vermasselt|verpfuscht|kaputt ?(?:gemacht|konfiguriert)|lahmgelegt|zerschossen|verursacht(?:e|en)?|falsch (?:konfiguriert|verstanden|eingeschätzt|bedient|gemacht|eingegeben)|nicht ${UNDONE}|nie ${UNDONE}|ohne (?:zu (?:prüfen|testen|fragen|überlegen|lesen)|nachzudenken|nachzufragen|Rücksprache|Absprache|Freigabe)|(?:zu|nicht) (?:faul|aufmerksam|sorgfältig|vorsichtig|bequem)|schuld|versagt(?:e|en)?|gescheitert|Mist gebaut|(?:einen|den|diesen) (?:\\p{L}+ )?(?:Fehler|Bock) (?:gemacht|geschossen)|wusste(?:n)? (?:es )?(?:nicht )?besser|geschlafen|schlief|nicht (?:im Griff|in der Lage)|überfordert|unfähig|(?:aus )?Versehen|versehentlich|leichtsinnig|blind (?:übernommen|kopiert|freigegeben|bestätigt)|durchgewinkt|weggeklickt|kopflos|in Panik`,
  ].join('|'),
  blame: [
    'menschliche[sn]? (?:Versagen|Fehler|Versagens)|Bedien(?:er|ungs)?fehler|Anwenderfehler|Flüchtigkeitsfehler|Unachtsamkeit|Nachlässigkeit|Fahrlässigkeit|Schlamperei|Leichtsinn|Inkompetenz|Unfähigkeit|Faulheit|Schusseligkeit|Gedankenlosigkeit',
    'nachlässig(?:e[nrms]?)?|fahrlässig(?:e[nrms]?)?|schlampig(?:e[nrms]?)?|unachtsam(?:e[nrms]?)?|leichtsinnig(?:e[nrms]?)?|inkompetent(?:e[nrms]?)?|leichtfertig(?:e[nrms]?)?|verantwortungslos(?:e[nrms]?)?|dumm(?:e[nrms]?)? (?:Fehler|Änderung|Idee|Entscheidung)',
    '(?:die |alleinige |volle |eigentliche )?Schuld (?:an|hat|hatte|trägt|trug|liegt|lag|am|ist|trifft|war)|(?:ist|sind|war|waren) (?:\\p{L}+ ){0,3}schuld(?: an| daran|[.!]|$)|Schuldige[rn]?|selbst schuld|durch (?:die )?Schuld|(?:seine|ihre|deren|dessen) (?:eigene )?Schuld',
    `(?:Fehler|Versagen|Versäumnis|Verschulden|Unachtsamkeit|Nachlässigkeit) (?:des|der|von|vom) (?:\\p{L}+ ){0,2}${NOUNS}`,
    '(?:wurde|wurden|worden) (?:schlicht |einfach |wieder |leider )?(?:vergessen|übersehen|versäumt|verschlafen|missachtet)|(?:schlicht|einfach|wieder einmal|leider|mal wieder) (?:vergessen|übersehen|ignoriert|verschlafen)|(?:Alarm|Alarme|Warnung|Warnungen|Meldung|Meldungen|Checkliste|Runbook|Prozess|Vorgaben?|Hinweise?) (?:wurde|wurden) (?:\\p{L}+ ){0,3}(?:ignoriert|missachtet|übergangen|weggeklickt|nicht (?:beachtet|befolgt|gelesen|eingehalten))',
    `(?:verursacht|ausgelöst) (?:von|durch) ${KNOWN}|(?:von|durch) ${KNOWN} (?:verursacht|ausgelöst)|(?:${NOUNS}|${KNOWN})[^.;:!?]{0,80} ohne (?:vorher |auch nur )?(?:zu (?:prüfen|testen|fragen|überlegen|lesen)|die \\p{L}+ zu lesen|nachzudenken|nachzufragen|Rücksprache|Absprache)`,
    `(?:warum|wieso|weshalb) (?:hat|hatte|haben|hatten|ist|war|wurde|tut|macht)(?: (?:das|der|die|den|unser|unsere))?(?: \\p{L}+)? (?:${NOUNS}|${KNOWN}|er|sie|niemand|keiner|jemand)`,
    'was hat (?:sich )?(?:er|sie|man|das \\p{L}*team|der \\p{L}+) (?:sich )?(?:dabei )?(?:nur )?gedacht|wer (?:hat das|war das|ist schuld|ist verantwortlich)|zur Verantwortung|Abmahnung|abgemahnt|nicht aufgepasst|gepennt|kennt sich [^.;:!?]{0,60}nicht aus|geht auf (?:das Konto|die Kappe)|auf (?:seine|ihre|deren) Kappe|genialer? Idee|unverantwortlich(?:e[nrms]?)?|keine Ahnung (?:hat|hatte|haben|hatten)|Großes Kino|Glanzleistung|Meisterleistung|geschlampt|mehr (?:Sorgfalt|Aufmerksamkeit|Vorsicht|Disziplin)|mangelnde[rn]? (?:Sorgfalt|Aufmerksamkeit|Disziplin|Kompetenz|Professionalität)',
  ],
  hindsight: [
    'hätten?|sonst wäre(?:n)?|wäre(?:n)? [^.;:!?]{0,100}(?:worden|gewesen|geblieben)|(?:hättest|hätt)(?=.{0,120}?(?:sollen|müssen|können|dürfen|verhinder|vermied|vermeid|bemerk|gesehen|auffallen|gemerkt|gereicht|genügt|geholfen|erkannt|geprüft|getestet|gewusst|gewesen|gehabt))|wäre(?:n)? (?=.{0,120}?(?:gewesen|worden|passiert|geblieben|aufgefallen|vermeidbar|gekommen|ausgefallen))|(?:hätte|wäre) (?:man|er|sie|wir|jemand|das|der|die) ',
    'im Nachhinein|rückblickend|im Rückblick|nachträglich betrachtet|hinterher (?:ist|weiß)|offensichtlich(?:e[nrms]?)?|offenkundig(?:e[nrms]?)?|selbstverständlich|natürlich|logischerweise|klar (?:war|ist)|war (?:doch |ja |allen |jedem )?klar|einfach nur|leicht (?:zu )?(?:vermeiden|verhindern|vermeidbar|erkennbar|vermieden|verhindert|erkannt)|ohne Weiteres|vermeidbar(?:e[nrms]?)?|vorhersehbar(?:e[nrms]?)?|absehbar(?:e[nrms]?)?|jeder (?:weiß|wusste|hätte)|eine Frage der Zeit',
  ],
  amounts: [
    '(?:einige[nr]?|mehrere[nr]?|viele[nr]?|zahlreiche[nr]?|etliche[nr]?|manche[nr]?|die meisten|ein paar|diverse[nr]?|unzählige[nr]?|ein (?:großer |kleiner |erheblicher |gewisser )?Teil (?:der|des|unserer)|eine (?:Reihe|Handvoll|Menge|Vielzahl|große Zahl|große Anzahl) (?:von |an )?|dutzende|hunderte|tausende|zu viele|fast alle) ?(?:\\p{L}+ ){0,2}(?:Nutzer|Nutzern|Nutzerinnen|Benutzer|Benutzern|Kunden|Kundinnen|Anwender|Anwendern|Anfragen|Aufrufe|Aufrufen|Minuten|Stunden|Sekunden|Tage|Fehler|Fehlern|Alarme|Alarmen|Bestellungen|Zahlungen|Sitzungen|Nachrichten|Meldungen|Tickets|Händler|Mandanten|Seiten|Dienste|Services|Logins|Beschwerden|Zeit)',
    'eine Zeit ?lang|eine Weile|für (?:kurze|längere|einige|gewisse) Zeit|kurzzeitig|zeitweise|zeitweilig|längere Zeit|lange Zeit|ziemlich (?:lange|langsam|viel|viele|hoch)|(?:sehr|recht|deutlich|erheblich|spürbar|merklich|etwas|viel) (?:langsam(?:er)?|länger|höher|hoch|mehr|erhöht|verzögert|schlechter)|erheblich(?:e[nrms]?)?|deutlich(?:e[nrms]?)?|massiv(?:e[nrms]?)?|spürbar(?:e[nrms]?)?|beträchtlich(?:e[nrms]?)?|gelegentlich(?:e[nrms]?)?|sporadisch(?:e[nrms]?)?|vereinzelt(?:e[nrms]?)?|teilweise|stark (?:erhöht|verzögert|beeinträchtigt)',
  ],
  days: 'gestern|heute|letzte (?:Nacht|Woche)',
  times: [
    'gestern|heute|heute (?:morgen|früh|nacht)|vorgestern|neulich|kürzlich|letzte[nr]? (?:Nacht|Woche|Monat|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Wochenende)|vor (?:ein paar|einigen|wenigen|kurzem|\\d{1,6}) ?(?:Minuten|Stunden|Tagen)?|am (?:frühen |späten )?(?:Morgen|Vormittag|Nachmittag|Abend|Wochenende)|in der Nacht|später am (?:Tag|Abend)|irgendwann|kurz (?:darauf|danach|davor|vorher|zuvor)|etwas später|wenig später|einige (?:Minuten|Stunden|Zeit) (?:später|danach)|nach (?:einer Weile|einiger Zeit|kurzer Zeit|ein paar Minuten|einigen Minuten)|gegen Mittag|mittags|nach dem Mittagessen|bald darauf|schließlich',
  ],
  attitudes:
    '(?:\\p{L}+ ){0,3}(?:(?:besser|mehr|genauer) (?:aufpassen|achten|hinsehen|hinschauen)|vorsichtiger|sorgfältiger|aufmerksamer|achtsamer|gewissenhafter|aufpassen)',
  tasks: [
    'besser|mehr|genauer|gründlicher|künftig|(?:\\p{L}+ )?(?:verbessern|optimieren|untersuchen|prüfen, ob|anschauen|ansehen|schulen|sensibilisieren|beobachten|überdenken|diskutieren|evaluieren|sicherstellen|erinnern|überlegen|vermeiden|verhindern|stärken)$',
    '(?:[^.:;,\\d]{0,80} )?(?:verbessern|optimieren|untersuchen|anschauen|ansehen|schulen|sensibilisieren|beobachten|überdenken|diskutieren|evaluieren|sicherstellen|erinnern|besprechen|analysieren|nachdenken|aufpassen|achten|klären|stärken|erhöhen)(?=[.!]|$)|sicherstellen, dass|darauf achten|(?:noch )?(?:mehr|besser) (?:aufpassen|testen|achten)|über .{0,60}nachdenken|sich .{0,60}ansehen|Team (?:schulen|sensibilisieren)|Schulung|Bewusstsein',
  ].join('|'),
};
