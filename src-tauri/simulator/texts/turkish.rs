//! Turkish.

use super::{Speech, Topic};

pub(super) const SPEECH: Speech = Speech {
    hello: &["Merhaba!", "Günaydın!", "Selam 👋", "İyi akşamlar!", "Merhaba, bir sorum var:"],
    topics: &[
        Topic {
            ask: &[
                "{order} numaralı siparişim nerede?",
                "{order} kargoya verildi mi?",
                "{order} {n} gündür aynı yerde 😕",
            ],
            answer: &[
                "{day} günü çıktı, {n} gün içinde {city} şehrine ulaşır.",
                "Kontrol ettim, {order} bugün yola çıkıyor.",
                "Tabii, adresi değiştirdim.",
            ],
            again: &[
                "İmza gerekiyor mu?",
                "Yani {day} gününden önce olmaz?",
                "Takip linkini tekrar gönderir misiniz?",
            ],
        },
        Topic {
            ask: &[
                "Hangi bedeni almalıyım? Genelde {size} giyiyorum.",
                "{item} {size} beden var mı?",
                "{item} ne kadar? 😍",
            ],
            answer: &[
                "Kalıbı normal; kararsızsanız büyüğünü alın.",
                "{size} bedenden {n} tane kaldı. Ayırayım mı?",
                "Fiyatı {price}, hepsi el yapımı.",
            ],
            again: &["Peki {size}?", "Yıkayınca çeker mi?", "{n} tane alıyorum!"],
        },
        Topic {
            ask: &[
                "{city} için kargo ne kadar?",
                "{city} şehrine gönderiyor musunuz?",
                "{day} günü açık mısınız?",
            ],
            answer: &[
                "{city} için {price}, {n} gün sürer.",
                "Evet! 80 € üzeri ücretsiz.",
                "{day} günü 10:00–{hour} arası açığız.",
            ],
            again: &["Peki ekspres?", "Mağazadan alabilir miyim?", "Bayramda açık mısınız?"],
        },
        Topic {
            ask: &[
                "{item} kırık geldi 💔 ne yapabiliriz?",
                "İade etmek istiyorum: {item}.",
                "{order} siparişinde renk yanlış.",
            ],
            answer: &[
                "Çok özür dileriz! Bugün yenisini gönderiyoruz.",
                "Sorun değil, 30 gününüz var.",
                "Bizim hatamız, diğeri sizde kalsın.",
            ],
            again: &["Fotoğrafı akşam gönderirim.", "{price} ne zaman iade edilir?"],
        },
    ],
    thanks: &["Çok teşekkürler!", "Harika, sağ olun 🙏", "Elinize sağlık ❤️", "Hızlı cevap için teşekkürler"],
    short: &["👍", "tamam", "Evet lütfen", "Alo?", "Süper!", "😍", "Bir gelişme var mı?"],
    long: &[
        "Merhaba, geçen yıl {city} gezimizde dükkânınıza uğramıştık, çok güzel ağırlamıştınız. Oradan aldığımız {item} hâlâ en sevdiğim eşya. \
         Şimdi ablam yeni eve taşınıyor ve ona {n} parçalık bir takım hediye etmek istiyorum. {day} gününe yetişir mi, yanına el yazısı küçük \
         bir not ekleyebilir misiniz? Şimdiden çok teşekkür ederim, kolay gelsin.",
    ],
    close: &[
        "Başka bir sorunuz var mı?",
        "İyi günler! – Saltwind'den Inês",
        "Rica ederiz!",
        "Beğenirseniz bize yazın 🌿",
    ],
    items: &["keten gömlek", "yün atkı", "seramik kupa", "mavi vazo", "demlik", "bez çanta"],
    cities: &["İzmir", "Eskişehir", "Muğla", "Ankara", "Çanakkale"],
    days: &["Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma"],
};
