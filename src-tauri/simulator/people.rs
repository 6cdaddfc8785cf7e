//! Who writes: a name, a handle and a language, all derived from one number and never stored.

use crate::random::{Chance, mix2};

/// The language a person writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    English,
    German,
    Spanish,
    French,
    Italian,
    Portuguese,
    Arabic,
    Japanese,
    Turkish,
}

/// What is known of a person; derived from `hash`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub first: &'static str,
    pub last: &'static str,
    /// First and last name in the order of the language.
    pub name: String,
    /// Instagram's user name.
    pub handle: String,
    pub language: Language,
}

struct Names {
    language: Language,
    share: u64,
    /// Country calling code for WhatsApp.
    country: &'static str,
    /// Separated by spaces; `native=latin` where the handle's form is not the lower-case name.
    first: &'static str,
    last: &'static str,
}

const NAMES: [Names; 9] = [
    Names {
        language: Language::English,
        share: 28,
        country: "1555",
        first: "Maya Oliver Priya Callum Grace Theo Hannah Ravi Imogen Dylan Aisha Ben Niamh Marcus \
                Ellie Kwame Zoe Patrick",
        last: "Whitlock Okafor Marsh Patel Brennan Hughes Ashdown O'Connell=oconnell Fairbairn Sharma \
                Lowe Mensah Tanner Redfern Clarke Winslow",
    },
    Names {
        language: Language::German,
        share: 20,
        country: "49155",
        first: "Jürgen=juergen Anna Björn=bjoern Käthe=kaethe Lukas Svenja Matthias Leonie Jörg=joerg \
                Franziska=franzi Tobias=tobi Ömer=oemer Friederike Niklas Heike Sören=soeren",
        last: "Müller=mueller Weiß=weiss Schröder=schroeder Böhm=boehm Lindner Großmann=grossmann \
                Kühn=kuehn Vogel Jäger=jaeger Hoffmann Köster=koester Brandt Yıldız=yildiz Pfeiffer",
    },
    Names {
        language: Language::Spanish,
        share: 12,
        country: "34655",
        first: "Lucía=lucia Mateo Begoña=bego Íñigo=inigo Carmen Andrés=andres Noelia Joaquín=joaquin \
                Marisol Raúl=raul Ximena Álvaro=alvaro",
        last: "Fernández=fernandez Ibáñez=ibanez Castaño=castano Romero Núñez=nunez Salgado Peña=pena \
                Aguirre Domínguez=dominguez Vidal",
    },
    Names {
        language: Language::French,
        share: 8,
        country: "33655",
        first: "Chloé=chloe Étienne=etienne Maëlle=maelle Théo=theo Solène=solene François=francois \
                Inès=ines Baptiste Aurélie=aurelie Loïc=loic",
        last: "Lefèvre=lefevre Garnier Bélanger=belanger Moreau Dupré=dupre Roussel Chevalier Fontaine",
    },
    Names {
        language: Language::Italian,
        share: 6,
        country: "39355",
        first: "Giulia Niccolò=niccolo Chiara Davide Martina Elia Noemi Tommaso",
        last: "Moretti Galli D'Angelo=dangelo Ferrara Bellini Costa Greco",
    },
    Names {
        language: Language::Portuguese,
        share: 8,
        country: "351955",
        first: "Beatriz=bia João=joao Inês=ines Tiago Conceição=sao Rúben=ruben Marta Gonçalo=goncalo \
                Luísa=luisa",
        last: "Almeida Simões=simoes Magalhães=magalhaes Teixeira Araújo=araujo Brandão=brandao Pinto",
    },
    Names {
        language: Language::Arabic,
        share: 8,
        country: "971555",
        first: "ليلى=layla يوسف=yousef مريم=maryam خالد=khaled نور=nour سامي=sami هدى=huda عمر=omar \
                ريم=reem",
        last: "الحداد=alhaddad منصور=mansour الخطيب=alkhatib ناصر=nasser الشامي=alshami درويش=darwish \
                سليمان=suleiman",
    },
    Names {
        language: Language::Japanese,
        share: 6,
        country: "8155",
        first: "美咲=misaki 翔太=shota さくら=sakura 健一=kenichi 結衣=yui 大輔=daisuke 陽菜=hina 蓮=ren",
        last: "田中=tanaka 小林=kobayashi 渡辺=watanabe 松本=matsumoto 高橋=takahashi 石川=ishikawa 森=mori",
    },
    Names {
        language: Language::Turkish,
        share: 4,
        country: "90555",
        first: "Elif Çağrı=cagri Zeynep Ömer=omer İrem=irem Şule=sule Barış=baris",
        last: "Yılmaz=yilmaz Öztürk=ozturk Çelik=celik Şahin=sahin Aydın=aydin Koç=koc",
    },
];

fn names_of(hash: u64) -> &'static Names {
    let mut at = mix2(hash, 1) % 100;
    for names in &NAMES {
        if at < names.share {
            return names;
        }
        at -= names.share;
    }
    &NAMES[0]
}

/// One name with its Latin form.
fn one_of(names: &'static str, chance: &mut Chance) -> (&'static str, String) {
    let all: Vec<&str> = names.split_whitespace().collect();
    let name = chance.pick(&all);
    match name.split_once('=') {
        Some((native, latin)) => (native, latin.to_owned()),
        None => (name, name.to_lowercase()),
    }
}

/// The language of the person `hash`.
#[must_use]
pub fn language(hash: u64) -> Language {
    names_of(hash).language
}

/// Everything known of the person `hash`.
#[must_use]
pub fn profile(hash: u64) -> Profile {
    let names = names_of(hash);
    let mut chance = Chance::new(mix2(hash, 2));
    let first = one_of(names.first, &mut chance);
    let last = one_of(names.last, &mut chance);
    let name = match names.language {
        Language::Japanese => format!("{} {}", last.0, first.0),
        _ => format!("{} {}", first.0, last.0),
    };
    let number = chance.between(1, 99);
    let handle = match chance.below(8) {
        0 | 1 => format!("{}.{}", first.1, last.1),
        2 => format!("{}_{}", first.1, last.1),
        3 => format!("{}{}{number}", first.1, last.1),
        4 => format!("{}.{}{number:02}", first.1, &last.1[..1]),
        5 => format!("its.{}.{}", first.1, last.1),
        6 => format!("{}_{number:02}", last.1),
        _ => format!("{}{}", first.1, chance.pick(&["makes", "_reads", ".studio", "_home", "x", "_on_film"])),
    };
    Profile { first: first.0, last: last.0, name, handle, language: names.language }
}

/// A phone number of digits only, in a range that nobody has; `n` tells them apart.
#[must_use]
pub fn phone(hash: u64, n: u64) -> String {
    format!("{}{:06}", names_of(hash).country, n * 7919 % 1_000_000)
}
