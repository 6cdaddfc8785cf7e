//! German.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["Hallo!", "Guten Tag!", "Hi zusammen!", "Moin 👋", "Liebes Saltwind-Team!", "Grüß Gott!"],
    topics: &[
        Topic {
            ask: &[
                "Wo bleibt denn meine Bestellung {order}?",
                "Wurde {order} schon verschickt?",
                "Die Sendung {order} hängt seit {n} Tagen fest 😕",
                "Kann ich bei {order} noch die Adresse ändern? Wir ziehen nach {city}.",
            ],
            answer: &[
                "Das Paket ist am {day} raus und müsste in {n} Tagen in {city} ankommen.",
                "Ich habe nachgesehen: {order} ist gepackt und geht heute noch raus.",
                "Natürlich, die Adresse ist geändert. Die neue Bestätigung kommt gleich.",
            ],
            again: &[
                "Muss ich dafür zu Hause sein?",
                "Könnt ihr es beim Nachbarn in Nummer {n} abgeben lassen?",
                "Also nicht vor {day}?",
                "Schickt ihr mir bitte noch mal den Link zur Sendungsverfolgung?",
            ],
        },
        Topic {
            ask: &[
                "Fällt {item} eher klein aus? Ich trage sonst {size}.",
                "Gibt es {item} auch in Größe {size}?",
                "Wie groß ist {item} genau?",
                "Kommt {item} in {size} noch mal rein?",
            ],
            answer: &[
                "Fällt ganz normal aus; zwischen zwei Größen lieber die größere nehmen.",
                "In {size} haben wir noch {n} Stück. Soll ich eins zurücklegen?",
                "Ab {day} wieder da, ich melde mich dann gerne.",
            ],
            again: &[
                "Und in {size}?",
                "Läuft das beim Waschen ein?",
                "Super, bitte in {size} zurücklegen!",
                "Größe {size} wäre mir ehrlich gesagt lieber.",
            ],
        },
        Topic {
            ask: &[
                "Was kostet der Versand nach {city}?",
                "Liefert ihr auch nach {city}?",
                "Ab welchem Betrag ist der Versand kostenlos?",
            ],
            answer: &[
                "Nach {city} kostet es {price} und dauert {n} Tage.",
                "Ja, sehr gerne! Ab 80 € übernehmen wir den Versand.",
                "Mit Sendungsverfolgung, etwa {n} Werktage.",
            ],
            again: &["Und per Express?", "Kommt da noch Zoll dazu?", "Kann ich es auch im Laden abholen?"],
        },
        Topic {
            ask: &[
                "Habt ihr am {day} geöffnet?",
                "Bis wann habt ihr heute auf?",
                "Gibt es bei euch Parkplätze?",
                "Findet am {day} ein Töpferkurs statt?",
            ],
            answer: &[
                "Am {day} sind wir von 10:00 bis {hour} Uhr da.",
                "Heute bis {hour} Uhr, komm gern vorbei!",
                "Der nächste Kurs ist am {day} um {hour} Uhr, {n} Plätze sind noch frei.",
            ],
            again: &[
                "Perfekt, dann bis {hour} Uhr!",
                "Darf mein Hund mit?",
                "Und an Feiertagen?",
                "Muss ich mich anmelden?",
            ],
        },
        Topic {
            ask: &[
                "Leider kam {item} zerbrochen an 💔 was machen wir jetzt?",
                "Ich möchte {item} zurückgeben, passt leider nicht.",
                "In {order} war die falsche Farbe.",
                "Bei {order} fehlt etwas: {item}.",
            ],
            answer: &[
                "Das tut mir sehr leid! Ersatz geht heute raus, bitte schick uns nur ein Foto.",
                "Kein Problem, du hast 30 Tage. Das Rücksendeetikett liegt in deinem Postfach.",
                "Unser Fehler. Das richtige Stück ist unterwegs, behalte das andere einfach.",
            ],
            again: &[
                "Das Foto schicke ich heute Abend.",
                "Wann bekomme ich die {price} zurück?",
                "Kann ich es gegen etwas anderes umtauschen: {item}?",
            ],
        },
        Topic {
            ask: &[
                "Ist {item} noch zu haben?",
                "Was kostet {item}?",
                "Wunderschön! 😍 Ist das Handarbeit?",
                "Könntet ihr {item} als {n}er-Set machen?",
            ],
            answer: &[
                "Ja! {price}, und auf Wunsch packen wir es als Geschenk ein.",
                "Kostet {price}. Wir fertigen alles hier von Hand.",
                "Ein {n}er-Set dauert ungefähr zwei Wochen.",
            ],
            again: &[
                "Ich nehme {n}!",
                "Gibt es Mengenrabatt ab {n} Stück?",
                "Auch in Grün?",
                "Könnt ihr es bis {day} zurücklegen?",
            ],
        },
    ],
    thanks: &[
        "Vielen Dank!",
        "Danke schön, das hilft mir sehr 🙏",
        "Super, danke für die schnelle Antwort!",
        "Ihr seid großartig ❤️",
        "Herzlichen Dank und schönen {day}!",
    ],
    short: &["👍", "ok", "Ja bitte", "Alles klar", "Hallo?", "Schade", "😍", "Gibt's was Neues?", "Passt"],
    long: &[
        "Guten Tag, ich hatte bei Ihnen vor zwei Jahren auf dem Markt in {city} gekauft ({item}, es war {day} und hat in Strömen \
         geregnet, vielleicht erinnern Sie sich) und bin immer noch begeistert. Nun würde ich meiner Schwägerin zum Fünfzigsten \
         gerne etwas Ähnliches schenken, am liebsten {n} Stück in der gleichen Glasur und dazu {item} in Größe {size}. Wäre das \
         bis {day} zu schaffen? Über eine handgeschriebene Karte würde sie sich bestimmt riesig freuen.",
        "Hallo, leider muss ich mich noch einmal wegen {order} melden: Laut Sendungsverfolgung wurde das Paket am {day} um {hour} Uhr \
         zugestellt, bei uns im Haus weiß aber niemand etwas davon. Der Zusteller meint, ich solle mich an den Absender wenden. \
         Können Sie einen Nachforschungsauftrag stellen? Es geht mir weniger um die {price} als um das Geschenk.",
    ],
    close: &[
        "Kann ich sonst noch etwas für dich tun?",
        "Einen schönen Tag! – Inês von Saltwind",
        "Erzähl uns gern, wie es dir gefällt 🌿",
        "Melde dich einfach hier, wenn noch etwas ist.",
        "Gern geschehen!",
    ],
    items: &[
        "das Leinenhemd",
        "der Wollschal",
        "die Steinzeugtasse",
        "die blaue Vase",
        "der Tischläufer",
        "die Regenjacke",
        "die Salatschüssel",
        "die Teekanne",
    ],
    cities: &["Köln", "München", "Görlitz", "Zürich", "Wien", "Lübeck", "Saarbrücken", "Düsseldorf", "Graz"],
    days: &["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
};
