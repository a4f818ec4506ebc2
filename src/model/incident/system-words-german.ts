/** German words that describe systems, as `system-words.ts` has English ones. Compounds and prefixes are built from them. */

/** `isEnglish`: whether the word, in small letters, is in the English list: `Leasezeit`, `Backup-Server`. */
export function isGermanSystemWord(written: string, isEnglish: (word: string) => boolean): boolean {
  const word = written.toLowerCase();
  if (ANYWHERE.has(word)) return true;
  if (isNoun(word) || isCompound(word, isEnglish)) return true;
  return written === word && (SMALL.has(word) || isAdjective(word) || isVerb(word));
}

function isNoun(word: string): boolean {
  return withoutEnding(word, NOUN_ENDINGS).some((stem) => NOUNS.has(stem));
}

/** `Adressbereich`, `Bestellungsdaten`. Both parts have three letters or more, so that few names are made of them. */
function isCompound(word: string, isEnglish: (word: string) => boolean): boolean {
  for (let at = SHORTEST; at <= word.length - SHORTEST; at++) {
    const [first, rest] = [word.slice(0, at), word.slice(at)];
    if (isNoun(rest) && (isNoun(first) || isEnglish(first))) return true;
  }
  return false;
}

function isAdjective(word: string): boolean {
  return withoutEnding(word, ADJECTIVE_ENDINGS).some((stem) => ADJECTIVES.has(stem));
}

/** `startet`, `gestartet`, `neugestartet`, `abzuschalten` */
function isVerb(word: string): boolean {
  const bare = [word, ...PREFIXES.flatMap((prefix) => (word.startsWith(prefix) ? [word.slice(prefix.length)] : []))];
  const stems = bare.flatMap((one) => [one, one.replace(/^(?:ge|zu)/, '')]);
  return stems.some((one) => withoutEnding(one, VERB_ENDINGS).some((stem) => VERBS.has(stem)));
}

function withoutEnding(word: string, endings: readonly string[]): readonly string[] {
  return endings.flatMap((end) => (word.endsWith(end) ? [word.slice(0, word.length - end.length)] : []));
}

const SHORTEST = 3;
/** Not `er`: with it, a noun becomes a last name, such as Netzer. */
const NOUN_ENDINGS = ['', 'e', 'n', 'en', 's', 'es'];
const ADJECTIVE_ENDINGS = ['', 'e', 'en', 'er', 'es', 'em', 'ere', 'eren', 'erer', 'sten', 'ste'];
const VERB_ENDINGS = ['', 'e', 'n', 'en', 't', 'et', 'te', 'ten', 'ete', 'eten', 'end', 'ende', 'enden'];
const PREFIXES = words(
  'ab an auf aus bei durch ein fest gegen her herunter hin hoch los mit nach neu runter über um unter vor weg weiter',
  'wieder zu zurück zusammen be ent er ver zer',
);

/** Also at the beginning of a sentence. */
const ANYWHERE = new Set(
  words(
    'aber alle allem allen aller alles als also am an anderen andere auch auf aus außer außerdem bei beide beiden beim',
    'bereits bis bisher bitte da dabei dadurch dafür dagegen daher damit danach daran darauf daraus darum das dass davon',
    'davor dazu dem den denn der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort drei durch',
    'ein eine einem einen einer eines einige einigen einmal erst erste ersten erster es etwa etwas fast für ganz ganze',
    'gar gegen genau gerade gestern gleich heute hier hinter ich ihr ihre im immer in ins ist ja jede jedem jeden jeder',
    'jedes jetzt kann kaum kein keine keinem keinen keiner können könnte letzte letzten mal man mehr mehrere mit',
    'nach nachdem nachmittags nächste nächsten neben nein nicht nichts nie niemand nix noch nun nur ob obwohl oder ohne',
    'schon sehr seit seitdem selbst sich sie sind sobald sofort sogar solange soll sollte sondern sonst soweit über',
    'überall um und uns unser unsere unseren unter viel viele vielen vier vom von vor vorher vorne wann war waren warum was',
    'weder wegen weil weiter weitere welche welcher wenig wenige weniger wenn werden wer wie wieder wir wird wo wobei wodurch',
    'wurde wurden zu zuerst zuletzt zum zur zurück zwar zwei zwischen fünf sechs sieben acht neun zehn hundert tausend',
    'millionen pro statt anstatt keinerlei knapp rund circa ca bzw ggf inkl evtl mindestens höchstens morgens abends mittags nachts',
    'montag dienstag mittwoch donnerstag samstag januar februar märz juni juli oktober dezember',
  ),
);

