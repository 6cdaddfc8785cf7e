//! Spanish.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["¡Hola!", "Buenos días!", "Hola, ¿qué tal?", "Buenas 👋", "Hola, una pregunta:"],
    topics: &[
        Topic {
            ask: &[
                "¿Dónde está mi pedido {order}?",
                "¿Ya enviasteis el {order}?",
                "El seguimiento de {order} lleva {n} días parado 😕",
            ],
            answer: &[
                "Salió el {day} y debería llegar a {city} en {n} días.",
                "Lo he mirado: {order} sale hoy mismo.",
                "Claro, ya cambié la dirección. Te llega un correo enseguida.",
            ],
            again: &[
                "¿Tengo que firmar?",
                "Entonces antes del {day} no, ¿verdad?",
                "¿Me mandas otra vez el enlace?",
            ],
        },
        Topic {
            ask: &[
                "¿Qué tal talla: {item}? Yo uso la {size}.",
                "¿Tenéis {item} en la talla {size}?",
                "¿Volverá {item} en {size}?",
            ],
            answer: &[
                "Talla normal; si dudas, coge una más.",
                "En {size} nos quedan {n}. ¿Te guardo una?",
                "Vuelve hacia el {day}, te aviso.",
            ],
            again: &["¿Y en la {size}?", "¿Encoge al lavar?", "¡Genial, guárdamela en {size}!"],
        },
        Topic {
            ask: &[
                "¿Cuánto cuesta el envío a {city}?",
                "¿Hacéis envíos a {city}?",
                "¿A qué hora cerráis el {day}?",
            ],
            answer: &[
                "A {city} son {price} y tarda {n} días.",
                "¡Sí! A partir de 80 € el envío es gratis.",
                "El {day} abrimos de 10:00 a {hour}.",
            ],
            again: &["¿Y urgente?", "¿Se paga aduana?", "¿Puedo recogerlo en la tienda?"],
        },
        Topic {
            ask: &[
                "Me ha llegado roto 💔: {item}. ¿Qué hacemos?",
                "Quiero devolver esto: {item}. No me queda bien.",
                "¿Sigue disponible? Me refiero a esto: {item} 😍",
            ],
            answer: &[
                "¡Lo siento muchísimo! Hoy mismo sale otro.",
                "Sin problema, tienes 30 días para devolverlo.",
                "¡Sí! Cuesta {price} y lo hacemos a mano.",
            ],
            again: &["Te mando una foto esta noche.", "¿Cuándo me devolvéis los {price}?", "¡Me llevo {n}!"],
        },
    ],
    thanks: &[
        "¡Muchas gracias!",
        "Mil gracias 🙏",
        "Perfecto, gracias por responder tan rápido",
        "¡Sois un amor! ❤️",
    ],
    short: &["👍", "vale", "Sí, por favor", "¿Hola?", "¡Genial!", "😍", "¿Alguna novedad?"],
    long: &[
        "Hola, os escribo porque mi madre cumple setenta años y le encanta todo lo que hacéis. Vio en casa de una vecina {item} \
         y no habla de otra cosa. Me gustaría regalarle {n} piezas, a ser posible en el mismo tono, y que llegaran a {city} antes \
         del {day}. ¿Sería posible añadir una nota escrita a mano? Muchísimas gracias de antemano y enhorabuena por vuestro trabajo.",
    ],
    close: &[
        "¿Te ayudo con algo más?",
        "¡Que tengas un buen día! – Inês de Saltwind",
        "¡De nada!",
        "Cuéntanos qué te parece 🌿",
    ],
    items: &[
        "la camisa de lino",
        "la bufanda de lana",
        "la taza de gres",
        "el jarrón azul",
        "la bolsa de tela",
        "la tetera",
    ],
    cities: &["Cádiz", "Málaga", "Logroño", "A Coruña", "Bogotá", "Córdoba", "Gijón"],
    days: &["lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
};
