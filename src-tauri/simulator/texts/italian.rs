//! Italian.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["Ciao!", "Buongiorno!", "Salve 👋", "Ciao, una domanda:"],
    topics: &[
        Topic {
            ask: &[
                "Dov'è il mio ordine {order}?",
                "Avete già spedito {order}?",
                "{order} è fermo da {n} giorni 😕",
            ],
            answer: &[
                "È partito {day}, dovrebbe arrivare a {city} tra {n} giorni.",
                "Ho controllato: {order} parte oggi.",
                "Certo, ho cambiato l'indirizzo.",
            ],
            again: &["Devo firmare?", "Quindi non prima di {day}?", "Mi rimandi il link per favore?"],
        },
        Topic {
            ask: &[
                "Come veste {item}? Porto la {size}.",
                "Avete {item} nella taglia {size}?",
                "Quanto costa {item}? 😍",
            ],
            answer: &[
                "Veste regolare; tra due taglie meglio la più grande.",
                "Nella {size} ne abbiamo ancora {n}. Te ne tengo da parte una?",
                "Costa {price}, è tutto fatto a mano.",
            ],
            again: &["E nella {size}?", "Si restringe al lavaggio?", "Ne prendo {n}!"],
        },
        Topic {
            ask: &["Quanto costa la spedizione a {city}?", "Spedite anche a {city}?", "Siete aperti {day}?"],
            answer: &[
                "Per {city} sono {price}, {n} giorni.",
                "Sì! Da 80 € è gratis.",
                "{day} siamo aperti dalle 10:00 alle {hour}.",
            ],
            again: &["E con il corriere espresso?", "Posso ritirarlo in negozio?", "E nei festivi?"],
        },
        Topic {
            ask: &[
                "È arrivato rotto 💔: {item}. Come facciamo?",
                "Vorrei fare un reso: {item}.",
                "Il colore in {order} è sbagliato.",
            ],
            answer: &[
                "Mi dispiace tantissimo! Oggi ne parte un altro.",
                "Nessun problema, hai 30 giorni.",
                "Errore nostro, tieni pure l'altro.",
            ],
            again: &["Stasera ti mando la foto.", "Quando arriva il rimborso di {price}?"],
        },
    ],
    thanks: &["Grazie mille!", "Perfetto, grazie 🙏", "Gentilissimi ❤️", "Grazie per la risposta veloce!"],
    short: &["👍", "ok", "Sì grazie", "C'è nessuno?", "Fantastico!", "Novità?", "😍"],
    long: &[
        "Buongiorno, ho visto le vostre cose in un bar di {city} e me ne sono innamorata. Il proprietario mi ha detto che le fate voi \
         a mano, una per una. Sto arredando una piccola casa al mare e mi servirebbero {n} pezzi, più {item} per la cucina. Pensate di \
         farcela per {day}? Se serve posso passare io a ritirare tutto, così è anche una scusa per vedere il laboratorio. Grazie!",
    ],
    close: &[
        "Posso aiutarti con altro?",
        "Buona giornata! – Inês di Saltwind",
        "Prego!",
        "Facci sapere se ti piace 🌿",
    ],
    items: &[
        "la camicia di lino",
        "la sciarpa di lana",
        "la tazza in gres",
        "il vaso blu",
        "la teiera",
        "la borsa di tela",
    ],
    cities: &["Forlì", "Cefalù", "Torino", "Bari", "Lugano", "Pordenone"],
    days: &["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"],
};