/** A name, or a word of another sense, with a capital. */
const SMALL = new Set(
  words(
    'bin bringt brachte drin draußen raus rein so sowie freitag sonntag hatte hatten hat haben habe hätte wäre wären sei',
    'muss müssen musste mussten darf dürfen durfte konnte konnten wollte wollen sollen sollten bleibt blieb blieben ging',
    'gingen geht gehen kam kamen kommt kommen lief liefen läuft laufen stand standen steht stehen fiel fielen fällt',
    'gefallen fallen gab gibt geben gegeben nahm nimmt genommen las liest lesen gelesen schrieb schreibt geschrieben',
    'lag lagen liegt hing hingen hängt brach bricht gebrochen abgebrochen trat tritt getreten aufgetreten eingetreten',
    'ausgefallen gegangen gekommen gelaufen gestanden gestiegen stieg stiegen steigt gesunken sank sinkt zog zieht gezogen',
    'getan tut tun sah sieht sehen gesehen wusste weiß wissen bekam bekommt bekommen gefunden fand fanden findet verloren',
    'verliert verlor vergeben vergab schlägt schlug geschlagen fehlgeschlagen angefangen begann begonnen beginnt hält',
    'hielt gehalten lässt ließ gelassen ließen hilft half geholfen riefen rief gerufen angerufen wuchs gewachsen wächst',
    'überschritten unterbrochen verschoben geschoben gezwungen geworden gewesen an ab auf zu weg los her hin',
  ),
);

const NOUNS = new Set(
  words(
    'abbruch abbrüch abfrage abhängigkeit abgleich ablauf abläuf abmeldung abnahme absturz abstürz abteilung adresse',
    'änderung administrator aktualisierung alarm alarmierung amt anbieter anbindung anfrage anfang angabe angebot angriff',
    'anlage anmeldung annahme anruf antwort antwortzeit anwender anwendung anzahl anzeige anteil arbeit arbeitsplatz auftrag',
    'aufträg aufgabe auffälligkeit aufruf auslastung ausfall ausfäll auslieferung ausnahme ausweich auswirkung auswertung',
    'authentifizierung backup bandbreite bearbeitung bedarf bedingung befehl behebung beginn belegung benachrichtigung',
    'benutzer berechnung berechtigung bereich bericht beschränkung bestand beständ bestätigung bestellung betrag beträg',
    'betrieb betreiber beleg beobachtung bildschirm blatt brief buchung cache code container daten datei datenbank datum datensatz',
    'datensätz dauer deckel deploy dienst dienstleister drucker druck durchlauf durchsatz ebene eingabe eingang eingäng',
    'eingriff einheit einkauf einstellung eintrag einträg einwahl empfang empfänger ende engpass engpäss entscheidung',
    'entwicklung ereignis ereigniss erfolg ergebnis ergebniss erhöhung erinnerung erkennung erklärung erneuerung erweiterung',
    'etage etikett fehler fehlermeldung fenster festplatte feiertag feld filiale firma firmen folge format formular frage freigabe',
    'freischaltung frist funktion gateway gebäude gefahr gehalt genehmigung gerät geschäft geschwindigkeit grenze',
    'grenzwert größe grund gründ gruppe gültigkeit halle haupt häufung hersteller hinweis homeoffice host',
    'inhalt instanz internet jahr kabel kanal kanäl kapazität kasse kennung kennwort kette klima knoten kollege kolleginnen',
    'kommando kommunikation komponente konfiguration konto kontingent kontrolle kopie korrektur kosten kreis kunde',
    'kundendienst kühlung laden ladezeit lager last latenz laufwerk laufzeit lauf leasezeit leistung leitung lesezugriff',
    'lieferung liefer liste lizenz login lösung löschung maschine maßnahme meldung menge mitarbeiter mitarbeiterinnen mittel',
    'minute moment monat monitor monitoring nachricht nacht netz netzteil netzwerk neustart neustart niederlassung norm',
    'nummer nutzer nutzung oberfläche objekt ordner ort paket partition passwort pause pfad platte platz plätz plattform',
    'pool port problem produkt produktion programm protokoll prozess prozent prüfung puffer quelle rate raum',
    'rechner rechnung rechenzentrum rechenzentren region regel reihe replikation reserve reservierung ressource rest',
    'rollback rolle route rückgang rückmeldung rücknahme rückstand rückständ ruhe schaden schalter schicht schlange',
    'schleife schlüssel schnittstelle schritt schutz schwelle schwellwert sekunde seite server sicherheit sicherung signal',
    'sitzung skript software speicher speicherplatz sperre sperrung spitze sprung standort start station status stelle',
    'steuerung störung strom stromausfall stück stufe stunde suche sync system tabelle tag takt teil',
    'teilnehmer telefon termin test ticket titel token ton überlast überlauf überprüfung überschreitung überwachung uhr',
    'uhrzeit umgebung umleitung umschaltung umstellung umzug unfall unterbrechung unterlage untersuchung update ursache',
    'variante veränderung verarbeitung verbindung verbrauch verbraucher vergabe vergleich verhalten verkehr verlust',
    'vermittlung versand version versuch verteilung vertrag verträg verwaltung verzeichnis verzögerung volumen vorfall',
    'vorfäll vorgang vorgäng vorgabe vorlage vorrat wache wartezeit wartung warteschlange web wechsel wert welle werk widerspruch',
    'wiederanlauf wiederherstellung wiederholung woche wort zahl zahlung zähler zeichen zeile zeit zeitpunkt zeitraum',
    'zeitüberschreitung zertifikat ziel zugang zugäng zugriff zulieferer zustand zuständ zustellung zuordnung zweig',
    'uhrzeit umsatz abruf abrechnung rückstau stau lücke bestand alarm dienste satz schema schemata index indizes',
    'cluster replik kopf verkauf versandlager waage ware lieferant zulauf zeitfenster kennzahl messung messwert sensor',
    'anruf beschwerde rückfrage meldeweg bereitschaft leitstelle vorsicht absicht rücksprache übergabe schicht',
  ),
);

