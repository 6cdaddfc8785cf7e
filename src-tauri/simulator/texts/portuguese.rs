//! Portuguese.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["Olá!", "Bom dia!", "Boa tarde 👋", "Oi, tudo bem?", "Olá, uma pergunta:"],
    topics: &[
        Topic {
            ask: &[
                "Onde está a minha encomenda {order}?",
                "Já enviaram a {order}?",
                "A {order} está parada há {n} dias 😕",
            ],
            answer: &[
                "Saiu na {day} e deve chegar a {city} em {n} dias.",
                "Já verifiquei: {order} sai hoje.",
                "Claro, já mudei a morada.",
            ],
            again: &["Preciso de assinar?", "Então não antes de {day}?", "Podem enviar o link outra vez?"],
        },
        Topic {
            ask: &[
                "Que tamanho devo escolher: {item}? Uso {size}.",
                "Têm {item} em {size}?",
                "Quanto custa {item}? 😍",
            ],
            answer: &[
                "É o tamanho normal; na dúvida, o maior.",
                "Em {size} ainda temos {n}. Guardo uma para si?",
                "São {price}, tudo feito à mão.",
            ],
            again: &["E em {size}?", "Encolhe na lavagem?", "Levo {n}!"],
        },
        Topic {
            ask: &["Quanto custa o envio para {city}?", "Enviam para {city}?", "Estão abertos na {day}?"],
            answer: &[
                "Para {city} são {price}, {n} dias.",
                "Sim! A partir de 80 € é grátis.",
                "Na {day} estamos das 10:00 às {hour}.",
            ],
            again: &["E expresso?", "Posso levantar na loja?", "E nos feriados?"],
        },
        Topic {
            ask: &[
                "Chegou partido 💔: {item}. Como fazemos?",
                "Queria devolver: {item}.",
                "Falta uma peça na {order}: {item}.",
            ],
            answer: &[
                "Peço imensa desculpa! Hoje sai outro.",
                "Sem problema, tem 30 dias.",
                "Foi erro nosso, fique com o outro.",
            ],
            again: &["Envio a foto logo à noite.", "Quando recebo os {price}?"],
        },
    ],
    thanks: &[
        "Muito obrigada!",
        "Perfeito, obrigado 🙏",
        "Vocês são um amor ❤️",
        "Obrigada pela resposta rápida!",
    ],
    short: &["👍", "ok", "Sim, por favor", "Alô?", "Que bom!", "Novidades?", "😍"],
    long: &[
        "Olá, a minha avó fez cerâmica a vida toda em {city} e há uns anos deixou de conseguir. Quando lhe mostrei {item}, que comprei \
         na vossa loja, esteve uma hora a olhar para o vidrado e a contar histórias. Gostava de lhe oferecer {n} peças pelos noventa anos, \
         que são já no {day}. Será que dava para gravar o nome dela, Conceição, por baixo? Um abraço grande a todos.",
    ],
    close: &[
        "Posso ajudar em mais alguma coisa?",
        "Bom dia! – Inês da Saltwind",
        "De nada!",
        "Conte-nos se gostou 🌿",
    ],
    items: &[
        "a camisa de linho",
        "o cachecol de lã",
        "a caneca de grés",
        "a jarra azul",
        "o bule",
        "o saco de pano",
    ],
    cities: &["Évora", "Guimarães", "São Paulo", "Portimão", "Aveiro", "Funchal"],
    days: &["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"],
};
