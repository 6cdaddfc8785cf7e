// People and what they write, in several scripts. Only for pictures and view tests.
export const people = [
  ["Sheena Nicholson", "sheena.n"], ["Ana Lucía Fernández", "analufer"], ["田中 美咲", "misaki_t"],
  ["محمد العلي", "m.alali"], ["Jörg Großmann", "joerg.g"], ["Priya Raghunathan", "priyar"],
  ["Oluwaseun Adebayo", "seun.ade"], ["Camille Lefèvre", "camille.lf"], ["Дарья Соколова", "darya.s"],
  ["Marek Dvořák", "marekd"], ["שירה לוי", "shira.levy"], ["João Pedro Carvalho", "jpcarvalho"],
  ["김서연", "seoyeon.k"], ["Elif Yıldırım", "elifyil"], ["Tom", "tom.builds"], ["Nguyễn Thị Hương", "huong.ng"],
  ["Fatou Diallo", "fatoud"], ["Łukasz Wójcik", "lukasz.w"], ["Aoife O’Sullivan", "aoife.os"], ["陈晓明", "xiaoming.c"],
  ["Giulia Ferrari", "giulia.fe"], ["Sven Lindqvist", "svenlq"], ["Ayşe Demir", "aysedemir"], ["สมชาย ใจดี", "somchai"],
  ["Maximiliane von Hohenstein-Wittelsbach", "maxi.hw"], ["Bo", "bo"], ["Ravi Shankar Iyer", "ravi.iyer"],
  ["Εleni Papadopoulou", "eleni.pap"], ["Kofi Mensah", "kofi.m"], ["Isabella Rossi", "isa.rossi"],
];

export const asks = [
  "Hi! Is the linen jacket still available in size M?", "¿Hacen envíos a Canarias? 🏝️", "Could you tell me when my order #48213 leaves?",
  "サイズ感を教えていただけますか?", "هل يمكنني استبدال المنتج إذا لم يناسبني؟", "Guten Tag, ich hätte gern eine Rechnung mit USt-ID.",
  "Thanks!! 😍", "Bonjour, la couleur olive sera de nouveau en stock ?", "Добрый день! Подскажите, пожалуйста, срок доставки в Тбилиси.",
  "ok", "Do you also repair older models? Mine is from 2016 and the zip is broken. I would rather mend it than buy a new one, but only if it is worth it.",
  "האם החנות פתוחה ביום שישי?", "Qual o prazo de entrega para o Porto?", "배송 조회가 안 돼요. 확인 부탁드려요.", "I just paid, can you confirm?",
  "Kargom hâlâ gelmedi, yardımcı olur musunuz?", "Perfect, see you on Saturday then", "https://www.instagram.com/p/C8xkQ2nIa7P/ is it this one?",
  "Shop còn hàng không ạ?", "Czy mogę zapłacić przy odbiorze?", "Mail me at hello@example.com please", "请问可以开发票吗?", "👍", "Vorrei prenotare un tavolo per 6 domani sera alle 20:30",
  "Still waiting…", "It arrived broken 😞 what can we do?", "ร้านเปิดกี่โมงคะ",
];

export const answers = [
  "Hello! Yes, two left in M. Shall I put one aside for you?", "Sí, tardan 3–5 días laborables y cuestan 6,90 €.", "It leaves today; you will get the tracking link this evening.",
  "Of course, I have just sent the invoice to your e-mail address.", "We are open until 19:00 today and from 10:00 on Saturday.", "So sorry about that! Could you send us a photo? We replace it free of charge.",
  "Merci ! Elle revient le 14 — je vous préviens dès qu’elle est là.", "Gern geschehen 🙂", "Yes, confirmed. Thank you!", "Size M runs a little large; if you are between two sizes take the smaller one.\n\nThe return is free within 30 days, so there is no risk.",
];

export const placeholders = ["Photo", "Voice message", "Story reply", "Video", "Location", "Story mention"];