const ADJECTIVES = new Set(
  words(
    'abhängig aktiv aktuell alt anders automatisch belegt bekannt besser beste breit dauerhaft defekt deutlich dicht direkt',
    'doppelt dringend eigen einfach einzeln elektronisch endgültig endlich erfolglos erfolgreich erhöht erneut erreichbar',
    'unerreichbar extern falsch fehlend fehlerhaft fertig frei früh früher gelb gemeinsam genug gering gesamt gesund',
    'getrennt gewöhnlich gleichzeitig grün gültig ungültig gut halb hart häufig heiß hoch hoh höher intern kalt klar',
    'klein kleiner komplett korrekt inkorrekt kritisch kürzer kurz kurzzeitig lang länger langsam leer leicht lokal manuell',
    'maximal mehrfach minimal mittler möglich unmöglich nachträglich neu nieder niedrig normal nötig oft offen örtlich',
    'parallel plötzlich privat regelmäßig richtig rot sauber scharf schlecht schlimm schnell schwach schwer sicher',
    'unsicher sichtbar später spät stabil instabil ständig stark still ungewöhnlich unbekannt unbemerkt unklar unnötig',
    'unverändert unvollständig veraltet verfügbar verantwortlich vergeblich verzögert voll vollständig vorübergehend',
    'vorläufig wahr wahrscheinlich vermutlich offenbar wichtig wirklich zeitgleich zeitweise zentral zufällig zusätzlich',
    'zuständig zuverlässig überlastet überfüllt betroffen vergriffen gesperrt abgelaufen gedrosselt unterbesetzt',
    'ungefähr tatsächlich täglich stündlich wöchentlich monatlich jährlich nachmittag vormittag bestimmt leider',
    'lediglich trotz trotzdem während solch ursprünglich größer groß größt kleinst höchst best meist letzt neuest ältest',
  ),
);

/** Without prefix and ending. */
const VERBS = new Set(
  words(
    'aktiver aktivier akzeptier analysier änder antwort arbeit archivier bau bearbeit beend begrenz beheb behob behoben',
    'belast beleg benachrichtig benutz berechn bericht beruhig beschleunig beseitig bestätig bestell betreff betreib betrag',
    'beweg blockier brauch buch deaktivier dauer deploy drossel druck einschränk eröffn erhöh erklär erkenn erkann erkannt',
    'erneuer erreich ersetz erwart erweiter erzeug fahr fahren fehl feuer find folg form frag frier fror froren füg führ füll',
    'genehmig grenz hab halbier halt häng hebe heb hol hör ignorier install installier isolier kauf kenn klapp klär klemm',
    'konfigurier kopier korrigier kündig lad laden lager lauf leer leg leit les lief liefer lös lösch lockern mach meld mess migrier',
    'mitteil nenn nehm nutz öffn orden ordn pack passier plan prüf reagier rechn reduzier reich reinig renn repariert reparier',
    'replizier reservier rett richt rück ruf scal schalt scheiter schick schieb schließ schloss schlossen schreib schrumpf setz sicher skalier spar',
    'sperr spiel starte start stau steh stell stimm stopp stör stürz such synchronisier teil test tausch trag trenn trieb übertrag',
    'umgeh verdopp verdoppel verdreifach vergeb vergrößer verhinder verkleiner verlänger verkürz verringer verschieb verschlechter',
    'verschwand verschwunden versend versand versuch verteil verursach verweiger verzöger wachs wähl wander warn wart wechsel',
    'weis wies wirk wieder wiederhol woll wunder zähl zahl zeig zieh lahm leg begann passt pass läuf rühr freigeb freigegeb regel',
    'lern räum schlag tritt verbrauch verbind verbund verbunden verarbeit überwach überlast unterbrech unterbroch unterstütz unterschreit',
    'rollback roll red buff cach drop restart reboot patch merg push pull klick log logg ping rout scan skip spül tunnel',
  ),
);

function words(...lines: readonly string[]): readonly string[] {
  return lines.join(' ').split(' ');
}
