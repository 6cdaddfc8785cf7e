//! French.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["Bonjour !", "Coucou 👋", "Bonsoir !", "Bonjour à tous !", "Bonjour, petite question :"],
    topics: &[
        Topic {
            ask: &[
                "Où en est ma commande {order} ?",
                "Est-ce que {order} est déjà partie ?",
                "Le suivi de {order} n'avance plus depuis {n} jours 😕",
            ],
            answer: &[
                "Elle est partie {day} et devrait arriver à {city} dans {n} jours.",
                "J'ai vérifié : {order} part aujourd'hui.",
                "Bien sûr, l'adresse est changée.",
            ],
            again: &[
                "Il faudra signer ?",
                "Donc pas avant {day} ?",
                "Vous pouvez me renvoyer le lien de suivi ?",
            ],
        },
        Topic {
            ask: &[
                "Ça taille petit, {item} ? Je fais du {size}.",
                "Vous avez {item} en {size} ?",
                "Quel est le prix pour {item} ? 😍",
            ],
            answer: &[
                "Ça taille normalement ; entre deux tailles, prenez la plus grande.",
                "Il en reste {n} en {size}. Je vous en mets de côté ?",
                "C'est {price}, et tout est fait main ici.",
            ],
            again: &["Et en {size} ?", "Ça rétrécit au lavage ?", "Parfait, j'en prends {n} !"],
        },
        Topic {
            ask: &[
                "Combien coûte la livraison à {city} ?",
                "Vous livrez à {city} ?",
                "Vous êtes ouverts {day} ?",
            ],
            answer: &[
                "Pour {city}, c'est {price} et {n} jours.",
                "Oui ! Et c'est offert à partir de 80 €.",
                "{day}, nous sommes là de 10h00 à {hour}.",
            ],
            again: &[
                "Et en express ?",
                "Je peux passer le chercher à la boutique ?",
                "Et les jours fériés ?",
            ],
        },
        Topic {
            ask: &[
                "Reçu cassé 💔 : {item}. Que faire ?",
                "Je voudrais échanger un article : {item}.",
                "Il manque quelque chose dans {order} : {item}.",
            ],
            answer: &[
                "Je suis vraiment désolée ! Un nouveau part aujourd'hui.",
                "Pas de souci, vous avez 30 jours.",
                "C'est notre erreur, gardez l'autre.",
            ],
            again: &["Je vous envoie une photo ce soir.", "Quand serai-je remboursée des {price} ?"],
        },
    ],
    thanks: &[
        "Merci beaucoup !",
        "Super, merci 🙏",
        "Merci pour votre réponse si rapide",
        "Vous êtes adorables ❤️",
    ],
    short: &["👍", "d'accord", "Oui, merci", "Allô ?", "Génial !", "Des nouvelles ?", "😍"],
    long: &[
        "Bonjour, je vous avais rencontrés au marché des créateurs à {city}, il pleuvait et vous m'aviez offert un thé. Depuis, je bois \
         mon café tous les matins en pensant à votre atelier. J'aimerais offrir {item} à une amie qui emménage, et pour moi {n} petites \
         assiettes si vous en faites encore. Serait-ce possible de tout recevoir avant {day} ? Je vous souhaite une très belle journée.",
    ],
    close: &[
        "Autre chose pour vous ?",
        "Belle journée ! – Inês de Saltwind",
        "Avec plaisir !",
        "Dites-nous si ça vous plaît 🌿",
    ],
    items: &[
        "la chemise en lin",
        "l'écharpe en laine",
        "la tasse en grès",
        "le vase bleu",
        "le chemin de table",
        "la théière",
    ],
    cities: &["Nîmes", "Orléans", "Genève", "Besançon", "Liège", "Montréal", "Angoulême"],
    days: &["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
};
